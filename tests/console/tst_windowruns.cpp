// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/store/audit.h"
#include "app/workflow/runrepository.h"
#include "models/common/roles.h"
#include "models/common/text.h"
#include "models/workflow/runtablemodel.h"
#include "tests/console/windowfixture.h"
#include "tests/widgets/sampledata.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QToolButton>

using namespace zandb;
using namespace zandb::console;

/// Looking at runs, starting, retrying and cancelling them.
class TestWindowRuns : public test::WindowFixture
{
    Q_OBJECT

    Uuid m_running; ///< the run that the first test found in the status line; tests after it make others

    void openTheRunningOne()
    {
        QTRY_VERIFY_WITH_TIMEOUT(find<QToolButton>("statusRunning")->isVisible(), 5000);
        if (m_running.isNull()) {
            find<QToolButton>("statusRunning")->click();
        } else {
            Location to = m_context->state().location();
            to.page = QStringLiteral("run");
            to.subject = Subject(runSubject, m_running);
            m_context->state().goTo(to);
        }
        QTRY_COMPARE(m_context->state().location().page, QStringLiteral("run"));
    }

private Q_SLOTS:
    void aRunsPageShowsItsLog()
    {
        QTRY_VERIFY_WITH_TIMEOUT(find<QToolButton>("statusRunning")->isVisible(), 5000);
        QVERIFY(test::click(find<QToolButton>("statusRunning")));
        QTRY_COMPARE(m_context->state().location().page, QStringLiteral("run"));
        auto *log = find<QPlainTextEdit>("log");
        QTRY_VERIFY_WITH_TIMEOUT(log->toPlainText().contains(QStringLiteral("redo log copying started")), 5000);
        picture("run");
        const Uuid id = *m_context->state().location().idOf(runSubject);
        m_running = id;
        // what the worker writes meanwhile appears by itself
        const std::string so_far = log->toPlainText().toStdString();
        const auto appended = workflow::appendLog(*m_session, {id, 1, 1}, static_cast<std::int64_t>(so_far.size()), "and one line more\n");
        QVERIFY(appended);
        QTRY_VERIFY_WITH_TIMEOUT(log->toPlainText().contains(QStringLiteral("and one line more")), 5000);
        QVERIFY(test::click(find<QPushButton>("runCancel")));
        QVERIFY(m_dialogs.questions.last().startsWith(QStringLiteral("Cancel the run of db"))); // asked also where it is not production
        QTRY_VERIFY_WITH_TIMEOUT(workflow::findRun(*m_session, id).value()->cancelRequested, 5000);
        QTRY_VERIFY_WITH_TIMEOUT(!find<QPushButton>("runCancel")->isEnabled(), 5000);
        QTest::keyClick(&window(), Qt::Key_Left, Qt::AltModifier);
        QCOMPARE(m_context->state().location().page, QStringLiteral("today"));
    }

    void anotherRunStartsEmpty()
    {
        QTRY_VERIFY_WITH_TIMEOUT(find<QToolButton>("statusRunning")->isVisible(), 5000);
        QVERIFY(test::click(find<QToolButton>("statusRunning")));
        auto *log = find<QPlainTextEdit>("log");
        QTRY_VERIFY_WITH_TIMEOUT(log->toPlainText().contains(QStringLiteral("redo log copying started")), 5000);
        const Location first = m_context->state().location();
        Location other = first;
        other.subject = Subject(runSubject, sample::id(4, 424242)); // a run the store does not hold
        m_context->state().goTo(other);
        QVERIFY(log->toPlainText().isEmpty());
        QVERIFY(!find<QPushButton>("runCancel")->isEnabled());
        QVERIFY(!find<QPushButton>("runRetry")->isEnabled());
        QTest::qWait(400);
        QVERIFY(log->toPlainText().isEmpty());
        m_context->state().back();
        QCOMPARE(m_context->state().location(), first);
        QTRY_VERIFY_WITH_TIMEOUT(log->toPlainText().contains(QStringLiteral("redo log copying started")), 5000);
    }

