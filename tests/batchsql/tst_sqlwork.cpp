// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/batchsql/grantmask.h"
#include "agent/batchsql/sqlwork.h"
#include "agent/os/files.h"
#include "agent/os/sha256.h"
#include "agent/workflow/orders.h"
#include "tests/batchsql/sqlworkfixture.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <pwd.h>
#include <thread>
#include <unistd.h>

using namespace zandb;
using namespace zandb::agent;
using namespace std::chrono_literals;
using zandb::test::Attempt;
using zandb::test::Flavour;
using zandb::test::TestServer;

Q_DECLARE_METATYPE(zandb::test::Flavour)

/// Scripts of people on real servers, with the accounts of packaging/HOST.md.
class TestSqlWork : public QObject
{
    Q_OBJECT

    QTemporaryDir m_directory;
    std::unique_ptr<TestServer> m_servers[2];
    TestServer *m_server = nullptr;
    Config m_config;
    bool m_maria = false;

    wire::SqlArgs script(std::vector<std::string> statements, bool confirmed = true) const
    {
        wire::SqlArgs args;
        args.instance = m_server->name();
        args.schema = "shop";
        args.statements = std::move(statements);
        args.confirmed = confirmed;
        return args;
    }

    std::unique_ptr<Attempt> attempt(const wire::SqlArgs &args, const char *role = "admin") const
    {
        return std::make_unique<Attempt>(m_config, std::filesystem::path(m_directory.path().toStdString()), args, role);
    }

    /// "sql.refused no_undo 2": code, reason and number of the statement; "" for success.
    QByteArray ends(const std::vector<std::string> &statements, const char *role = "admin", bool confirmed = true)
    {
        const auto one = attempt(script(statements, confirmed), role);
        const auto result = sqlWork(*one);
        if (result)
            return "";
        std::string words = result.error().code;
        for (const char *field : {"reason", "statement"}) {
            if (const auto it = result.error().fields.find(field); it != result.error().fields.end())
                words += ' ' + it->second;
        }
        if (result.error().cause)
            words += " <- " + result.error().cause->code;
        return QByteArray::fromStdString(words);
    }

    std::string value(const std::string &sql) { return m_server->value(sql).value_or("NULL"); }

private Q_SLOTS:
    void initTestCase_data()
    {
        QTest::addColumn<Flavour>("flavour");
        QTest::newRow("mariadb") << Flavour::MariaDb;
        QTest::newRow("mysql") << Flavour::MySql;
    }
    void init()
    {
        QFETCH_GLOBAL(Flavour, flavour);
        if (const auto reason = TestServer::unavailable(flavour); !reason.empty())
            QSKIP(reason.c_str());
        m_maria = flavour == Flavour::MariaDb;
        const std::string user = getpwuid(geteuid())->pw_name;
        auto &server = m_servers[m_maria ? 0 : 1];
        m_server = server.get();
        if (!server) {
            std::string error;
            server = TestServer::start({.flavour = flavour}, &error);
            QVERIFY2(server, error.c_str());
            m_server = server.get();
            std::vector<std::string> sql = test::accountsOfHost(flavour, user);
            for (const char *more : {"CREATE DATABASE shop", "CREATE DATABASE percona", "CREATE TABLE shop.t (id INT PRIMARY KEY, a INT)", "INSERT INTO shop.t VALUES (1,1),(2,2),(3,3)",
                                     "CREATE TABLE percona.heartbeat (ts VARCHAR(40), server_id INT PRIMARY KEY)", "CREATE DATABASE dba_maint", "CREATE TABLE dba_maint.guarded (id INT PRIMARY KEY)",
                                     "CREATE TRIGGER dba_maint.tr BEFORE INSERT ON dba_maint.guarded FOR EACH ROW SET NEW.id = NEW.id + 1", "CREATE VIEW dba_maint.v AS SELECT * FROM shop.t",
                                     "CREATE USER app@localhost IDENTIFIED BY 'Long-enough-1'"})
                sql.emplace_back(more);
            QVERIFY2(m_server->exec(sql), m_server->lastError().c_str());
        }
        m_config = {};
        m_config.mariadbAccount = user;
        m_config.base = m_server->base();
        m_config.host = "db1";
        m_config.stateDirectory = m_directory.path().toStdString();
    }
    void cleanupTestCase()
    {
        for (auto &server : m_servers)
            server.reset();
    }

