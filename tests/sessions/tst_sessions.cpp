// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/errors.h"
#include "agent/protocol/sessionerrors.h"
#include "agent/sessions/sessions.h"
#include "tests/support/testserver.h"

#include <QTest>

#include <future>
#include <pwd.h>
#include <unistd.h>

using namespace zandb;
using namespace zandb::agent;
using namespace std::chrono_literals;
using zandb::test::Flavour;
using zandb::test::ServerOptions;
using zandb::test::TestServer;

Q_DECLARE_METATYPE(zandb::test::Flavour)

/// Process list, blockers and kills against real servers of both flavours.
class TestSessions : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestServer> m_servers[2];
    TestServer *m_server = nullptr;
    LocalInstance m_local;
    Config m_config;
    bool m_mariaDb = false;
    bool m_locksKnown = true; ///< MariaDB lists metadata locks only with a plugin, which comes with the package mariadb-server

    using Client = std::unique_ptr<SqlClient>;
    Client client(const std::string &user = "app")
    {
        auto made = SqlClient::connect(m_server->name(), m_server->socket(), user);
        return made ? std::move(*made) : nullptr;
    }
    static std::int64_t idOf(const Client &client) { return static_cast<std::int64_t>(client->connectionId()); }
    /// A statement in a thread of its own.
    static std::future<Result<SqlResult>> begin(SqlClient &client, std::string sql)
    {
        return std::async(std::launch::async, [&client, sql = std::move(sql)] { return client.query(sql); });
    }
    wire::SessionList list(const SessionWish &wish = {})
    {
        auto list = listSessions(m_config, m_local, wish);
        if (!list)
            qWarning("%s", describe(list.error()).c_str());
        return list ? std::move(*list) : wire::SessionList{};
    }
    /// Waits until the session is listed as blocked.
    std::optional<wire::Session> blocked(std::int64_t id, wire::SessionList *all = nullptr)
    {
        for (int i = 0; i < 200; ++i) {
            const auto now = list();
            const auto found = std::ranges::find(now.sessions, id, &wire::Session::id);
            // MariaDB leaves a statement out while its session is busy with it
            if (found != now.sessions.end() && !found->blockedBy.empty() && !found->statement.empty()) {
                if (all)
                    *all = now;
                return *found;
            }
            QTest::qWait(50);
        }
        return std::nullopt;
    }
    std::optional<wire::Session> running(std::int64_t id, TimePoint *at = nullptr)
    {
        for (int i = 0; i < 200; ++i) {
            const auto now = list();
            const auto found = std::ranges::find(now.sessions, id, &wire::Session::id);
            if (found != now.sessions.end() && found->command == "Query") {
                if (at)
                    *at = now.at;
                return *found;
            }
            QTest::qWait(20);
        }
        return std::nullopt;
    }
    wire::SessionKill killOf(const wire::Session &s, TimePoint at, bool connection) const
    {
        return {m_local.name, s.id, s.queryId, s.user, connection, at - std::chrono::seconds(s.seconds) + 1s};
    }

