// SPDX-License-Identifier: GPL-3.0-or-later
// Backing up, proving and restoring from the window, on a real fleet: store, sshd, agent, MariaDB.
#include "app/backups/backuprepository.h"
#include "app/console/consolecontext.h"
#include "app/console/language.h"
#include "app/console/mainwindow.h"
#include "app/store/session.h"
#include "app/workflow/execution.h"
#include "app/workflow/newrun.h"
#include "app/workflow/runrepository.h"
#include "models/backups/backuptablemodel.h"
#include "models/common/roles.h"
#include "tests/console/hand.h"
#include "tests/places.h"
#include "tests/support/testfleet.h"

#include <QApplication>
#include <QDialog>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>

#include <filesystem>

using namespace zandb;
using namespace zandb::console;

namespace {

/// The real dialogs, but for messages, which a test must see.
class WatchedDialogs final : public Dialogs
{
public:
    void confirm(QWidget *parent, const Question &question, std::function<void()> yes) override { m_real.confirm(parent, question, std::move(yes)); }
    void askSecret(QWidget *parent, const SecretQuestion &question, std::function<void(const QString &, bool)> given) override
    {
        m_real.askSecret(parent, question, std::move(given));
    }
    void saveFile(QWidget *, const QString &, const QString &, const QString &, std::function<void(const QString &)>) override {}
    void openFile(QWidget *, const QString &, const QString &, std::function<void(const QString &)>) override {}
    void message(QWidget *, const QString &, const QString &text) override { messages << text; }
    void notify(QWidget *, const QString &, const QString &) override {}
    QStringList messages;

private:
    RealDialogs m_real;
};

} // namespace