    void scriptsRun()
    {
        const auto one = attempt(script({"SELECT id, a FROM t ORDER BY id", "ALTER TABLE t ADD INDEX by_a (a)", "SHOW INDEX FROM t WHERE Key_name = 'by_a'",
                                         "REPLACE INTO percona.heartbeat VALUES (NOW(), @@server_id)", "SET GLOBAL long_query_time = 3", "ANALYZE TABLE t", "DROP INDEX by_a ON t", "SELECT nothing"}));
        const auto failed = sqlWork(*one);
        QVERIFY(!failed);
        QCOMPARE(failed.error().code, std::string("sql.statement_failed"));
        QCOMPARE(failed.error().fields.at("statement"), std::string("8"));
        QCOMPARE(failed.error().cause->fields.at("errno"), std::string("1054"));
        QCOMPARE(dumpJson(one->rows(1)), std::string(R"([["1","1"],["2","2"],["3","3"]])"));
        QCOMPARE(one->rows(3).size(), std::size_t{1});
        std::vector<std::string> classes;
        for (const Json &item : one->items()) {
            if (item.contains("done"))
                classes.push_back(item.at("statementClass").get<std::string>());
        }
        QCOMPARE(classes, (std::vector<std::string>{"R", "X", "R", "H", "V", "M", "X"}));
        QCOMPARE(value("SELECT @@global.long_query_time").substr(0, 1), std::string("3"));
        QCOMPARE(value("SELECT COUNT(*) FROM percona.heartbeat"), std::string("1"));

        const auto good = attempt(script({"SELECT COUNT(*) FROM t", "SELECT * FROM t"}));
        const auto result = sqlWork(*good);
        QVERIFY2(result, result ? "" : describe(result.error()).c_str());
        QCOMPARE(result->at("statements").get<int>(), 2);
        QCOMPARE(result->at("rows").get<int>(), 4);
    }

    /// One statement that is refused, and nothing is run of the whole script.
    void nothingIsRunOfARefusedScript()
    {
        QVERIFY(m_server->exec("SET GLOBAL long_query_time = 7"));
        QCOMPARE(ends({"SET GLOBAL long_query_time = 8", "DROP TABLE t"}), QByteArray("sql.refused never 2"));
        QCOMPARE(ends({"SET GLOBAL long_query_time = 8", "SELECT SLEEP(1)"}), QByteArray("sql.refused function.not_pure 2"));
        QCOMPARE(ends({"SET GLOBAL long_query_time = 8"}, "admin", false), QByteArray("sql.refused unconfirmed 1"));
        QCOMPARE(value("SELECT @@global.long_query_time").substr(0, 1), std::string("7"));
        QCOMPARE(ends({}), QByteArray("order.args"));
    }

    /// The role is the one that the agent knows; a script cannot say it.
    void rolesAreTheAgents()
    {
        QCOMPARE(ends({"SET GLOBAL read_only = 0"}, "operator"), QByteArray("sql.refused role 1"));
        QCOMPARE(ends({"SET GLOBAL read_only = 0"}, "admin"), QByteArray());
        QCOMPARE(ends({"SELECT * FROM t"}, "viewer"), QByteArray("sql.refused role 1"));
        QCOMPARE(ends({"SELECT * FROM t"}, "operator"), QByteArray());
        for (const char *role : {"", "dispatcher", "king"})
            QCOMPARE(ends({"SELECT 1"}, role), QByteArray("access.denied"));
    }

    void whatOnlyTheServerKnows()
    {
        QCOMPARE(ends({"PURGE BINARY LOGS BEFORE '2020-01-01'"}), QByteArray("sql.refused no_catalogue 1"));
        QCOMPARE(ends({"SET GLOBAL binlog_expire_logs_seconds = 1"}), QByteArray("sql.refused no_catalogue 1"));
        QCOMPARE(ends({"GRANT SELECT ON shop.* TO nobody@localhost"}), QByteArray("sql.refused no_account 1"));
        QCOMPARE(ends({"GRANT RELOAD ON *.* TO app@localhost"}), QByteArray("sql.refused second_person 1"));
        QCOMPARE(ends({"INSERT INTO dba_maint.guarded VALUES (1)"}), QByteArray("sql.refused triggers 1"));
        QCOMPARE(ends({"INSERT INTO dba_maint.v VALUES (9, 9)"}), QByteArray("sql.refused not_base_table 1"));
        QCOMPARE(ends({"SET GLOBAL max_connections = 1"}), QByteArray("sql.refused range 1"));
        QCOMPARE(ends({"SET GLOBAL innodb_buffer_pool_size = 9000000000000000"}), QByteArray("sql.refused range 1"));
        QCOMPARE(value("SELECT COUNT(*) FROM shop.t"), std::string("3"));
        if (m_maria) {
            const std::string daemon = value("SELECT COALESCE(MIN(ID), 0) FROM information_schema.PROCESSLIST WHERE USER IN ('system user', 'event_scheduler')");
            if (daemon != "0")
                QCOMPARE(ends({"KILL " + daemon}), QByteArray("sql.refused protected_session 1"));
        } else {
            QCOMPARE(ends({"KILL " + value("SELECT ID FROM information_schema.PROCESSLIST WHERE USER = 'event_scheduler'")}), QByteArray("sql.refused protected_session 1"));
        }
        QCOMPARE(ends({"KILL 4000000000"}), QByteArray("sql.statement_failed 1 <- sql.failed"));
    }