    void intentsReachTheStore()
    {
        // a headless instance lives, so that nothing is executed by this window
        QVERIFY2(m_server->exec("INSERT INTO zandb.member (id, name, program, started_us, renewed_us, expires_us, revision) "
                                "SELECT UNHEX(REPLACE(UUID(),'-','')), 'night', 'test', 0, 0, CAST(UNIX_TIMESTAMP(NOW(6)) * 1000000 AS SIGNED) + 600000000, 1"),
                 m_server->lastError().c_str());
        QTest::keyClick(&window(), Qt::Key_3, Qt::ControlModifier);
        auto *backups = find<QTableView>("backupsTable");
        QTRY_COMPARE(backups->model()->rowCount(), 40);
        QVERIFY(test::click(visible<QWidget>("chip-failed")));
        QTRY_COMPARE(backups->model()->rowCount(), 1);
        backups->selectRow(0);
        const Uuid id = backups->model()->index(0, 0).data(IdRole).value<Uuid>();
        QVERIFY(test::click(visible<QPushButton>("backupRetry")));
        QTRY_VERIFY_WITH_TIMEOUT(workflow::findRun(*m_session, id).value()->state != RunState::Failed
                                     || workflow::findRun(*m_session, id).value()->retryRequested,
                                 5000);
        QVERIFY(test::click(visible<QPushButton>("backupScope")));
        QVERIFY(acceptBackup(QStringLiteral("Back up 8 instances")));
        QTest::keyClick(&window(), Qt::Key_Escape);
        QTRY_COMPARE_WITH_TIMEOUT(backups->model()->rowCount(), 48, 5000);
        QVERIFY2(m_server->exec("DELETE FROM zandb.member"), m_server->lastError().c_str());
        QVERIFY2(m_dialogs.messages.isEmpty(), qPrintable(m_dialogs.messages.join(QLatin1Char('\n'))));
    }

    /// The table's context menu offers what the inspector does, and says why not.
    void aRowsMenuSaysWhatCanBeDone()
    {
        press(Qt::Key_6, Qt::ControlModifier);
        auto *runs = find<QTableView>("runsTable");
        QTRY_VERIFY_WITH_TIMEOUT(runs->model()->rowCount() >= 40, 5000);
        QTest::keyClicks(find<QLineEdit>("runsFilter"), QStringLiteral("state:ok"));
        QTRY_VERIFY(runs->model()->rowCount() > 0 && runs->model()->rowCount() < 40);
        runs->selectRow(0);
        QMenu *menu = openMenu(runs);
        QVERIFY(menu);
        const QAction *giveUp = actionOf(menu, QStringLiteral("Give up waiting…"));
        QVERIFY(giveUp && !giveUp->isEnabled());
        QCOMPARE(giveUp->toolTip(), QStringLiteral("It has already ended."));
        QAction *copy = actionOf(menu, QStringLiteral("Copy with header"));
        QVERIFY(copy);
        copy->trigger();
        QVERIFY(QGuiApplication::clipboard()->text().startsWith(QStringLiteral("State\t")));
        QCOMPARE(QGuiApplication::clipboard()->text().count(QLatin1Char('\n')), 1);
        const Uuid id = runs->currentIndex().data(IdRole).value<Uuid>();
        QAction *open = actionOf(menu, QStringLiteral("Open steps and log"));
        QVERIFY(open);
        open->trigger();
        menu->close();
        QTRY_COMPARE(m_context->state().location().idOf(runSubject), std::optional(id));
    }

