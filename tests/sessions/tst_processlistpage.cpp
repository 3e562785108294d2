// SPDX-License-Identifier: GPL-3.0-or-later
// The process list in the window, on a real fleet: store, sshd, agents, MariaDB.
#include "agent/fleet/sqlclient.h"
#include "app/console/consolecontext.h"
#include "app/console/language.h"
#include "app/console/mainwindow.h"
#include "models/common/roles.h"
#include "models/common/text.h"
#include "models/sessions/sessionmodel.h"
#include "tests/console/hand.h"
#include "tests/places.h"
#include "tests/support/testfleet.h"
#include "tests/widgets/scripteddialogs.h"
#include "widgets/common/inspector.h"
#include "widgets/common/parts.h"

#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTabBar>
#include <QTableView>
#include <QTemporaryDir>
#include <QTextEdit>
#include <QToolButton>

#include <future>
#include <pwd.h>
#include <unistd.h>

using namespace zandb;
using namespace zandb::console;

class TestProcessListPage : public QObject
{
    Q_OBJECT

    std::unique_ptr<test::TestFleet> m_fleet;
    Settings m_settings;
    test::ScriptedDialogs m_dialogs;
    Language m_language;
    std::unique_ptr<Theme> m_theme;
    QTemporaryDir m_dir;
    std::unique_ptr<QSettings> m_ui;
    std::unique_ptr<ConsoleContext> m_context;
    const QString m_pictures = QStringLiteral(ZANDB_BINARY_DIR "/screenshots/processlist");

    using Model = SessionTableModel;
    /// A connection of a person's program; two servers may give the same id.
    struct Person
    {
        std::unique_ptr<agent::SqlClient> client;
        std::string path;
        agent::SqlClient *operator->() const { return client.get(); }
        explicit operator bool() const { return client != nullptr; }
    };
    using Client = Person;