    /// An instance that replicates from another gets nothing of its own; what housekeeping does there leaves no trace in its binlog.
    void replicasStayReplicas()
    {
        const auto binlogSize = [&] { return value("SELECT VARIABLE_VALUE FROM " + std::string(m_maria ? "information_schema.GLOBAL_STATUS" : "performance_schema.global_status") + " WHERE VARIABLE_NAME='Binlog_bytes_written'"); };
        const auto gtids = [&] { return value(m_maria ? "SELECT @@gtid_binlog_pos" : "SELECT @@gtid_executed"); };
        const std::string before = gtids() + binlogSize();
        QCOMPARE(ends({"FLUSH SLOW LOGS", "ANALYZE TABLE t", "OPTIMIZE TABLE t", "SET GLOBAL long_query_time = 2"}), QByteArray());
        QCOMPARE(gtids() + binlogSize(), before);
        QVERIFY2(m_server->exec({m_maria ? "CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=1, MASTER_USER='x', MASTER_USE_GTID=no"
                                         : "CHANGE REPLICATION SOURCE TO SOURCE_HOST='127.0.0.1', SOURCE_PORT=1, SOURCE_USER='x', SOURCE_AUTO_POSITION=0"}),
                 m_server->lastError().c_str());
        for (const char *sql : {"ALTER TABLE t ADD INDEX x (a)", "DELETE FROM t WHERE id = 1 LIMIT 1", "INSERT INTO percona.heartbeat VALUES (1, 77)", "DROP USER app@localhost"})
            QCOMPARE(ends({sql}), QByteArray("sql.refused replica 1"));
        QCOMPARE(ends({m_maria ? "RESET SLAVE" : "RESET REPLICA"}), QByteArray("sql.refused no_gtid 1"));
        QCOMPARE(ends({"SELECT * FROM t", "ANALYZE TABLE t"}), QByteArray());
        QVERIFY(m_server->exec(m_maria ? "RESET SLAVE ALL" : "RESET REPLICA ALL"));
    }

    void hashesAreMasked()
    {
        QCOMPARE(maskGrants("GRANT USAGE ON *.* TO `u`@`h` IDENTIFIED BY PASSWORD '*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19' WITH GRANT OPTION"),
                 std::string("GRANT USAGE ON *.* TO `u`@`h` IDENTIFIED BY PASSWORD '***' WITH GRANT OPTION"));
        QCOMPARE(maskGrants("GRANT USAGE ON *.* TO `u`@`h` IDENTIFIED VIA mysql_native_password USING '*AA' OR ed25519 USING 'bb\\'c' REQUIRE ISSUER '/CN=x'"),
                 std::string("GRANT USAGE ON *.* TO `u`@`h` IDENTIFIED VIA mysql_native_password USING '***' OR ed25519 USING '***' REQUIRE ISSUER '/CN=x'"));
        QCOMPARE(maskGrants("GRANT SELECT ON `a'b`.* TO 'u'@'h' IDENTIFIED WITH 'x' AS '$A$005$zz'"), std::string("GRANT SELECT ON `a'b`.* TO 'u'@'h' IDENTIFIED WITH 'x' AS '***'"));
        QCOMPARE(maskGrants("GRANT SELECT ON `PASSWORD`.* TO 'u'@'h'"), std::string("GRANT SELECT ON `PASSWORD`.* TO 'u'@'h'"));
        if (!m_maria)
            return;
        // the account sees the grants of others
        QVERIFY(m_server->exec("GRANT SELECT ON mysql.* TO 'explain'"));
        const auto one = attempt(script({"SHOW GRANTS FOR app@localhost"}));
        QVERIFY(sqlWork(*one));
        const std::string shown = dumpJson(one->rows(1));
        QVERIFY2(shown.find("IDENTIFIED BY PASSWORD '***'") != std::string::npos, shown.c_str());
        QVERIFY(shown.find("'*") == shown.find("'***'"));
    }