    /// The program of a colleague that executed it has ended: a person sees what it does and executes it with the own key.
    void aRunOfAColleagueIsTakenOver()
    {
        press(Qt::Key_6, Qt::ControlModifier);
        auto *runs = find<QTableView>("runsTable");
        QTRY_VERIFY_WITH_TIMEOUT(runs->model()->rowCount() >= 40, 5000);
        QTest::keyClicks(find<QLineEdit>("runsFilter"), QStringLiteral("state:unknown"));
        QTRY_COMPARE(runs->model()->rowCount(), 1);
        runs->selectRow(0);
        const Uuid id = runs->model()->index(0, 0).data(IdRole).value<Uuid>();
        QVERIFY(test::click(find<QPushButton>("runOpen")));
        QTRY_COMPARE(m_context->state().location().subject, std::optional(Subject(runSubject, id)));
        auto *button = find<QPushButton>("runTakeOver");
        QVERIFY(!button->isVisible()); // whoever holds its host's lease executes it
        QVERIFY(m_session->execute("UPDATE run SET executor='somebody@elsewhere:1', revision=revision+1 WHERE id=?", {store::value(id)}));
        QVERIFY(store::raiseFeed(*m_session, "run", store::feedShard(id)));
        QTRY_VERIFY_WITH_TIMEOUT(button->isVisible() && button->isEnabled(), 10'000);
        m_dialogs.agree = false;
        QVERIFY(test::click(button));
        QTRY_COMPARE_WITH_TIMEOUT(m_dialogs.last.accept, QStringLiteral("Execute it with my key"), 5000);
        QVERIFY2(m_dialogs.last.text.contains(QStringLiteral("db3/my3306")) && m_dialogs.last.text.contains(QStringLiteral("Step 1")), qPrintable(m_dialogs.last.text));
        QCOMPARE(workflow::findRun(*m_session, id).value()->executor, std::string("somebody@elsewhere:1"));
        m_dialogs.agree = true;
        QVERIFY(test::click(button));
        QTRY_VERIFY_WITH_TIMEOUT(workflow::findRun(*m_session, id).value()->executor.starts_with("maria@"), 5000);
        const auto audited = store::listAudit(*m_session, {{}, {}, "run.take_over", 10});
        QVERIFY(audited && audited->size() == 1 && audited->front().person == "maria" && audited->front().subject == id.toString());
    }

    /// Nobody will learn how it ended: a person says so, knowing what that means.
    void aRunOfUnknownOutcomeIsGivenUp()
    {
        press(Qt::Key_6, Qt::ControlModifier);
        auto *runs = find<QTableView>("runsTable");
        QTRY_VERIFY_WITH_TIMEOUT(runs->model()->rowCount() >= 40, 5000);
        QTest::keyClicks(find<QLineEdit>("runsFilter"), QStringLiteral("state:unknown"));
        QTRY_COMPARE(runs->model()->rowCount(), 1);
        runs->selectRow(0);
        const Uuid id = runs->model()->index(0, 0).data(IdRole).value<Uuid>();
        m_dialogs.agree = false;
        QMenu *menu = openMenu(runs);
        QVERIFY(menu);
        QAction *asked = actionOf(menu, QStringLiteral("Give up waiting…"));
        QVERIFY(asked && asked->isEnabled());
        asked->trigger();
        menu->close();
        QCOMPARE(m_dialogs.last.accept, QStringLiteral("Count the run of db3/my3306 as failed"));
        QVERIFY2(m_dialogs.last.text.contains(QStringLiteral("may still be going on")), qPrintable(m_dialogs.last.text));
        QVERIFY2(m_dialogs.last.text.contains(QStringLiteral("never as a success")), qPrintable(m_dialogs.last.text));
        QVERIFY(workflow::findRun(*m_session, id).value()->state == RunState::Unknown);

        m_dialogs.agree = true;
        QVERIFY(test::click(find<QPushButton>("runOpen")));
        QTRY_COMPARE(m_context->state().location().idOf(runSubject), std::optional(id));
        auto *button = find<QPushButton>("runGiveUp");
        QTRY_VERIFY_WITH_TIMEOUT(button->isEnabled(), 5000);
        picture("run-unknown");
        QVERIFY(test::click(button));
        QTRY_VERIFY_WITH_TIMEOUT(workflow::findRun(*m_session, id).value()->state == RunState::Failed, 5000);
        QCOMPARE(workflow::findRun(*m_session, id).value()->error->fields.at("person"), std::string("maria"));
        QTRY_VERIFY_WITH_TIMEOUT(!button->isEnabled(), 5000);
        QCOMPARE(button->toolTip(), QStringLiteral("It has already ended."));
        QVERIFY(find<QPushButton>("runRetry")->isEnabled());
        picture("run-given-up");
        // all that is known of it, as text for a ticket
        QVERIFY(test::click(visible<QToolButton>("inspectorCopy")));
        const QString text = QGuiApplication::clipboard()->text();
        QVERIFY2(text.startsWith(QStringLiteral("db3/my3306\nfailed\n")) && text.contains(qs(id.toString())), qPrintable(text));
        QVERIFY(m_dialogs.messages.isEmpty());
    }

    void wordsAreFoundInTheLog()
    {
        openTheRunningOne();
        auto *log = find<QPlainTextEdit>("log");
        QTRY_VERIFY_WITH_TIMEOUT(log->toPlainText().contains(QStringLiteral("copied 12.4 GiB")), 5000);
        press(Qt::Key_F, Qt::ControlModifier);
        auto *edit = find<QLineEdit>("logFind");
        QTRY_VERIFY(edit->hasFocus());
        QTest::keyClicks(edit, QStringLiteral("mariadb-backup"));
        QCOMPARE(log->textCursor().selectedText(), QStringLiteral("mariadb-backup"));
        const int first = log->textCursor().position();
        QTest::keyClick(edit, Qt::Key_Return);
        const int second = log->textCursor().position();
        QVERIFY(second > first);
        QTest::keyClick(edit, Qt::Key_Return, Qt::ShiftModifier);
        QCOMPARE(log->textCursor().position(), first);
        QTest::keyClick(edit, Qt::Key_Return, Qt::ShiftModifier); // round
        QCOMPARE(log->textCursor().position(), second);
        QVERIFY(!find<QToolButton>("logFollow")->isChecked()); // what was found stays in view
        edit->selectAll();
        QTest::keyClicks(edit, QStringLiteral("nowhere"));
        QVERIFY(edit->property("missing").toBool());
        press(Qt::Key_Escape);
        QVERIFY(edit->text().isEmpty() && !edit->property("missing").toBool());
        QCOMPARE(m_context->state().location().page, QStringLiteral("run"));
        QVERIFY(test::click(find<QToolButton>("logCopy")));
        QCOMPARE(QGuiApplication::clipboard()->text(), log->toPlainText());
    }

    void aTaskLeadsToItsRuns()
    {
        QTest::keyClick(&window(), Qt::Key_K, Qt::ControlModifier);
        QTest::keyClicks(find<QLineEdit>("goToEdit"), QStringLiteral("nightly full"));
        QTest::keyClick(find<QLineEdit>("goToEdit"), Qt::Key_Return);
        QTRY_COMPARE(m_context->state().location().page, QStringLiteral("runs"));
        QCOMPARE(m_context->state().location().idOf(taskSubject), std::optional(sample::id(5, 1)));
        auto *runs = find<QTableView>("runsTable");
        QTRY_COMPARE_WITH_TIMEOUT(runs->model()->rowCount(), 40, 5000); // those asked for by hand are not its
        for (int row = 0; row < 40; ++row)
            QCOMPARE(runs->model()->index(row, RunTableModel::TaskName).data().toString(), QStringLiteral("nightly full"));
        auto *chip = find<QToolButton>("runsTask");
        QVERIFY(chip->isVisible());
        QVERIFY(chip->text().contains(QStringLiteral("nightly full")));
        picture("runs-of-a-task");
        QTest::keyClick(&window(), Qt::Key_Escape);
        QTRY_VERIFY(!chip->isVisible());
        QTRY_COMPARE_WITH_TIMEOUT(runs->model()->rowCount(), 48, 5000);
    }

    void closingSaysWhatGoesOn()
    {
        QTRY_VERIFY_WITH_TIMEOUT(find<QToolButton>("statusRunning")->isVisible(), 5000);
        m_dialogs.agree = false;
        // once what the window asked of the store as it opened has been answered
        QTRY_VERIFY_WITH_TIMEOUT((window().close(), static_cast<bool>(m_dialogs.last.ticked)), 5000);
        QVERIFY(window().isVisible());
        QVERIFY2(m_dialogs.last.text.contains(QStringLiteral("goes on without this window")), qPrintable(m_dialogs.last.text));
        QVERIFY(m_dialogs.last.text.contains(QStringLiteral("no headless instance")));
        m_dialogs.agree = true;
        window().close();
        QTRY_VERIFY(!window().isVisible());
        m_dialogs.last.ticked();
        QVERIFY(m_ui->value(QStringLiteral("window/closeQuietly")).toBool());
        m_ui->remove(QStringLiteral("window/closeQuietly"));
    }

    void productionWantsTheNameTyped()
    {
        Settings production = m_settings;
        production.production = true;
        open(production);
        m_context->start();
        m_dialogs.agree = false;
        m_dialogs.last = {};
        openTheRunningOne();
        auto *cancel = find<QPushButton>("runCancel");
        QTRY_VERIFY_WITH_TIMEOUT(!find<QPlainTextEdit>("log")->toPlainText().isEmpty(), 5000);
        cancel->setEnabled(true); // a test before has asked for it already
        cancel->click();
        QVERIFY(!m_dialogs.last.typeToConfirm.isEmpty());
        QVERIFY(m_dialogs.last.accept.contains(m_dialogs.last.typeToConfirm));
        m_dialogs.agree = true;
    }

    /// On production even one backup and one retry are asked about, with what they read; many want the name typed.
    void productionSaysHowMuch()
    {
        Settings production = m_settings;
        production.production = true;
        open(production);
        m_context->start();
        press(Qt::Key_3, Qt::ControlModifier);
        auto *backups = find<QTableView>("backupsTable");
        QTRY_VERIFY_WITH_TIMEOUT(backups->model()->rowCount() >= 40, 5000);
        find<QLineEdit>("backupsFilter")->setText(QStringLiteral("state:cancelled"));
        QTRY_COMPARE(backups->model()->rowCount(), 1);
        m_dialogs.agree = false;
        m_dialogs.last = {};
        backups->selectRow(0);
        QVERIFY(test::click(visible<QPushButton>("backupRetry")));
        QVERIFY2(m_dialogs.last.text.contains(QStringLiteral("db2/my3306")) && m_dialogs.last.text.contains(QStringLiteral("GiB")),
                 qPrintable(m_dialogs.last.text));
        QCOMPARE(m_dialogs.last.accept, QStringLiteral("Retry the run of db2/my3306"));
        QVERIFY(m_dialogs.last.typeToConfirm.isEmpty());
        QVERIFY(test::click(visible<QPushButton>("backupAgain")));
        QTRY_VERIFY(find<QDialog>("backupDialog"));
        QVERIFY(find<QLineEdit>("backupType")->isHidden());
        find<QDialog>("backupDialog")->reject();
        QTRY_VERIFY(!find<QDialog>("backupDialog"));

        find<QLineEdit>("backupsFilter")->setText(QStringLiteral("-state:running"));
        QTRY_VERIFY(backups->model()->rowCount() > 20);
        QVERIFY(test::click(visible<QPushButton>("backupScope")));
        QTRY_VERIFY(find<QDialog>("backupDialog"));
        QVERIFY(!find<QPushButton>("backupAccept")->isEnabled());
        QTest::keyClicks(find<QLineEdit>("backupType"), QString::fromStdString(production.profile));
        QVERIFY(find<QPushButton>("backupAccept")->isEnabled());
        find<QDialog>("backupDialog")->reject();
        m_dialogs.agree = true;
    }

private:
    /// The dialog before a backup by hand is there, says this on its button, and is agreed to.
    bool acceptBackup(const QString &words)
    {
        if (!QTest::qWaitFor([&] { return find<QDialog>("backupDialog") != nullptr; }, 5000))
            return false;
        auto *accept = find<QPushButton>("backupAccept");
        return accept->text() == words && test::click(accept);
    }
    /// By the keyboard's menu key.
    static QMenu *openMenu(QTableView *table)
    {
        const QPoint at = table->visualRect(table->currentIndex()).center();
        QContextMenuEvent event(QContextMenuEvent::Keyboard, at, table->viewport()->mapToGlobal(at));
        QApplication::sendEvent(table->viewport(), &event);
        return qobject_cast<QMenu *>(QApplication::activePopupWidget());
    }
    static QAction *actionOf(const QMenu *menu, const QString &text)
    {
        for (QAction *action : menu->actions()) {
            if (action->text().startsWith(text))
                return action;
        }
        return nullptr;
    }
};

QTEST_MAIN(TestWindowRuns)
#include "tst_windowruns.moc"
