// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/connectionwindow.h"
#include "app/console/language.h"
#include "app/store/migrations.h"
#include "tests/console/hand.h"
#include "tests/places.h"
#include "tests/support/testserver.h"
#include "tests/widgets/scripteddialogs.h"
#include "widgets/common/theme.h"

#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QProcess>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <memory>

using namespace zandb;
using namespace zandb::console;

/// The first start, as a person goes through it, against a real server.
class TestConnection : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        const std::string why = test::TestServer::unavailable(test::Flavour::MariaDb);
        if (!why.empty())
            QSKIP(why.c_str());
        test::ServerOptions options;
        options.networking = true;
        std::string error;
        m_server = test::TestServer::start(options, &error);
        QVERIFY2(m_server, error.c_str());
        QVERIFY2(m_server->exec("CREATE USER zandb@'%' IDENTIFIED BY 'right'"), m_server->lastError().c_str());
        QVERIFY2(m_server->exec("GRANT ALL ON *.* TO zandb@'%' WITH GRANT OPTION"), m_server->lastError().c_str());
        m_theme = std::make_unique<Theme>(*qApp);
        m_theme->apply(Theme::Choice::Light);
        m_language.set(QStringLiteral("en"));
        QVERIFY(QDir().mkpath(m_pictures));
    }
    void cleanupTestCase() { m_server.reset(); }

    void troubleIsSaidInWords_data()
    {
        QTest::addColumn<QString>("host");
        QTest::addColumn<QString>("user");
        QTest::addColumn<QString>("password");
        QTest::addColumn<int>("tls");
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("now");
        const QString here = QStringLiteral("127.0.0.1");
        const QString zandb = QStringLiteral("zandb");
        const QString right = QStringLiteral("right");
        QTest::newRow("unknown host") << QStringLiteral("store.invalid") << zandb << right << 2 << QStringLiteral("cannot be resolved") << QStringLiteral("name service");
        QTest::newRow("wrong password") << here << zandb << QStringLiteral("wrong") << 0 << QStringLiteral("refused the password of zandb") << QStringLiteral("password above");
        QTest::newRow("no TLS") << here << zandb << right << 1 << QStringLiteral("No verified TLS connection") << QStringLiteral("certificate");
        QTest::newRow("no schema") << here << zandb << right << 0 << QStringLiteral("no ZanDB store in the schema") << QStringLiteral("zandbctl store migrate");
    }
    void troubleIsSaidInWords()
    {
        QFETCH(QString, host);
        QFETCH(QString, user);
        QFETCH(QString, password);
        QFETCH(int, tls);
        QFETCH(QString, what);
        QFETCH(QString, now);
        ConnectionWindow window(file(), std::nullopt, std::nullopt, m_dialogs);
        open(window);
        fill(window, host, user, password);
        window.findChild<QComboBox *>(QStringLiteral("connectionTls"))->setCurrentIndex(tls);
        QTest::mouseClick(window.findChild<QPushButton *>(QStringLiteral("connectionTest")), Qt::LeftButton);
        auto *result = window.findChild<QLabel *>(QStringLiteral("connectionResult"));
        QTRY_VERIFY_WITH_TIMEOUT(result->isVisible(), 20'000);
        QVERIFY2(result->text().contains(what), qPrintable(result->text()));
        const QString advice = window.findChild<QLabel *>(QStringLiteral("connectionAdvice"))->text();
        QVERIFY2(advice.contains(now), qPrintable(advice));
        picture(window, QString::fromLatin1(QTest::currentDataTag()).replace(QLatin1Char(' '), QLatin1Char('-')));
        QVERIFY(!QFileInfo::exists(QString::fromStdString(file().string()))); // nothing is kept that does not work
    }

    /// TLS writes with write(): a store that drops the connection must not end the window.
    void aBrokenConnectionDoesNotEndTheProgram()
    {
        QProcess program;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
        environment.insert(QStringLiteral("HOME"), m_dir.path());
        environment.insert(QStringLiteral("XDG_CONFIG_HOME"), m_dir.path());
        program.setProcessEnvironment(environment);
        program.start(QStringLiteral(ZANDB_BINARY_DIR "/bin/zandb"), {QStringLiteral("--config"), m_dir.filePath(QStringLiteral("none.toml"))});
        QVERIFY2(program.waitForStarted(), qPrintable(program.errorString()));
        QByteArray said;
        QTRY_VERIFY_WITH_TIMEOUT((said += program.readAllStandardError()).contains("zandb: "), 20'000); // its window is about to open
        QCOMPARE(::kill(static_cast<pid_t>(program.processId()), SIGPIPE), 0);
        QVERIFY(!program.waitForFinished(500));
        program.terminate();
        QVERIFY(program.waitForFinished());
    }

    /// Who asks for help or the version on a server has no display.
    void helpNeedsNoDisplay()
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const char *name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
            environment.remove(QString::fromLatin1(name));
        for (const char *word : {"--help", "-h", "--version"}) {
            QProcess program;
            program.setProcessEnvironment(environment);
            program.start(QStringLiteral(ZANDB_BINARY_DIR "/bin/zandb"), {QString::fromLatin1(word)});
            QVERIFY(program.waitForFinished(30'000));
            const QByteArray said = program.readAllStandardOutput();
            QVERIFY2(program.exitStatus() == QProcess::NormalExit && program.exitCode() == 0, program.readAllStandardError().constData());
            QVERIFY2(said.contains(word == std::string_view("--version") ? "zandb " : "--config"), said.constData());
        }
    }

    void aFirstStartKeepsWhatWorks()
    {
        StoreSettings store;
        store.host = "127.0.0.1";
        store.port = m_server->port();
        store.user = "zandb";
        store.password = "right";
        store.tls = "off";
        store::Session session(store);
        const auto migrated = store::migrate(session);
        QVERIFY2(migrated, migrated ? "" : describe(migrated.error()).c_str());

        ConnectionWindow window(file(), std::nullopt, std::nullopt, m_dialogs);
        open(window);
        picture(window, QStringLiteral("first-start"));
        QVERIFY(!window.findChild<QPushButton *>(QStringLiteral("connectionSave"))->isEnabled()); // the account is missing
        fill(window, QStringLiteral("127.0.0.1"), QStringLiteral("zandb"), QStringLiteral("right"));
        QTest::mouseClick(window.findChild<QPushButton *>(QStringLiteral("connectionTest")), Qt::LeftButton);
        auto *result = window.findChild<QLabel *>(QStringLiteral("connectionResult"));
        QTRY_VERIFY_WITH_TIMEOUT(result->text().contains(QStringLiteral("Your role is administrator")), 20'000);
        picture(window, QStringLiteral("tried"));
        window.findChild<QComboBox *>(QStringLiteral("connectionKeep"))->setCurrentIndex(1);
        window.findChild<QCheckBox *>(QStringLiteral("connectionProduction"))->setChecked(true);
        std::optional<Settings> kept;
        connect(&window, &ConnectionWindow::connected, this, [&](const Settings &settings) { kept = settings; });
        QTest::mouseClick(window.findChild<QPushButton *>(QStringLiteral("connectionSave")), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(kept, 20'000);
        const auto read = loadSettings(file());
        QVERIFY2(read, read ? "" : describe(read.error()).c_str());
        QCOMPARE(read->store.user, std::string("zandb"));
        QCOMPARE(read->store.port, m_server->port());
        QVERIFY(read->production);
        const auto secret = readSecret(read->store.passwordFile, "store-password"); // refuses what others may read
        QVERIFY2(secret, secret ? "" : describe(secret.error()).c_str());
        QCOMPARE(*secret, std::string("right"));
        QFile written(QString::fromStdString(file().string()));
        QVERIFY(written.open(QIODevice::ReadOnly));
        QVERIFY(!written.readAll().contains("right"));
    }

    /// Who has a server and nothing else gets a store without leaving the window; the administrator's account is used once.
    void theWindowMakesTheStore()
    {
        const auto target = std::filesystem::path(m_dir.filePath(QStringLiteral("made/zandb.toml")).toStdString());
        ConnectionWindow window(target, std::nullopt, std::nullopt, m_dialogs);
        open(window);
        fill(window, QStringLiteral("127.0.0.1"), QStringLiteral("newcomer"), QStringLiteral("mine"));
        test::find<QLineEdit>(window, "connectionSchema")->setText(QStringLiteral("fresh"));
        test::find<QComboBox>(window, "connectionKeep")->setCurrentIndex(1);
        auto *result = test::find<QLabel>(window, "connectionResult");
        const auto create = [&](const char *password) {
            QVERIFY(test::click(test::find<QPushButton>(window, "connectionCreate")));
            auto *dialog = test::find<QDialog>(window, "createStoreDialog");
            QVERIFY(dialog && QTest::qWaitForWindowExposed(dialog));
            QVERIFY(test::find<QCheckBox>(*dialog, "createAlso")->isChecked());
            QVERIFY(!test::find<QPushButton>(*dialog, "createAccept")->isEnabled());
            QTest::keyClicks(test::find<QLineEdit>(*dialog, "createUser"), QStringLiteral("zandb"));
            QTest::keyClicks(test::find<QLineEdit>(*dialog, "createPassword"), QLatin1String(password));
            picture(*dialog, QStringLiteral("create-store"));
            result->clear();
            QTest::keyClick(test::find<QLineEdit>(*dialog, "createPassword"), Qt::Key_Return);
            QTRY_VERIFY_WITH_TIMEOUT(!result->text().isEmpty(), 30'000);
        };
        create("wrong");
        QVERIFY2(result->text().contains(QStringLiteral("refused the password of zandb")), qPrintable(result->text()));
        create("right");
        QVERIFY2(result->text().contains(QStringLiteral("“fresh” was created")), qPrintable(result->text()));
        QVERIFY2(!result->text().contains(QStringLiteral("password was not changed")), qPrintable(result->text()));
        picture(window, QStringLiteral("created"));
        QSignalSpy connected(&window, &ConnectionWindow::connected);
        QVERIFY(test::click(test::find<QPushButton>(window, "connectionSave")));
        QTRY_COMPARE_WITH_TIMEOUT(connected.count(), 1, 20'000);
        const auto read = loadSettings(target);
        QVERIFY(read && read->store.user == "newcomer" && read->store.schema == "fresh");
        QFile written(QString::fromStdString(target.string()));
        QVERIFY(written.open(QIODevice::ReadOnly));
        QVERIFY(!written.readAll().contains("right"));
        // and again does no harm
        create("right");
        QVERIFY2(result->text().contains(QStringLiteral("up to date already")), qPrintable(result->text()));
        // whoever the account belongs to keeps the password, and is told so
        QVERIFY2(result->text().contains(QStringLiteral("It existed already; its password was not changed.")), qPrintable(result->text()));
    }

    /// Where there is a console behind it, Esc leads back there and nothing is changed.
    void escapeLeadsBack()
    {
        ConnectionWindow window(file(), *loadSettings(file()), std::nullopt, m_dialogs);
        open(window);
        QSignalSpy left(&window, &ConnectionWindow::left);
        auto *back = test::find<QPushButton>(window, "connectionLeave");
        QVERIFY(!back->isVisible());
        QTest::keyClick(&window, Qt::Key_Escape);
        QCOMPARE(left.count(), 0); // on the first start there is nothing behind it
        window.setMayLeave(true);
        QTest::keyClick(&window, Qt::Key_Escape);
        QCOMPARE(left.count(), 1);
        QVERIFY(test::click(back));
        QCOMPARE(left.count(), 2);
    }

    void aProfileIsThereToBeCorrected()
    {
        const auto read = loadSettings(file());
        QVERIFY(read);
        ConnectionWindow window(file(), *read, makeError(errors::storePassword, {{"host", "127.0.0.1"}, {"user", "zandb"}}), m_dialogs);
        open(window);
        QCOMPARE(window.findChild<QLineEdit *>(QStringLiteral("connectionUser"))->text(), QStringLiteral("zandb"));
        const auto *result = window.findChild<QLabel *>(QStringLiteral("connectionResult"));
        const auto *advice = window.findChild<QLabel *>(QStringLiteral("connectionAdvice"));
        QVERIFY(result->text().contains(QStringLiteral("refused the password")));
        QVERIFY2(advice->text().contains(QStringLiteral("password above")), qPrintable(advice->text())); // its field is here
        // another language is also that of the card
        static const QRegularExpression han(QStringLiteral("\\p{Han}"));
        m_language.set(QStringLiteral("zh_CN"));
        QTRY_VERIFY2(result->text().contains(han) && advice->text().contains(han), qPrintable(result->text() + advice->text()));
        m_language.set(QStringLiteral("en"));
        QTRY_VERIFY(!result->text().contains(han) && !advice->text().contains(han));
        // no field is lower than its letters
        for (const QWidget *field : window.findChildren<QWidget *>(QRegularExpression(QStringLiteral("^connection(Profile|Host|Port|User|Password|Keep|Schema|Tls|Ca|Key)$"))))
            QVERIFY2(field->height() >= field->fontMetrics().height() + 10, qPrintable(QStringLiteral("%1 is %2 high").arg(field->objectName()).arg(field->height())));
        // the password that is kept still counts
        QSignalSpy connected(&window, &ConnectionWindow::connected);
        QTest::mouseClick(window.findChild<QPushButton *>(QStringLiteral("connectionSave")), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(connected.count(), 1, 20'000);
        m_language.set(QStringLiteral("zh_CN"));
        picture(window, QStringLiteral("zh"));
        m_language.set(QStringLiteral("en"));
    }

    /// The person's key is chosen, not typed; what cannot be a key is said before anything is tried.
    void theSshKeyIsChosen()
    {
        const auto read = loadSettings(file());
        QVERIFY(read);
        ConnectionWindow window(file(), *read, std::nullopt, m_dialogs);
        open(window);
        auto *key = test::find<QLineEdit>(window, "connectionKey");
        auto *save = test::find<QPushButton>(window, "connectionSave");
        QVERIFY(save->isEnabled());
        m_dialogs.path = m_dir.filePath(QStringLiteral("id_ed25519"));
        for (const QString &path : {m_dialogs.path, m_dialogs.path + QStringLiteral(".pub")}) {
            QFile made(path);
            QVERIFY(made.open(QIODevice::WriteOnly));
        }
        QVERIFY(test::click(test::find<QPushButton>(window, "connectionKeyBrowse")));
        QVERIFY2(m_dialogs.startedAt.endsWith(QStringLiteral(".ssh")), qPrintable(m_dialogs.startedAt));
        QCOMPARE(key->text(), m_dialogs.path);
        QVERIFY(key->hasFocus());
        QVERIFY(save->isEnabled());
        picture(window, QStringLiteral("key"));
        key->setText(m_dialogs.path + QStringLiteral(".pub"));
        QVERIFY(!save->isEnabled());
        QVERIFY(save->toolTip().contains(QStringLiteral("public half")));
        key->setText(QStringLiteral("/nowhere/id"));
        QVERIFY(!save->isEnabled());
        QVERIFY(save->toolTip().contains(QStringLiteral("/nowhere/id")));
        // the second look begins where the first has chosen
        key->setText(m_dialogs.path);
        QVERIFY(test::click(test::find<QPushButton>(window, "connectionKeyBrowse")));
        QCOMPARE(m_dialogs.startedAt, m_dialogs.path);
        QSignalSpy connected(&window, &ConnectionWindow::connected);
        QTest::keyClick(key, Qt::Key_Return); // all is there: saves and opens
        QTRY_COMPARE_WITH_TIMEOUT(connected.count(), 1, 20'000);
        QCOMPARE(QString::fromStdString(loadSettings(file())->ssh.identity.string()), m_dialogs.path);
    }

    /// Without a mouse: Tab goes down the page, Return leads to what is missing and presses what has the keyboard.
    void theKeyboardIsEnough()
    {
        ConnectionWindow window(m_dir.filePath(QStringLiteral("other/zandb.toml")).toStdString(), std::nullopt, std::nullopt, m_dialogs);
        open(window);
        test::find<QLineEdit>(window, "connectionProfile")->setFocus();
        QTest::keyClicks(test::find<QLineEdit>(window, "connectionUser"), QStringLiteral("zandb")); // both buttons can be reached
        QStringList order;
        for (int steps = 0; steps < 15; ++steps) {
            order << window.focusWidget()->objectName().remove(QStringLiteral("connection"));
            QTest::keyClick(window.focusWidget(), Qt::Key_Tab);
        }
        QCOMPARE(order.join(QLatin1Char(' ')), QStringLiteral("Profile Host Port User Password Keep Schema Tls Ca CaBrowse Key KeyBrowse Production Test Save"));
        // every field has a name for those who hear the page
        int buddies = 0;
        for (const QLabel *label : window.findChildren<QLabel *>()) {
            if (label->buddy()) {
                ++buddies;
                QVERIFY(!label->text().isEmpty());
            }
        }
        QCOMPARE(buddies, 9);
        auto *user = test::find<QLineEdit>(window, "connectionUser");
        auto *host = test::find<QLineEdit>(window, "connectionHost");
        user->clear();
        host->setFocus();
        QTest::keyClick(host, Qt::Key_Return);
        QVERIFY(user->hasFocus());
        auto *port = test::find<QSpinBox>(window, "connectionPort");
        port->setFocus();
        QTest::keyClick(port, Qt::Key_Return);
        QVERIFY(user->hasFocus());
        m_dialogs.path = m_dir.filePath(QStringLiteral("id_ed25519"));
        auto *browse = test::find<QPushButton>(window, "connectionKeyBrowse");
        browse->setFocus();
        QTest::keyClick(browse, Qt::Key_Return);
        QCOMPARE(test::find<QLineEdit>(window, "connectionKey")->text(), m_dialogs.path);
    }

private:
    std::filesystem::path file() const { return m_dir.filePath(QStringLiteral("profile/zandb.toml")).toStdString(); }
    void open(ConnectionWindow &window)
    {
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
    }
    void fill(ConnectionWindow &window, const QString &host, const QString &user, const QString &password)
    {
        window.findChild<QLineEdit *>(QStringLiteral("connectionHost"))->setText(host);
        window.findChild<QSpinBox *>(QStringLiteral("connectionPort"))->setValue(m_server->port());
        QTest::keyClicks(window.findChild<QLineEdit *>(QStringLiteral("connectionUser")), user);
        QTest::keyClicks(window.findChild<QLineEdit *>(QStringLiteral("connectionPassword")), password);
        window.findChild<QComboBox *>(QStringLiteral("connectionTls"))->setCurrentIndex(2);
    }
    void picture(QWidget &window, const QString &name)
    {
        QTest::qWait(100);
        QVERIFY(window.grab().save(m_pictures + QLatin1Char('/') + name + QStringLiteral(".png")));
    }

    QTemporaryDir m_dir;
    QString m_pictures = QStringLiteral(ZANDB_BINARY_DIR "/screenshots/connection");
    Language m_language;
    test::ScriptedDialogs m_dialogs;
    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<test::TestServer> m_server;
};

QTEST_MAIN(TestConnection)
#include "tst_connection.moc"
