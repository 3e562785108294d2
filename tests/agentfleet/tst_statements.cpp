// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/statementrunner.h"
#include "tests/support/testserver.h"

#include <QElapsedTimer>
#include <QScopeGuard>
#include <QTest>

#include <optional>
#include <pwd.h>
#include <thread>
#include <unistd.h>

using namespace zandb;
using namespace zandb::agent;
using namespace std::chrono_literals;
using zandb::test::Flavour;
using zandb::test::TestServer;

Q_DECLARE_METATYPE(zandb::test::Flavour)

namespace {

struct Kept final : StatementSink
{
    void columns(const std::vector<SqlColumn> &columns) override { m_columns = columns; }
    void row(const std::vector<SqlCell> &row) override
    {
        Json values = Json::array();
        for (std::size_t i = 0; i < row.size(); ++i)
            values.push_back(cellToJson(row[i], m_columns[i]));
        m_rows.push_back(std::move(values));
    }
    std::vector<SqlColumn> m_columns;
    std::vector<Json> m_rows;
};

} // namespace

/// Statements of people, against real servers of both flavours.
class TestStatements : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestServer> m_servers[2];
    TestServer *m_server = nullptr;
    LocalInstance m_local;
    Config m_config;
    bool m_mariaDb = false;

    std::unique_ptr<StatementRunner> open(StatementOptions options)
    {
        auto runner = StatementRunner::open(m_config, m_local, Account::Backup, std::move(options));
        if (!runner) {
            qWarning("%s", describe(runner.error()).c_str());
            return nullptr;
        }
        return std::move(*runner);
    }
    static std::string errorOf(const Result<StatementOutcome> &outcome) { return outcome ? std::string() : outcome.error().code; }
    /// Whether a statement with this text runs on the server now.
    bool runs(const std::string &text)
    {
        return m_server->value("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID() AND INFO LIKE '%" + text + "%'").value_or("0") != "0";
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
            server = TestServer::start({.flavour = flavour}, &error);
            QVERIFY2(server, error.c_str());
            const std::string how = m_mariaDb ? "IDENTIFIED VIA unix_socket" : "IDENTIFIED WITH auth_socket AS '" + user + "'";
            const std::string account = m_mariaDb ? user + "@localhost" : "backup@localhost";
            QVERIFY2(server->exec({"CREATE USER IF NOT EXISTS " + account + " " + how, "GRANT ALL ON *.* TO " + account, "CREATE DATABASE shop",
                                   "CREATE TABLE shop.t (i INT PRIMARY KEY, s VARCHAR(200))",
                                   "INSERT INTO shop.t VALUES (1,'one'),(2,'two'),(3,''),(4,NULL)"}),
                     server->lastError().c_str());
        }
        m_server = server.get();
        m_local = {server->name(), server->port(), server->directory(), server->dataDirectory(), server->logDirectory(), server->socket(), server->myCnf()};
        m_config.mariadbAccount = user;
    }

    void showsWhatTheServerHolds()
    {
        QVERIFY2(m_server->exec({"DROP TABLE IF EXISTS shop.odd_values",
                                 "CREATE TABLE shop.odd_values (u BIGINT UNSIGNED, d DECIMAL(30,5), f FLOAT, b BIT(10), v VARBINARY(10), t TEXT CHARACTER SET latin1, "
                                 "dt DATETIME, ti TIME, e ENUM('x','y'), j JSON, n INT, blank VARCHAR(5))"}),
                 m_server->lastError().c_str());
        auto runner = open({.schema = "shop", .sqlMode = ""});
        QVERIFY(runner);
        Kept kept;
        const auto inserted = runner->run("INSERT INTO odd_values VALUES (18446744073709551615, 1234567890123456789012345.12345, 0.1, b'1000000001', X'00ff41', "
                                          "'\xc3\xa4', '0000-00-00', '-838:59:59', 'y', '{\"a\": 1}', NULL, '')", kept);
        QVERIFY2(inserted, inserted ? "" : describe(inserted.error()).c_str());
        QCOMPARE(inserted->affectedRows, 1);
        QVERIFY(!inserted->hasResult && kept.m_columns.empty());
        const auto read = runner->run("SELECT * FROM odd_values", kept);
        QVERIFY2(read, read ? "" : describe(read.error()).c_str());
        QVERIFY(read->hasResult && read->rows == 1 && !read->moreRows && read->cutCells == 0);
        const Json row = kept.m_rows.at(0);
        QCOMPARE(dumpJson(row), dumpJson(Json::array({"18446744073709551615", "1234567890123456789012345.12345", "0.1", "513", {{"b64", "AP9B"}}, "\xc3\xa4",
                                                      "0000-00-00 00:00:00", "-838:59:59", "y", "{\"a\": 1}", nullptr, ""})));
        std::vector<std::string> types;
        for (const SqlColumn &column : kept.m_columns)
            types.push_back(column.type);
        QCOMPARE(types, (std::vector<std::string>{"integer", "decimal", "float", "bit", "binary", "text", "datetime", "time", "enum", m_mariaDb ? "text" : "json",
                                                  "integer", "text"}));
        QVERIFY(kept.m_columns[0].isUnsigned && !kept.m_columns[10].isUnsigned);
        QCOMPARE(kept.m_columns[11].name, std::string("blank"));
    }

    void nothingSurvivesToTheNext()
    {
        QVERIFY(m_server->exec({"SET GLOBAL time_zone='+05:00'", "SET GLOBAL sql_mode='ANSI_QUOTES'"}));
        auto runner = open({.schema = "shop"});
        const bool reset = m_server->exec({"SET GLOBAL time_zone='SYSTEM'", "SET GLOBAL sql_mode=DEFAULT"});
        QVERIFY(runner && reset);
        for (const char *sql : {"SET sql_mode='ANSI_QUOTES', time_zone='+03:00'", "SET NAMES latin1", "SET @left=1", "USE mysql", "CREATE TEMPORARY TABLE shop.temp (i INT)",
                                "SET autocommit=0"}) {
            Kept ignored;
            QVERIFY2(runner->run(sql, ignored), sql);
        }
        Kept kept;
        const auto read = runner->run("SELECT @@sql_mode, @@time_zone, @@character_set_client, @left, DATABASE(), @@autocommit, @@lock_wait_timeout", kept);
        QVERIFY2(read, read ? "" : describe(read.error()).c_str());
        const Json row = kept.m_rows.at(0);
        QVERIFY(row[0].get<std::string>().find("ANSI_QUOTES") == std::string::npos);
        QVERIFY(row[0].get<std::string>().find("STRICT_TRANS_TABLES") != std::string::npos);
        QCOMPARE(dumpJson(Json(std::vector<Json>(row.begin() + 1, row.end()))), dumpJson(Json::array({"+00:00", "utf8mb4", nullptr, "shop", "1", "10"})));
        QCOMPARE(runner->run("SELECT * FROM temp", kept).error().fields.at("errno"), std::string("1146"));
        QCOMPARE(errorOf(runner->run("SELECT 1; SELECT 2", kept)), std::string("sql.failed"));
        QCOMPARE(StatementRunner::open(m_config, m_local, Account::Backup, {.schema = "nowhere"}).error().fields.at("errno"), std::string("1049"));
    }

    void rowsAreCappedAndSoAreValues()
    {
        StatementOptions options{.schema = "shop", .readOnly = true};
        options.limits.rows = 10;
        options.limits.cellBytes = 5;
        auto runner = open(options);
        QVERIFY(runner);
        const std::string endless = "SELECT a.s, CONCAT('\xc3\xa4\xc3\xa4\xc3\xa4', a.i) FROM t a, t b, t c, t d, t e, t f, t g, t h, t k, t l, t m, t n, t o";
        QElapsedTimer timer;
        timer.start();
        Kept kept;
        const auto read = runner->run(endless, kept);
        QVERIFY2(read, read ? "" : describe(read.error()).c_str());
        QVERIFY(read->rows == 10 && read->moreRows);
        QVERIFY2(timer.elapsed() < 20'000, "67 million rows were read");
        QVERIFY(read->cutCells >= 10);
        const Json cut = kept.m_rows.at(0)[1];
        QCOMPARE(cut.at("text").get<std::string>(), std::string("\xc3\xa4\xc3\xa4")); // no half character
        QCOMPARE(cut.at("cut").get<int>(), 7);
        QVERIFY(!runs("FROM t a, t b"));
        Kept next; // the kill hits nothing else
        for (int i = 0; i < 5; ++i)
            QVERIFY2(runner->run("SELECT COUNT(*) FROM t", next), "the next statement was killed");
        options.limits.rows = 100;
        options.limits.bytes = 6;
        options.readOnly = false;
        runner = open(options);
        const auto few = runner->run("SELECT s FROM t", kept);
        QVERIFY(few && few->rows == 2 && few->moreRows);
    }

    void readOnlyIsTheServersWord()
    {
        auto runner = open({.schema = "shop", .readOnly = true});
        Kept kept;
        QCOMPARE(runner->run("DELETE FROM t", kept).error().fields.at("errno"), std::string("1792"));
        QCOMPARE(m_server->value("SELECT COUNT(*) FROM shop.t").value_or(""), std::string("4"));
    }

    void warningsAndRowsChanged()
    {
        auto runner = open({.schema = "shop", .sqlMode = "NO_ENGINE_SUBSTITUTION"});
        Kept kept;
        const auto changed = runner->run("UPDATE t SET s=LEFT(REPEAT('x',300),300) WHERE i IN (1,2)", kept);
        QVERIFY2(changed, changed ? "" : describe(changed.error()).c_str());
        QCOMPARE(changed->affectedRows, 2);
        QCOMPARE(changed->warningCount, 2);
        QCOMPARE(changed->warnings.size(), std::size_t{2});
        QCOMPARE(changed->warnings[0].level, std::string("Warning"));
        QCOMPARE(changed->warnings[0].code, 1265);
        QVERIFY(changed->warnings[0].message.find("'s'") != std::string::npos);
        QVERIFY(changed->info.find("Changed: 2") != std::string::npos);
        QVERIFY(runner->run("UPDATE t SET s='one' WHERE i=1", kept)->warnings.empty());
    }

    void cancelKillsTheStatement_data()
    {
        QTest::addColumn<QString>("sql");
        QTest::newRow("sleeps") << "SELECT SLEEP(60) FROM t";
        QTest::newRow("counts") << "SELECT COUNT(*) FROM t a, t b, t c, t d, t e, t f, t g, t h, t k, t l, t m, t n, t o, t p WHERE LENGTH(CONCAT(a.i, b.i, c.i, d.i, e.i, f.i, g.i, h.i, k.i, l.i, m.i, n.i, o.i, p.i)) = 99";
        QTest::newRow("writes") << "UPDATE t SET s='killed' WHERE SLEEP(20) = 7";
    }
    void cancelKillsTheStatement()
    {
        QFETCH(QString, sql);
        auto runner = open({.schema = "shop"});
        QVERIFY(runner);
        std::stop_source stop;
        std::jthread canceller([&] {
            for (int i = 0; i < 200 && !runs("FROM t") && !runs("UPDATE t"); ++i)
                std::this_thread::sleep_for(20ms);
            std::this_thread::sleep_for(200ms);
            stop.request_stop();
        });
        QElapsedTimer timer;
        timer.start();
        Kept kept;
        const auto ended = runner->run(sql.toStdString(), kept, stop.get_token());
        canceller.join();
        QVERIFY2(timer.elapsed() < 15'000, qPrintable(QString::number(timer.elapsed())));
        QVERIFY2(errorOf(ended) == "cancelled", ended ? "it succeeded" : describe(ended.error()).c_str());
        QCOMPARE(ended.error().fields.at("killed"), "KILL QUERY " + std::to_string(runner->connectionId()));
        QVERIFY(!runs("FROM t") && !runs("UPDATE t"));
        QVERIFY(runner->run("SELECT 1", kept)); // and the connection lives
        QCOMPARE(errorOf(runner->run("SELECT 1", kept, stop.get_token())), std::string("cancelled"));
    }

    void timeIsLimited_data()
    {
        QTest::addColumn<QString>("sql");
        QTest::newRow("reads") << "SELECT SLEEP(60) FROM t";
        QTest::newRow("writes") << "UPDATE t SET s='late' WHERE SLEEP(20) = 7";
    }
    void timeIsLimited()
    {
        QFETCH(QString, sql);
        StatementOptions options{.schema = "shop"};
        options.limits.time = 1200ms;
        auto runner = open(options);
        QElapsedTimer timer;
        timer.start();
        Kept kept;
        const auto ended = runner->run(sql.toStdString(), kept);
        QVERIFY2(timer.elapsed() > 1000 && timer.elapsed() < 12'000, qPrintable(QString::number(timer.elapsed())));
        QCOMPARE(errorOf(ended), std::string("sql.timed_out"));
        QCOMPARE(ended.error().fields.at("seconds"), std::string("2"));
        QVERIFY(!runs("SLEEP"));
        QVERIFY(runner->run("SELECT 1", kept));
    }

    void errorsHaveTheirClass()
    {
        StatementOptions options{.schema = "shop"};
        options.limits.lockWait = 1s;
        auto runner = open(options);
        auto holder = open({.schema = "shop"});
        QVERIFY(runner && holder);
        // a session of its own holds a row
        auto link = SqlClient::connect("x", m_local.socket, m_mariaDb ? m_config.mariadbAccount : "backup");
        QVERIFY(link && (*link)->query("BEGIN") && (*link)->query("UPDATE shop.t SET s='held' WHERE i=1"));
        Kept kept;
        auto ended = runner->run("UPDATE t SET s='mine' WHERE i=1", kept);
        QCOMPARE(errorOf(ended), std::string("sql.lock_wait"));
        QVERIFY(ended.error().isTransient());
        QVERIFY((*link)->query("ROLLBACK"));
        QVERIFY(runner->run("UPDATE t SET s='mine' WHERE i=1", kept));

        ended = runner->run("SELEKT 1", kept);
        QCOMPARE(errorOf(ended), std::string("sql.failed"));
        QCOMPARE(ended.error().fields.at("errno"), std::string("1064"));
        QVERIFY(!ended.error().isTransient());

        // somebody else ends the statement, and then the connection
        std::jthread killer([&] {
            for (int i = 0; i < 200 && !runs("SLEEP(30)"); ++i)
                std::this_thread::sleep_for(20ms);
            (void)m_server->exec("KILL QUERY " + std::to_string(runner->connectionId()));
        });
        ended = runner->run("UPDATE t SET s='x' WHERE SLEEP(30) = 7", kept);
        killer.join();
        QCOMPARE(errorOf(ended), std::string("sql.killed"));
        std::jthread again([&] {
            for (int i = 0; i < 200 && !runs("SLEEP(31)"); ++i)
                std::this_thread::sleep_for(20ms);
            (void)m_server->exec("KILL " + std::to_string(runner->connectionId()));
        });
        ended = runner->run("UPDATE t SET s='x' WHERE SLEEP(31) = 7", kept);
        again.join();
        QCOMPARE(errorOf(ended), std::string("sql.connection_lost"));
        QVERIFY(ended.error().errorClass == ErrorClass::Unknown); // whether it was carried out nobody can say
        QCOMPARE(errorOf(runner->run("SELECT 1", kept)), std::string("sql.connection_lost"));
        auto reader = open({.readOnly = true});
        std::jthread third([&] {
            for (int i = 0; i < 200 && !runs("SLEEP(32)"); ++i)
                std::this_thread::sleep_for(20ms);
            (void)m_server->exec("KILL " + std::to_string(reader->connectionId()));
        });
        ended = reader->run("SELECT SLEEP(32) FROM shop.t", kept);
        third.join();
        QCOMPARE(errorOf(ended), std::string("sql.connection_lost"));
        QVERIFY(ended.error().isTransient());
    }

    /// Of two that wait for each other InnoDB ends the one that has changed less.
    void deadlockIsTransient()
    {
        QVERIFY2(m_server->exec({"DROP PROCEDURE IF EXISTS shop.light",
                                 "CREATE PROCEDURE shop.light() BEGIN START TRANSACTION; UPDATE shop.t SET s='light' WHERE i=1; "
                                 "UPDATE shop.t SET s='light' WHERE i=2; COMMIT; END"}),
                 m_server->lastError().c_str());
        auto runner = open({.schema = "shop"});
        auto heavy = SqlClient::connect("x", m_local.socket, m_mariaDb ? m_config.mariadbAccount : "backup");
        QVERIFY(runner && heavy);
        QVERIFY((*heavy)->query("BEGIN") && (*heavy)->query("UPDATE shop.t SET s=CONCAT('heavy',i) WHERE i>=2"));
        std::optional<Result<StatementOutcome>> ended;
        std::jthread light([&] {
            Kept kept;
            ended = runner->run("CALL light()", kept);
        });
        QTRY_VERIFY(runs("\\'light\\' WHERE i=2")); // it holds row 1, and row 2 is held
        const auto won = (*heavy)->query("UPDATE shop.t SET s='heavy' WHERE i=1");
        light.join();
        QVERIFY2(won, won ? "" : describe(won.error()).c_str());
        QVERIFY((*heavy)->query("ROLLBACK"));
        QCOMPARE(errorOf(*ended), std::string("sql.deadlock"));
        QCOMPARE(ended->error().fields.at("errno"), std::string("1213"));
        QVERIFY(ended->error().isTransient());
        Kept kept;
        QVERIFY(runner->run("CALL light()", kept)); // once more, and nobody is in the way
    }

    /// A snapshot that is older than the table's definition.
    void changedTableIsTransient()
    {
        QVERIFY2(m_server->exec({"DROP PROCEDURE IF EXISTS shop.snapshot", "DROP TABLE IF EXISTS shop.flag", "DROP TABLE IF EXISTS shop.changed",
                                 "CREATE TABLE shop.flag (i INT PRIMARY KEY) ENGINE=MyISAM", "CREATE TABLE shop.changed (i INT PRIMARY KEY)",
                                 "INSERT INTO shop.changed VALUES (1)",
                                 "CREATE PROCEDURE shop.snapshot() BEGIN START TRANSACTION WITH CONSISTENT SNAPSHOT; "
                                 "WHILE (SELECT COUNT(*) FROM shop.flag) = 0 DO DO SLEEP(0.07); END WHILE; SELECT * FROM shop.changed; COMMIT; END"}),
                 m_server->lastError().c_str());
        auto runner = open({.schema = "shop"});
        QVERIFY(runner);
        std::optional<Result<StatementOutcome>> ended;
        std::jthread reader([&] {
            Kept kept;
            ended = runner->run("CALL snapshot()", kept);
        });
        const auto goOn = qScopeGuard([&] { m_server->exec("INSERT IGNORE INTO shop.flag VALUES (1)"); }); // also when this fails
        QTRY_VERIFY(runs("SLEEP(0.07)"));
        QVERIFY2(m_server->exec({"ALTER TABLE shop.changed ADD COLUMN j INT, ALGORITHM=COPY", "INSERT INTO shop.flag VALUES (1)"}), m_server->lastError().c_str());
        reader.join();
        QCOMPARE(errorOf(*ended), std::string("sql.table_changed"));
        QCOMPARE(ended->error().fields.at("errno"), std::string("1412"));
        QVERIFY(ended->error().isTransient());
        Kept kept;
        QVERIFY(runner->run("CALL snapshot()", kept));
    }

    void rowsArePackedForTheWire()
    {
        std::vector<Json> items;
        RowPacker packer([&](Json item) { items.push_back(std::move(item)); }, 1000);
        auto runner = open({.schema = "shop"});
        const auto read = runner->run("SELECT a.i, b.s FROM t a, t b, t c, t d", packer);
        packer.finish();
        QVERIFY(read);
        QCOMPARE(read->rows, 256);
        std::size_t rows = 0;
        for (const Json &item : items)
            rows += item.at("rows").size();
        QCOMPARE(rows, std::size_t{256});
        QVERIFY(items.size() > 3 && items[0].at("rows").size() == 1); // the first at once
        QCOMPARE(items[0].at("cols")[1].at("name").get<std::string>(), std::string("s"));
        QVERIFY(!items[1].contains("cols"));
        items.clear();
        RowPacker none([&](Json item) { items.push_back(std::move(item)); });
        QVERIFY(runner->run("SELECT i FROM t WHERE i > 99", none));
        none.finish();
        QCOMPARE(items.size(), std::size_t{1});
        QVERIFY(items[0].at("rows").empty() && items[0].at("cols").size() == 1);
    }
};

QTEST_GUILESS_MAIN(TestStatements)
#include "tst_statements.moc"