class TestRestore : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        if (const auto why = test::TestFleet::unavailable(); !why.empty())
            QSKIP(why.c_str());
        std::string error;
        m_fleet = test::TestFleet::start({}, &error);
        QVERIFY2(m_fleet, error.c_str());
        auto settings = loadSettings(m_fleet->ctlWords({})[2]);
        QVERIFY2(settings, settings ? "" : describe(settings.error()).c_str());
        m_settings = std::move(*settings);
        m_session = std::make_unique<store::Session>(m_settings.store);
        m_theme = std::make_unique<Theme>(*qApp);
        m_theme->apply(Theme::Choice::Light);
        m_language.set(QStringLiteral("en"));
        // the store knows the instance once its host has been asked
        const auto sampled = m_fleet->ctl({"backup", "run", m_fleet->host().path(), "--wait"});
        QVERIFY2(sampled.status == 0, sampled.err.c_str());
        QVERIFY(QDir().mkpath(m_pictures));
    }
    void init() { open(m_settings); }
    void cleanup()
    {
        if (QTest::currentTestFailed() && m_fleet)
            qWarning("%s", m_fleet->describe().c_str());
        m_context.reset();
    }
    void cleanupTestCase()
    {
        m_session.reset();
        m_fleet.reset();
    }

    void aBackupWithoutAnyHeadlessInstance()
    {
        showBackups(1);
        QVERIFY(test::click(find<QPushButton>("backupScope")));
        QTRY_VERIFY(find<QPushButton>("backupAccept"));
        QVERIFY(test::click(find<QPushButton>("backupAccept")));
        QTRY_COMPARE_WITH_TIMEOUT(backups()->model()->rowCount(), 2, 10'000);
        QTRY_COMPARE_WITH_TIMEOUT(state(0), Look::Ok, 60'000);
        QVERIFY2(m_dialogs.messages.isEmpty(), qPrintable(m_dialogs.messages.join(QLatin1Char('\n'))));
    }

    void provedByARestore()
    {
        showBackups(2);
        mark(0);
        QVERIFY(test::click(find<QPushButton>("backupVerify")));
        QTRY_COMPARE_WITH_TIMEOUT(m_context->state().location().page, QStringLiteral("run"), 10'000);
        const Uuid run = *m_context->state().location().idOf(runSubject);
        QTRY_VERIFY_WITH_TIMEOUT(stateOf(run) == RunState::Succeeded, 60'000);
        QTest::keyClick(&window(), Qt::Key_Left, Qt::AltModifier);
        QTRY_COMPARE_WITH_TIMEOUT(backups()->model()->index(0, BackupTableModel::Level).data().toString(), levelText(2), 10'000);
        QVERIFY2(m_dialogs.messages.isEmpty(), qPrintable(m_dialogs.messages.join(QLatin1Char('\n'))));
    }

    void restoredToADirectory()
    {
        showBackups(2);
        mark(0);
        QVERIFY(test::click(find<QPushButton>("backupRestore")));
        auto *dialog = find<QDialog>("restoreDialog");
        QVERIFY(dialog);
        QVERIFY(QTest::qWaitForWindowExposed(dialog));
        auto *directory = dialog->findChild<QLineEdit *>(QStringLiteral("restoreDirectory"));
        auto *accept = dialog->findChild<QPushButton *>(QStringLiteral("restoreAccept"));
        directory->setText(QStringLiteral("srv/relative"));
        QVERIFY(!accept->isEnabled());
        QVERIFY(dialog->findChild<QLabel *>(QStringLiteral("restoreMissing"))->text().contains(QStringLiteral("absolute")));
        QVERIFY(dialog->grab().save(m_pictures + QStringLiteral("/restore.png")));
        const auto target = m_fleet->directory() / "restored";
        directory->selectAll();
        QTest::keyClicks(directory, QString::fromStdString(target.string()));
        QCOMPARE(accept->text(), QStringLiteral("Restore to db1"));
        QVERIFY(test::click(accept));
        QTRY_COMPARE_WITH_TIMEOUT(m_context->state().location().page, QStringLiteral("run"), 10'000);
        const Uuid run = *m_context->state().location().idOf(runSubject);
        QTRY_VERIFY_WITH_TIMEOUT(stateOf(run) == RunState::Succeeded, 60'000);
        m_restored = run;
        QVERIFY(std::filesystem::exists(target / "data" / "ibdata1"));
        QTRY_VERIFY_WITH_TIMEOUT(find<QPlainTextEdit>("log")->toPlainText().contains(QStringLiteral("tables checked")), 10'000);
        QTest::qWait(300);
        QVERIFY(window().grab().save(m_pictures + QStringLiteral("/restore-run.png")));

        // a second one into what is there now is refused by the agent, and the run says so
        window().activateWindow(); // the dialog had the keyboard
        QVERIFY(QTest::qWaitForWindowActive(&window()));
        QTest::keyClick(&window(), Qt::Key_Left, Qt::AltModifier);
        QTRY_COMPARE(m_context->state().location().page, QStringLiteral("backups"));
        mark(0);
        QVERIFY(test::click(find<QPushButton>("backupRestore")));
        dialog = find<QDialog>("restoreDialog");
        QVERIFY(dialog);
        dialog->findChild<QLineEdit *>(QStringLiteral("restoreDirectory"))->setText(QString::fromStdString(target.string()));
        QVERIFY(test::click(dialog->findChild<QPushButton *>(QStringLiteral("restoreAccept"))));
        QTRY_VERIFY_WITH_TIMEOUT(m_context->state().location().page == QStringLiteral("run") && *m_context->state().location().idOf(runSubject) != run, 10'000);
        const Uuid second = *m_context->state().location().idOf(runSubject);
        QTRY_COMPARE_WITH_TIMEOUT(toString(stateOf(second)), toString(RunState::Failed), 60'000);
        QVERIFY(std::filesystem::exists(target / "data" / "ibdata1"));
        // what hindered it is gone: one click, and this window executes it again
        std::filesystem::remove_all(target);
        auto *retry = find<QPushButton>("runRetry");
        QTRY_VERIFY_WITH_TIMEOUT(retry->isEnabled(), 10'000);
        QVERIFY(test::click(retry));
        QTRY_VERIFY_WITH_TIMEOUT(stateOf(second) == RunState::Succeeded, 60'000);
        QVERIFY2(m_dialogs.messages.isEmpty(), qPrintable(m_dialogs.messages.join(QLatin1Char('\n'))));
    }

    void anEncryptedKeyIsAskedFor()
    {
        Settings settings = m_settings;
        const std::string key = m_dir.filePath(QStringLiteral("key")).toStdString();
        std::filesystem::copy_file(m_settings.ssh.identity, key);
        QCOMPARE(test::runProgram({"/usr/bin/ssh-keygen", "-q", "-p", "-P", "", "-N", "open sesame", "-f", key}).status, 0);
        settings.ssh.identity = key;
        settings.production = true;
        open(settings);
        showBackups(2);
        mark(0);
        QVERIFY(test::click(find<QPushButton>("backupRestore")));
        auto *dialog = find<QDialog>("restoreDialog");
        QVERIFY(dialog);
        const auto target = m_fleet->directory() / "restored-2";
        dialog->findChild<QLineEdit *>(QStringLiteral("restoreDirectory"))->setText(QString::fromStdString(target.string()));
        auto *accept = dialog->findChild<QPushButton *>(QStringLiteral("restoreAccept"));
        QVERIFY(!accept->isEnabled()); // production
        QTest::keyClicks(dialog->findChild<QLineEdit *>(QStringLiteral("restoreType")), QStringLiteral("db1"));
        QVERIFY(test::click(accept));
        QTRY_VERIFY_WITH_TIMEOUT(find<QLineEdit>("secret"), 10'000);
        QCOMPARE(find<QLineEdit>("secret")->echoMode(), QLineEdit::Password);
        QVERIFY(find<QLineEdit>("secret")->window()->grab().save(m_pictures + QStringLiteral("/passphrase.png")));
        QTest::keyClicks(find<QLineEdit>("secret"), QStringLiteral("wrong"));
        QPointer<QWidget> first = find<QLineEdit>("secret")->window();
        find<QPushButton>("secretAccept")->click();
        QTRY_VERIFY_WITH_TIMEOUT(!first && find<QLineEdit>("secret"), 10'000);
        QTest::keyClicks(find<QLineEdit>("secret"), QStringLiteral("open sesame"));
        find<QPushButton>("secretAccept")->click();
        QTRY_COMPARE_WITH_TIMEOUT(m_context->state().location().page, QStringLiteral("run"), 10'000);
        const Uuid run = *m_context->state().location().idOf(runSubject);
        QTRY_VERIFY_WITH_TIMEOUT(stateOf(run) == RunState::Succeeded, 60'000);
        QVERIFY2(m_dialogs.messages.isEmpty(), qPrintable(m_dialogs.messages.join(QLatin1Char('\n'))));
    }

    /// What a window of this person's left behind, or what somebody wrote into the store in its name: seen before it is executed.
    void whatThisWindowDidNotMakeIsShownFirst()
    {
        const auto target = m_fleet->directory() / "restored-3";
        const auto made = workflow::findRun(*m_session, m_restored);
        QVERIFY(made && *made);
        workflow::ByHand wish;
        wish.kind = "restore";
        wish.hostId = (*made)->hostId;
        wish.targetId = (*made)->targetId;
        wish.args = (*made)->args;
        wish.args["target"] = target.string();
        wish.author = m_settings.person;
        wish.executor = workflow::executorName(m_settings.person);
        wish.executor.back() = wish.executor.back() == '1' ? '2' : '1'; // another process
        wish.now = m_session->now().value();
        const RunDetail left = workflow::makeRun(wish);
        QVERIFY(workflow::createRun(*m_session, left).value());

        open(m_settings);
        QTRY_VERIFY_WITH_TIMEOUT(find<QPushButton>("confirmDismiss"), 60'000);
        QVERIFY(saysDialog(QString::fromStdString(target.string())));
        QTest::qWait(100);
        QVERIFY(find<QPushButton>("confirmDismiss")->window()->grab().save(m_pictures + QStringLiteral("/consent.png")));
        QVERIFY(test::click(find<QPushButton>("confirmDismiss")));
        QTRY_VERIFY(!find<QPushButton>("confirmDismiss"));
        const auto untouched = workflow::loadRun(*m_session, left.run.id);
        QVERIFY(untouched.value()->attempts.empty());
        QCOMPARE(toString(untouched.value()->run.state), toString(RunState::Pending));

        open(m_settings); // the next window asks again
        QTRY_VERIFY_WITH_TIMEOUT(find<QPushButton>("confirmAccept"), 60'000);
        QVERIFY(test::click(find<QPushButton>("confirmAccept")));
        QTRY_COMPARE_WITH_TIMEOUT(toString(stateOf(left.run.id)), toString(RunState::Succeeded), 60'000);
        QVERIFY(std::filesystem::exists(target / "data" / "ibdata1"));
        QCOMPARE(workflow::findRun(*m_session, left.run.id).value()->executor, workflow::executorName(m_settings.person));
        QVERIFY2(m_dialogs.messages.isEmpty(), qPrintable(m_dialogs.messages.join(QLatin1Char('\n'))));
    }

    /// The window that made it is gone, and its arguments could have been edited: a retry shows them.
    void aRetryOfAnotherWindowsRunShowsItsArguments()
    {
        const auto target = m_fleet->directory() / "restored-4";
        QVERIFY(m_session->execute("UPDATE run_step SET args=JSON_SET(args, '$.target', ?) WHERE run_id=?",
                                   {store::value(target.string()), store::value(m_restored)}));
        QVERIFY(m_session->execute("UPDATE run SET state='failed', revision=revision+1 WHERE id=?", {store::value(m_restored)}));
        QVERIFY(m_session->execute("UPDATE run_step SET state='failed', revision=revision+1 WHERE run_id=?", {store::value(m_restored)}));
        Location to = m_context->state().location();
        to.page = QStringLiteral("run");
        to.subject = Subject(runSubject, m_restored);
        m_context->state().goTo(to);
        auto *retry = find<QPushButton>("runRetry");
        QTRY_VERIFY_WITH_TIMEOUT(retry->isEnabled(), 10'000);
        QVERIFY(test::click(retry));
        QTRY_VERIFY_WITH_TIMEOUT(find<QPushButton>("confirmAccept"), 10'000);
        QVERIFY(saysDialog(QString::fromStdString(target.string())));
        QCOMPARE(toString(stateOf(m_restored)), toString(RunState::Failed));
        QVERIFY(test::click(find<QPushButton>("confirmAccept")));
        QTRY_VERIFY_WITH_TIMEOUT(std::filesystem::exists(target / "data" / "ibdata1"), 60'000);
        QTRY_COMPARE_WITH_TIMEOUT(toString(stateOf(m_restored)), toString(RunState::Succeeded), 60'000);
        QVERIFY2(m_dialogs.messages.isEmpty(), qPrintable(m_dialogs.messages.join(QLatin1Char('\n'))));
    }

private:
    bool saysDialog(const QString &text)
    {
        for (const QLabel *label : find<QPushButton>("confirmAccept")->window()->findChildren<QLabel *>()) {
            if (label->text().contains(text))
                return true;
        }
        return false;
    }
    MainWindow &window() { return m_context->window(); }
    template<class T>
    T *find(const char *name)
    {
        return test::find<T>(window(), name);
    }
    QTableView *backups() { return find<QTableView>("backupsTable"); }
    Look state(int row) { return static_cast<Look>(backups()->model()->index(row, 0).data(LookRole).toInt()); }
    RunState stateOf(const Uuid &run)
    {
        const auto found = workflow::findRun(*m_session, run);
        return found && *found ? (*found)->state : RunState::Unknown;
    }
    void open(const Settings &settings)
    {
        m_context.reset();
        m_ui = std::make_unique<QSettings>(m_dir.filePath(QStringLiteral("ui.ini")), QSettings::IniFormat);
        m_context = std::make_unique<ConsoleContext>(settings, Ui{m_dialogs, *m_ui}, *m_theme, m_language);
        window().resize(1440, 900);
        window().show();
        QVERIFY(QTest::qWaitForWindowExposed(&window()));
        m_context->start();
        QTRY_VERIFY_WITH_TIMEOUT(find<QTreeView>("fleetTree")->model()->rowCount() > 0, 10'000);
    }
    /// Not by the view's selectRow(): it heeds the keys that were pressed last, and Ctrl+3 would unmark a marked row.
    void mark(int row)
    {
        backups()->selectionModel()->setCurrentIndex(backups()->model()->index(row, 0), QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    }
    void showBackups(int rows)
    {
        QTest::keyClick(&window(), Qt::Key_3, Qt::ControlModifier);
        QTRY_COMPARE_WITH_TIMEOUT(backups()->model()->rowCount(), rows, 10'000);
    }

    QTemporaryDir m_dir;
    QString m_pictures = QStringLiteral(ZANDB_BINARY_DIR "/screenshots/restore");
    Settings m_settings;
    WatchedDialogs m_dialogs;
    Language m_language;
    std::unique_ptr<test::TestFleet> m_fleet;
    std::unique_ptr<store::Session> m_session;
    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<QSettings> m_ui;
    Uuid m_restored; ///< the run of the first restore
    std::unique_ptr<ConsoleContext> m_context;
};

QTEST_MAIN(TestRestore)
#include "tst_restore.moc"