    MainWindow &window() { return m_context->window(); }
    template<class T>
    T *find(const char *name)
    {
        return test::find<T>(window(), name);
    }
    /// Asked while the window lives on.
    template<class T>
    static bool isReady(const std::future<T> &future)
    {
        return future.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
    }
    QTableView *table() { return find<QTableView>("processlistTable"); }
    void picture(const char *name)
    {
        QTest::qWait(200);
        QVERIFY(window().grab().save(m_pictures + QLatin1Char('/') + QLatin1String(name) + QStringLiteral(".png")));
    }
    Client app(std::size_t host = 0, const char *user = "app")
    {
        auto &server = *m_fleet->host(host).servers[0];
        auto client = agent::SqlClient::connect(server.name(), server.socket(), user);
        return {client ? std::move(*client) : nullptr, m_fleet->host(host).path()};
    }
    /// The row of a connection on the screen; -1: none.
    int rowOf(const Client &client)
    {
        const auto id = static_cast<qlonglong>(client->connectionId());
        for (int row = 0; row < table()->model()->rowCount(); ++row) {
            if (table()->model()->index(row, Model::Id).data(SortRole).toLongLong() == id && table()->model()->index(row, Model::Instance).data().toString() == qs(client.path))
                return row;
        }
        return -1;
    }
    QString cell(const Client &client, Model::Column column)
    {
        const int row = rowOf(client);
        return row < 0 ? QString() : table()->model()->index(row, column).data().toString();
    }
    void openPage()
    {
        QVERIFY(test::click(find<QToolButton>("rail-fleet")));
        auto *bar = find<QTabBar>("pageTabs");
        QTRY_VERIFY(bar->isVisible() && bar->tabText(1) == QStringLiteral("Process list"));
        QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(1).center());
        QTRY_VERIFY(table()->isVisible());
    }
    void choose(const Client &client)
    {
        QTRY_VERIFY_WITH_TIMEOUT(rowOf(client) >= 0, 20'000);
        table()->selectRow(rowOf(client));
        QTRY_VERIFY(!table()->selectionModel()->selectedRows().isEmpty());
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto reason = test::TestFleet::unavailable(); !reason.empty())
            QSKIP(reason.c_str());
        std::string error;
        test::FleetOptions options;
        options.hosts = 2;
        m_fleet = test::TestFleet::start(options, &error);
        QVERIFY2(m_fleet, error.c_str());
        const std::string user = getpwuid(geteuid())->pw_name;
        for (std::size_t host = 0; host < 2; ++host) {
            auto &server = *m_fleet->host(host).servers[0];
            QVERIFY2(server.exec({"CREATE USER app@localhost", "CREATE USER report@localhost", "GRANT ALL ON *.* TO app@localhost", "GRANT ALL ON *.* TO report@localhost",
                                  "CREATE ROLE maint", "GRANT SELECT, PROCESS, CONNECTION ADMIN ON *.* TO maint", "GRANT maint TO `" + user + "`@localhost",
                                  "CREATE DATABASE lock_test", "CREATE TABLE lock_test.orders (id INT PRIMARY KEY, state VARCHAR(20)) ENGINE=InnoDB",
                                  "INSERT INTO lock_test.orders VALUES (1,'new'),(2,'new'),(3,'new')"}),
                     server.lastError().c_str());
        }
        auto settings = loadSettings(m_fleet->ctlWords({})[2]);
        QVERIFY2(settings, settings ? "" : describe(settings.error()).c_str());
        m_settings = std::move(*settings);
        m_settings.profile = "production fleet";
        m_settings.production = true;
        m_theme = std::make_unique<Theme>(*qApp);
        QVERIFY(QDir().mkpath(m_pictures));
    }
    void init()
    {
        m_theme->apply(Theme::Choice::Light);
        m_language.set(QStringLiteral("en"));
        m_dialogs = {};
        m_ui = std::make_unique<QSettings>(m_dir.filePath(QStringLiteral("ui.ini")), QSettings::IniFormat);
        m_context = std::make_unique<ConsoleContext>(m_settings, Ui{m_dialogs, *m_ui}, *m_theme, m_language);
        window().resize(1440, 900);
        window().show();
        QVERIFY(QTest::qWaitForWindowActive(&window()));
        m_context->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_context->state().fleetKnown() && m_context->state().role() != StoreRole::Unknown, 10'000);
    }
    void cleanup()
    {
        if (QTest::currentTestFailed() && m_fleet)
            qWarning("%s", m_fleet->describe().c_str());
        m_context.reset();
    }
    void cleanupTestCase() { m_fleet.reset(); }

    /// A chain of row locks and a wait for a metadata lock: who is to blame stands at the head, and killing that one frees the others.
    void whoBlocksWhom()
    {
        const auto head = app(), second = app(0, "report"), third = app(), definer = app(), elsewhere = app(1);
        QVERIFY(head && second && third && definer && elsewhere);
        QVERIFY(head->query("BEGIN") && head->query("UPDATE lock_test.orders SET state = 'secret' WHERE id = 1"));
        QVERIFY(second->query("BEGIN") && second->query("UPDATE lock_test.orders SET state = 'paid' WHERE id = 2"));
        const auto later = [](const Client &client, const char *sql) { return std::async(std::launch::async, [&client, sql] {
                const auto done = client->query(sql);
                return done ? std::string() : describe(done.error());
            });
        };
        auto waits = later(second, "UPDATE lock_test.orders SET state = 'sent' WHERE id = 1");
        auto sleeps = later(elsewhere, "SELECT\n    SLEEP(300),\n    '一段很长的文字 that fills more than one line of the inspector, so that it wraps here and there',\n    1\nFROM\n    DUAL");
        openPage();
        QTRY_COMPARE_WITH_TIMEOUT(cell(head, Model::Part), QStringLiteral("blocks 1"), 20'000);
        auto waitsToo = later(third, "UPDATE lock_test.orders SET state = 'gone' WHERE id = 2");
        QTRY_COMPARE_WITH_TIMEOUT(cell(third, Model::Part).trimmed(), QStringLiteral("↳ waits for %1").arg(second->connectionId()), 20'000);
        auto defines = later(definer, "ALTER TABLE lock_test.orders ADD COLUMN note INT");
        QTRY_VERIFY_WITH_TIMEOUT(rowOf(definer) >= 0, 20'000);
        QTRY_VERIFY_WITH_TIMEOUT(cell(third, Model::BlockedBy).contains(QStringLiteral("head of the chain: %1").arg(head->connectionId())), 20'000);
        QVERIFY(rowOf(head) < rowOf(second) && rowOf(second) < rowOf(third)); // it reads from the top
        QVERIFY(rowOf(elsewhere) >= 0);
        QCOMPARE(cell(head, Model::Instance), qs(m_fleet->host().path()));
        QCOMPARE(cell(elsewhere, Model::Instance), qs(m_fleet->host(1).path()));
        QVERIFY(!cell(elsewhere, Model::Statement).contains(QStringLiteral("300"))); // literals stay on the host
        QTRY_VERIFY(find<Chip>("processlistWaiting")->count() >= 2);
        choose(third);
        picture("light");
        m_theme->apply(Theme::Choice::Dark);
        picture("dark");
        m_theme->apply(Theme::Choice::Light);
        m_language.set(QStringLiteral("zh_CN"));
        window().resize(1280, 800);
        picture("zh");
        m_language.set(QStringLiteral("en"));
        window().resize(1024, 700);
        picture("small");
        window().resize(1440, 900);

        // narrowed to what waits
        QTest::mouseClick(find<Chip>("processlistWaiting"), Qt::LeftButton);
        QTRY_VERIFY(rowOf(head) < 0 && rowOf(elsewhere) < 0 && rowOf(third) >= 0);
        QTest::keyClick(&window(), Qt::Key_Escape);
        QTRY_VERIFY(rowOf(head) >= 0);

        // the one at the head is idle: it has no statement to kill, but a connection
        choose(head);
        QTRY_VERIFY(find<QPushButton>("processlistKillConnection")->isEnabled());
        QVERIFY(!find<QPushButton>("processlistKill")->isEnabled());
        m_dialogs.agree = false;
        QVERIFY(test::click(find<QPushButton>("processlistKillConnection")));
        const auto &asked = m_dialogs.last;
        QCOMPARE(asked.typeToConfirm, qs(m_fleet->host().path())); // production
        for (const QString &said : {qs(m_fleet->host().path()), QString::number(head->connectionId()), QStringLiteral("app@localhost"), QStringLiteral("1 changed row")})
            QVERIFY2(asked.text.contains(said), qPrintable(asked.text));
        QVERIFY(!asked.text.contains(QStringLiteral("secret")) && asked.title.contains(QStringLiteral("production fleet")));
        QCOMPARE(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.audit WHERE act = 'session.kill'"), std::string("0"));
        m_dialogs.agree = true;
        choose(head);
        QVERIFY(test::click(find<QPushButton>("processlistKillConnection")));
        QTRY_COMPARE_WITH_TIMEOUT(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.audit WHERE act = 'session.kill'"), std::string("1"), 10'000);
        QTRY_VERIFY2_WITH_TIMEOUT(rowOf(head) < 0, qPrintable(m_dialogs.messages.join(QLatin1Char('\n'))), 20'000);
        QTRY_VERIFY_WITH_TIMEOUT(isReady(waits), 25'000);
        if (const auto error = waits.get(); !error.empty())
            QFAIL(error.c_str());
        QVERIFY2(m_dialogs.messages.isEmpty(), qPrintable(m_dialogs.messages.join(QLatin1Char('\n'))));
        QCOMPARE(m_fleet->storeValue("SELECT CONCAT(subject, ' ', JSON_VALUE(detail, '$.what')) FROM zandb.audit WHERE act = 'session.kill'"),
                 m_fleet->host().path() + " connection");

        // a statement of the other instance
        choose(elsewhere);
        QTRY_VERIFY(find<QPushButton>("processlistKill")->isEnabled());
        QVERIFY(test::click(find<QPushButton>("processlistText")));
        const auto inspected = [this] {
            QString all;
            for (const QTextEdit *text : find<QWidget>("processlistPage")->findChildren<QTextEdit *>())
                all += text->toPlainText() + QLatin1Char('\n');
            return all.remove(QChar(0x200b)); // where a long text may break
        };
        QTRY_VERIFY2_WITH_TIMEOUT(inspected().contains(QStringLiteral("SLEEP(300)")), qPrintable(inspected() + m_dialogs.messages.join(QLatin1Char(0x0a))), 10'000);
        for (const QTextEdit *text : find<QWidget>("processlistPage")->findChildren<QTextEdit *>()) {
            if (text->isVisible()) // to its last line
                QTRY_VERIFY2(text->document()->size().height() <= text->viewport()->height() + 1, qPrintable(text->toPlainText()));
        }
        QCOMPARE(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.audit WHERE act = 'session.text'"), std::string("1"));
        QVERIFY(test::click(find<QPushButton>("processlistKill")));
        QTRY_VERIFY_WITH_TIMEOUT(isReady(sleeps), 25'000);
        QVERIFY2(m_dialogs.messages.isEmpty(), qPrintable(m_dialogs.messages.join(QLatin1Char('\n'))));
        QVERIFY(elsewhere->query("SELECT 1")); // its connection lives
        QVERIFY(second->query("ROLLBACK"));
        QTRY_VERIFY_WITH_TIMEOUT(isReady(waitsToo), 25'000);
        QVERIFY(third->query("ROLLBACK"));
        QTRY_VERIFY_WITH_TIMEOUT(isReady(defines), 25'000);
    }

    void idleOnesAndUsers()
    {
        const auto idle = app(), other = app(0, "report");
        openPage();
        QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>("processlistTotal")->text().contains(QStringLiteral("2 instances")), 20'000);
        QVERIFY(rowOf(idle) < 0);
        find<QCheckBox>("processlistIdle")->click();
        QTRY_VERIFY_WITH_TIMEOUT(rowOf(idle) >= 0 && rowOf(other) >= 0, 20'000);
        auto *users = find<QComboBox>("processlistUser");
        QTRY_VERIFY(users->findText(QStringLiteral("report")) > 0);
        users->setFocus();
        QTest::keyClicks(users, QStringLiteral("rep"));
        QTRY_VERIFY(rowOf(idle) < 0 && rowOf(other) >= 0);
        QTest::keyClick(users, Qt::Key_Home);
        QTRY_VERIFY(rowOf(idle) >= 0);
        // what is short of the seconds goes, also as it grows older
        find<QSpinBox>("processlistLonger")->setValue(100'000);
        QTRY_COMPARE(table()->model()->rowCount(), 0);
    }

    void ofOneInstanceAndOnlyWhileSeen()
    {
        const auto here = app();
        auto sleeps = std::async(std::launch::async, [&] { return here->query("SELECT SLEEP(300)").has_value(); });
        const auto id = m_context->state().fleet()->instanceByPath(m_fleet->host().path())->instance.id;
        Location to;
        to.page = QStringLiteral("instance");
        to.subject = Subject(instanceSubject, id);
        m_context->state().goTo(to);
        auto *bar = find<QTabBar>("instanceViews");
        QTRY_VERIFY(bar->isVisible());
        QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(1).center());
        auto *list = find<QTableView>("sessionsTable");
        QTRY_VERIFY_WITH_TIMEOUT(list->isVisible() && list->model()->rowCount() >= 1, 20'000);
        QVERIFY(list->isColumnHidden(Model::Instance));
        picture("instance");
        auto &server = *m_fleet->host().servers[0];
        const auto selects = [&] { return std::stoll(server.value("SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'COM_SELECT'").value_or("0")); };
        auto before = selects();
        QTest::qWait(3000); // the list is read every two seconds
        QVERIFY(selects() > before + 1);
        // nobody looks: nothing is asked
        QTest::keyClick(&window(), Qt::Key_3, Qt::ControlModifier);
        QTRY_VERIFY(!list->isVisible());
        // What was under way ends; from then on there is no question but this one.  The agent's own looks at the server, every five and every ten seconds, may fall into
        // some of the spans: one without any tells enough, since the list would be read in each.
        const auto isQuiet = [&] {
            before = selects();
            QTest::qWait(2500);
            return selects() == before + 1;
        };
        QVERIFY(QTest::qWaitFor(isQuiet, 90'000));
        server.exec("KILL QUERY " + std::to_string(here->connectionId()));
        QTRY_VERIFY_WITH_TIMEOUT(isReady(sleeps), 25'000);
    }

    /// An instance that is down is named; the others are shown.
    void oneIsDown()
    {
        openPage();
        QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>("processlistTotal")->text().contains(QStringLiteral("2 instances")), 20'000);
        m_fleet->host(1).servers[0]->stop();
        auto *troubles = find<QLabel>("processlistTroubles");
        QTRY_VERIFY_WITH_TIMEOUT(troubles->isVisible() && troubles->text().contains(qs(m_fleet->host(1).path())), 20'000);
        const auto here = app();
        auto sleeps = std::async(std::launch::async, [&] { return here->query("SELECT SLEEP(300)").has_value(); });
        QTRY_VERIFY_WITH_TIMEOUT(rowOf(here) >= 0, 20'000);
        picture("down");
        // and a host whose agent is gone
        m_fleet->cutSsh(m_fleet->host());
        QTRY_VERIFY_WITH_TIMEOUT(troubles->text().contains(qs(m_fleet->host().path())), 40'000);
        QVERIFY(rowOf(here) >= 0); // what was seen is kept, grey
        QVERIFY(table()->model()->index(rowOf(here), Model::Part).data(StaleRole).toBool());
        QVERIFY(m_fleet->startSsh(m_fleet->host()));
        QTRY_VERIFY_WITH_TIMEOUT(!troubles->text().contains(qs(m_fleet->host().path())), 40'000);
        m_fleet->host().servers[0]->exec("KILL QUERY " + std::to_string(here->connectionId()));
        QTRY_VERIFY_WITH_TIMEOUT(isReady(sleeps), 25'000);
    }
};

QTEST_MAIN(TestProcessListPage)
#include "tst_processlistpage.moc"