private Q_SLOTS:
    void initTestCase_data()
    {
        QTest::addColumn<Flavour>("flavour");
        QTest::newRow("mariadb") << Flavour::MariaDb;
        QTest::newRow("mysql") << Flavour::MySql;
    }
    void cleanupTestCase()
    {
        for (auto &server : m_servers)
            server.reset();
    }
    void init()
    {
        QFETCH_GLOBAL(Flavour, flavour);
        if (const auto reason = TestServer::unavailable(flavour); !reason.empty())
            QSKIP(reason.c_str());
        m_mariaDb = flavour == Flavour::MariaDb;
        const std::string user = getpwuid(geteuid())->pw_name;
        auto &server = m_servers[!m_mariaDb];
        if (!server) {
            std::string error;
            ServerOptions options{.flavour = flavour};
            if (const char *plugins = std::getenv("ZANDB_MARIADB_PLUGIN_DIR"); plugins && m_mariaDb)
                options.myCnf.push_back(std::string("plugin_dir=") + plugins);
            server = TestServer::start(options, &error);
            QVERIFY2(server, error.c_str());
            if (m_mariaDb)
                m_locksKnown = server->exec("INSTALL SONAME 'metadata_lock_info'");
            std::vector<std::string> statements{"CREATE USER app@localhost", "GRANT SELECT, INSERT, UPDATE, DELETE, ALTER, CREATE, RELOAD ON *.* TO app@localhost", "CREATE DATABASE shop",
                                                "CREATE TABLE shop.t (i INT PRIMARY KEY, s VARCHAR(200))", "INSERT INTO shop.t VALUES (1,'one'),(2,'two')"};
            // the rights that HOST.md gives, and no more
            if (m_mariaDb) {
                for (const char *sql : {"CREATE ROLE backup", "GRANT PROCESS, SELECT ON *.* TO backup", "CREATE ROLE maint",
                                        "GRANT SELECT, PROCESS, CONNECTION ADMIN ON *.* TO maint"})
                    statements.emplace_back(sql);
                statements.push_back("CREATE USER IF NOT EXISTS " + user + "@localhost IDENTIFIED VIA unix_socket");
                for (const char *role : {"backup", "maint"})
                    statements.push_back(std::string("GRANT ") + role + " TO " + user + "@localhost");
            } else {
                for (const char *account : {"backup", "maint"})
                    statements.push_back(std::string("CREATE USER ") + account + "@localhost IDENTIFIED WITH auth_socket AS '" + user + "'");
                statements.emplace_back("GRANT PROCESS, SELECT ON *.* TO backup@localhost");
                statements.emplace_back("GRANT SELECT, PROCESS, CONNECTION_ADMIN ON *.* TO maint@localhost");
            }
            QVERIFY2(server->exec(statements), server->lastError().c_str());
        }
        m_server = server.get();
        m_local = {server->name(), server->port(), server->directory(), server->dataDirectory(), server->logDirectory(), server->socket(), server->myCnf()};
        m_config.mariadbAccount = user;
    }

    void rowLocksNameTheHolder()
    {
        const Client holder = client(), waiter = client(), idle = client();
        QVERIFY(holder && waiter && idle);
        QVERIFY(holder->query("BEGIN") && holder->query("UPDATE shop.t SET s = 'x' WHERE i = 1"));
        auto waiting = begin(*waiter, "UPDATE shop.t SET s = 'a secret' WHERE i = 1");
        wire::SessionList all;
        const auto session = blocked(idOf(waiter), &all);
        QVERIFY(session);
        QCOMPARE(session->blockedBy.size(), std::size_t{1});
        QCOMPARE(session->blockedBy[0].by, idOf(holder));
        QCOMPARE(session->blockedBy[0].kind, std::string("row"));
        QCOMPARE(session->blockedBy[0].object, std::string("shop.t"));
        QVERIFY2(session->statement.find("secret") == std::string::npos && session->statement.starts_with("UPDATE shop.t"), session->statement.c_str());
        // the holder is idle, and first in the list
        QCOMPARE(all.sessions.front().id, idOf(holder));
        QCOMPARE(all.sessions.front().blocks, 1);
        QCOMPARE(all.sessions.front().rowsModified, 1);
        QVERIFY(all.sessions.front().transactionSeconds);
        QVERIFY(std::ranges::find(all.sessions, idOf(idle), &wire::Session::id) == all.sessions.end());
        QVERIFY(all.idle >= 1);
        QVERIFY2(all.notPermitted.empty(), all.notPermitted.empty() ? "" : all.notPermitted.front().c_str());
        // the whole text is asked for by itself
        const auto text = statementOfSession(m_config, m_local, session->id, "app");
        QVERIFY(text);
        QCOMPARE(*text, std::string("UPDATE shop.t SET s = 'a secret' WHERE i = 1"));
        QVERIFY(statementOfSession(m_config, m_local, session->id, "somebody").error().is(errors::sessionChanged));
        // the holder's end lets the waiter go on
        const auto killed = killSession(m_config, m_local, killOf(all.sessions.front(), all.at, true));
        QVERIFY2(killed, killed ? "" : describe(killed.error()).c_str());
        QVERIFY(waiting.get());
        QVERIFY(!holder->query("SELECT 1"));
        QCOMPARE(m_server->value("SELECT s FROM shop.t WHERE i = 1").value_or(""), std::string("a secret"));
    }

    void metadataLocksNameTheHolder()
    {
        if (!m_locksKnown && m_mariaDb)
            QSKIP("MariaDB has no plugin metadata_lock_info here (package mariadb-server; ZANDB_MARIADB_PLUGIN_DIR names a directory with it)");
        const Client reader = client(), changer = client(), behind = client();
        QVERIFY(reader && changer && behind);
        QVERIFY(reader->query("BEGIN") && reader->query("SELECT * FROM shop.t"));
        auto altering = begin(*changer, "ALTER TABLE shop.t ADD COLUMN more INT");
        const auto session = blocked(idOf(changer));
        QVERIFY(session);
        QCOMPARE(session->blockedBy[0].by, idOf(reader));
        QCOMPARE(session->blockedBy[0].kind, std::string("metadata"));
        QCOMPARE(session->blockedBy[0].object, std::string("shop.t"));
        // who comes behind waits in the end for the same reader
        auto reading = begin(*behind, "SELECT COUNT(*) FROM shop.t");
        wire::SessionList all;
        QVERIFY(blocked(idOf(behind), &all));
        QCOMPARE(all.sessions.front().id, idOf(reader));
        QCOMPARE(all.sessions.front().blocks, 2);
        QVERIFY(reader->query("COMMIT"));
        QVERIFY(altering.get() && reading.get());
        QVERIFY(m_server->exec("ALTER TABLE shop.t DROP COLUMN more"));
    }

    void globalLocksNameTheHolder()
    {
        if (!m_locksKnown && m_mariaDb)
            QSKIP("MariaDB has no plugin metadata_lock_info here (package mariadb-server; ZANDB_MARIADB_PLUGIN_DIR names a directory with it)");
        const Client locker = client(), writer = client();
        QVERIFY(locker && writer);
        QVERIFY(locker->query("FLUSH TABLES WITH READ LOCK"));
        auto writing = begin(*writer, "UPDATE shop.t SET s = 'later' WHERE i = 2");
        const auto session = blocked(idOf(writer));
        QVERIFY(session);
        QCOMPARE(session->blockedBy[0].by, idOf(locker));
        QCOMPARE(session->blockedBy[0].kind, std::string("global"));
        QVERIFY(locker->query("UNLOCK TABLES"));
        QVERIFY(writing.get());
    }

    void aStatementIsKilledAndItsConnectionLives()
    {
        const Client runner = client();
        QVERIFY(runner);
        TimePoint at{};
        auto sleeping = begin(*runner, "SELECT SLEEP(60)");
        const auto session = running(idOf(runner), &at);
        QVERIFY(session);
        QCOMPARE(session->queryId != 0, m_mariaDb);
        const auto killed = killSession(m_config, m_local, killOf(*session, at, false));
        QVERIFY2(killed, killed ? "" : describe(killed.error()).c_str());
        QCOMPARE(sleeping.wait_for(20s), std::future_status::ready);
        (void)sleeping.get();
        QVERIFY(runner->query("SELECT 1"));
    }

    void whatChangedIsNotKilled()
    {
        const Client runner = client();
        QVERIFY(runner);
        TimePoint at{};
        {
            auto sleeping = begin(*runner, "SELECT SLEEP(60)");
            QVERIFY(running(idOf(runner), &at));
            QVERIFY(m_server->exec("KILL QUERY " + std::to_string(idOf(runner))));
            (void)sleeping.get();
        }
        wire::Session first;
        first.id = idOf(runner);
        first.user = "app";
        // it is idle now; the client has its answer a moment before the server's list says so
        QTRY_COMPARE_WITH_TIMEOUT(m_server->value("SELECT COMMAND FROM information_schema.PROCESSLIST WHERE ID = " + std::to_string(idOf(runner))).value_or(""), std::string("Sleep"), 10'000);
        QVERIFY(killSession(m_config, m_local, killOf(first, at, false)).error().is(errors::sessionChanged));
        // another statement of the same session, begun well after the one that was seen
        auto later = begin(*runner, "SELECT SLEEP(60)");
        const auto second = running(idOf(runner));
        QVERIFY(second);
        wire::SessionKill kill = killOf(*second, at, false);
        kill.begunBefore = at - 60s;
        kill.queryId = m_mariaDb ? second->queryId - 1 : 0;
        QVERIFY(killSession(m_config, m_local, kill).error().is(errors::sessionChanged));
        // another user's session under this id, as after a restart of the server
        kill = killOf(*second, systemNow(), true);
        kill.user = "somebody";
        QVERIFY(killSession(m_config, m_local, kill).error().is(errors::sessionChanged));
        QCOMPARE(later.wait_for(0s), std::future_status::timeout);
        kill.user = "app";
        QVERIFY(killSession(m_config, m_local, kill));
        QVERIFY(!later.get());
        QTRY_VERIFY(killSession(m_config, m_local, kill).has_value() == false);
        QVERIFY(killSession(m_config, m_local, kill).error().is(errors::sessionGone));
    }

    void theServersOwnAreProtected()
    {
        QVERIFY(m_server->exec("SET GLOBAL event_scheduler = ON"));
        wire::Session scheduler;
        QTRY_VERIFY(([&] {
            const auto all = list({.idle = true});
            const auto found = std::ranges::find(all.sessions, "event_scheduler", &wire::Session::user);
            if (found == all.sessions.end())
                return false;
            scheduler = *found;
            return true;
        })());
        QCOMPARE(scheduler.protection, std::string("scheduler"));
        const auto refused = killSession(m_config, m_local, killOf(scheduler, systemNow(), true));
        QVERIFY(!refused && refused.error().is(errors::sessionProtected));
        QCOMPARE(refused.error().fields.at("reason"), std::string("scheduler"));
    }

    void withoutTheRightItIsSaid()
    {
        if (m_mariaDb && m_config.mariadbAccount == "root") {
            qInfo("not tried on MariaDB: this OS user's account is root@localhost, which has every right");
        } else {
            const Client runner = client();
            auto sleeping = begin(*runner, "SELECT SLEEP(60)");
            TimePoint at{};
            const auto session = running(idOf(runner), &at);
            QVERIFY(session);
            const std::string grantee = m_mariaDb ? "maint" : "maint@localhost", right = m_mariaDb ? "CONNECTION ADMIN" : "CONNECTION_ADMIN";
            QVERIFY2(m_server->exec("REVOKE " + right + " ON *.* FROM " + grantee), m_server->lastError().c_str());
            const auto refused = killSession(m_config, m_local, killOf(*session, at, false));
            QVERIFY(!refused);
            QCOMPARE(refused.error().code, std::string("instance.not_permitted"));
            QVERIFY(m_server->exec("GRANT " + right + " ON *.* TO " + grantee));
            QVERIFY(killSession(m_config, m_local, killOf(*session, at, true)));
            (void)sleeping.get();
        }
        if (m_mariaDb) { // without its plugin nobody can tell who holds a metadata lock
            if (m_locksKnown)
                QVERIFY(m_server->exec("UNINSTALL SONAME 'metadata_lock_info'"));
            const Client reader = client(), changer = client();
            QVERIFY(reader->query("BEGIN") && reader->query("SELECT * FROM shop.t"));
            auto altering = begin(*changer, "ALTER TABLE shop.t ADD COLUMN more INT");
            QTRY_COMPARE_WITH_TIMEOUT(list().notPermitted, std::vector<std::string>{"metadata_locks"}, 10'000);
            QVERIFY(reader->query("COMMIT"));
            QVERIFY(altering.get());
            QVERIFY(m_server->exec("ALTER TABLE shop.t DROP COLUMN more"));
            if (m_locksKnown)
                QVERIFY(m_server->exec("INSTALL SONAME 'metadata_lock_info'"));
        }
    }
};

QTEST_GUILESS_MAIN(TestSessions)
#include "tst_sessions.moc"