    void cancelKillsTheStatement()
    {
        QVERIFY(m_server->exec({"CREATE TABLE IF NOT EXISTS shop.many (a INT)", "DELETE FROM shop.many", "INSERT INTO shop.many SELECT a.ORDINAL_POSITION FROM information_schema.COLUMNS a LIMIT 400"}));
        const auto one = attempt(script({"SELECT 1", "SELECT COUNT(*) FROM many a, many b, many c, many d WHERE a.a + b.a + c.a + d.a = -1", "SELECT 2"}));
        const auto running = [&] { return value("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID() AND INFO LIKE '%many a, many b%'") != "0"; };
        std::jthread canceller([&] {
            for (int i = 0; i < 500 && !running(); ++i)
                std::this_thread::sleep_for(20ms);
            one->stop();
        });
        const auto ended = sqlWork(*one);
        canceller.join();
        QVERIFY(!ended);
        QCOMPARE(ended.error().code, std::string("cancelled"));
        QVERIFY(ended.error().fields.at("killed").starts_with("KILL QUERY"));
        QVERIFY(!running());
        QVERIFY(one->rows(3).empty());
    }

    void limitsHold()
    {
        auto args = script({"SELECT * FROM t a, t b, t c"});
        args.rows = 5;
        const auto few = attempt(args);
        QVERIFY(sqlWork(*few));
        QCOMPARE(few->rows(1).size(), std::size_t{5});
        QVERIFY(few->items().back().at("moreRows").get<bool>());
        args = script({"SELECT COUNT(*) FROM many a, many b, many c, many d WHERE a.a + b.a + c.a + d.a = -1"});
        args.timeMs = 500;
        const auto late = attempt(args);
        const auto ended = sqlWork(*late);
        QVERIFY(!ended && ended.error().cause);
        QCOMPARE(ended.error().cause->code, std::string("sql.timed_out"));
    }

    /// As an order: through the journal and a worker of its own, whose role is that of the key that sent it.
    void asAnOrder()
    {
        Config config = m_config;
        const std::filesystem::path root = std::filesystem::path(m_directory.path().toStdString()) / (m_maria ? "a" : "b");
        config.stateDirectory = root / "state";
        config.file = root / "agent.toml";
        config.nice = 0;
        config.ionice = "none";
        std::filesystem::create_directories(config.stateDirectory);
        std::ofstream(config.file) << "[agent]\nhost = \"db1\"\nbase = \"" << config.base.string() << "\"\nstate_directory = \"" << config.stateDirectory.string() << "\"\nsocket = \""
                                   << (root / "s").string() << "\"\nauthorized_keys = \"" << (root / "keys").string() << "\"\n[accounts]\nmariadb = \"" << config.mariadbAccount << "\"\n";
        OrderOptions options;
        options.workerProgram = std::filesystem::path(QCoreApplication::applicationDirPath().toStdString()).parent_path() / "bin" / "zandb-agent";
        addSqlKinds(options.kinds);
        auto book = OrderBook::open(config, options);
        QVERIFY2(book, book ? "" : describe(book.error()).c_str());
        const wire::Fence fence{Uuid::v7(), Uuid::v7(), 1};
        const auto run = [&](const char *role) {
            wire::Order order;
            order.key = {Uuid::v7(), 1, 1};
            order.fence = fence;
            order.kind = "sql";
            order.args = script({"SELECT * FROM t", "SET GLOBAL read_only = 0"});
            order.argsSha256 = Sha256::of(dumpJson(order.args));
            const auto status = (*book)->submit(order, wire::OrderedBy{"kim", role, "SHA256:x"});
            if (!status)
                return QByteArray::fromStdString(describe(status.error()));
            (void)QTest::qWaitFor([&] {
                (*book)->tick();
                return (*book)->status(order.key).state == "finished";
            }, 60'000);
            const auto ended = (*book)->status(order.key);
            return QByteArray::fromStdString(ended.outcome + (ended.error ? " " + describe(*ended.error).substr(0, 200) : "") + (ended.items ? " items " + std::to_string(ended.items->count) : ""));
        };
        QVERIFY(run("operator").startsWith("failed sql.refused{"));
        QCOMPARE(run("admin"), QByteArray("succeeded items 4")); // the first row goes ahead of the others
    }
};

QTEST_GUILESS_MAIN(TestSqlWork)
#include "tst_sqlwork.moc"
