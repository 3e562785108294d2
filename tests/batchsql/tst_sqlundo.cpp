// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/batchsql/boundedchange.h"
#include "agent/batchsql/sqlundo.h"
#include "agent/batchsql/sqlwork.h"
#include "agent/protocol/sqlerrors.h"
#include "tests/batchsql/sqlworkfixture.h"

#include <QTemporaryDir>
#include <QTest>

#include <pwd.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace zandb;
using namespace zandb::agent;
using namespace std::chrono_literals;
using zandb::test::Attempt;
using zandb::test::Flavour;
using zandb::test::TestServer;

Q_DECLARE_METATYPE(zandb::test::Flavour)

/// Bounded UPDATE and DELETE on real servers: what was recorded before them brings the rows back exactly, or says why not.
class TestSqlUndo : public QObject
{
    Q_OBJECT

    QTemporaryDir m_directory;
    std::unique_ptr<TestServer> m_servers[2];
    TestServer *m_server = nullptr;
    Config m_config;
    bool m_maria = false;

    std::string value(const std::string &sql) { return m_server->value(sql).value_or("NULL"); }

    std::unique_ptr<Attempt> begin(const std::vector<std::string> &statements) const
    {
        wire::SqlArgs args;
        args.instance = m_server->name();
        args.schema = "shop";
        args.statements = statements;
        args.confirmed = true;
        args.lockWaitSeconds = 2;
        return std::make_unique<Attempt>(m_config, m_config.stateDirectory, Json(args), "operator");
    }

    /// "" when it succeeded, else code and reason.
    static QByteArray words(const Result<Json> &result)
    {
        if (result)
            return "";
        std::string text = result.error().code;
        if (const auto it = result.error().fields.find("reason"); it != result.error().fields.end())
            text += ' ' + it->second;
        for (const Error *cause = result.error().cause.get(); cause; cause = cause->cause.get()) {
            text += " <- " + cause->code;
            if (const auto it = cause->fields.find("detail"); it != cause->fields.end())
                text += " (" + it->second + ')';
        }
        return QByteArray::fromStdString(text);
    }

    QByteArray ends(const std::vector<std::string> &statements, Uuid *run = nullptr)
    {
        const auto one = begin(statements);
        if (run)
            *run = one->order().key.runId;
        return words(sqlWork(*one));
    }

    /// The outcomes of its rows, in order, and how it ended.
    QByteArray undo(const Uuid &run, bool preview = false, bool confirmed = true, std::vector<Json> *items = nullptr)
    {
        wire::SqlUndoArgs args;
        args.instance = m_server->name();
        args.runId = run;
        args.preview = preview;
        args.confirmed = confirmed;
        args.lockWaitSeconds = 2;
        Attempt one(m_config, m_config.stateDirectory, Json(args), "operator", "sql_undo");
        const auto result = sqlUndoWork(one);
        std::string text;
        for (const Json &item : one.items())
            text += item.at("outcome").get<std::string>() + ' ';
        if (items)
            *items = one.items();
        return QByteArray::fromStdString(text) + words(result);
    }

    /// Every value of a table as bytes, with NULL apart from ''.
    std::string dump(const std::string &table)
    {
        (void)m_server->exec("SET GLOBAL group_concat_max_len = 16777216");
        const std::string columns = value("SELECT GROUP_CONCAT(CONCAT('IFNULL(HEX(', IF(DATA_TYPE IN ('float', 'double'), CONCAT('CONCAT(`', COLUMN_NAME, '`*1e0)'), "
                                          "IF(DATA_TYPE='bit', CONCAT('`', COLUMN_NAME, '`+0'), CONCAT('CAST(`', COLUMN_NAME, '` AS BINARY)'))), '), \\'NULL\\')') ORDER BY ORDINAL_POSITION)"
                                          " FROM information_schema.COLUMNS WHERE TABLE_SCHEMA='shop' AND TABLE_NAME='" + table + "'");
        return value("SELECT GROUP_CONCAT(CONCAT_WS(',', " + columns + ") ORDER BY id SEPARATOR '\n') FROM shop." + table);
    }

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
        if (!server) {
            std::string error;
            server = TestServer::start({.flavour = flavour}, &error);
            QVERIFY2(server, error.c_str());
            auto sql = test::accountsOfHost(flavour, user);
            sql.emplace_back("CREATE DATABASE shop");
            sql.emplace_back("CREATE DATABASE dba_maint");
            QVERIFY2(server->exec(sql), server->lastError().c_str());
        }
        m_server = server.get();
        m_config = {};
        m_config.mariadbAccount = user;
        m_config.base = m_server->base();
        m_config.host = "db1";
        m_config.stateDirectory = m_directory.path().toStdString();
        QVERIFY(m_server->exec({"DROP TABLE IF EXISTS shop.t", "CREATE TABLE shop.t (id INT PRIMARY KEY, a INT, b VARCHAR(20), ts TIMESTAMP(6) NULL DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP(6), KEY by_a (a))",
                                "INSERT INTO shop.t (id, a, b) VALUES (1,1,'one'),(2,2,NULL),(3,3,''),(4,4,'four'),(5,5,'five')"}));
    }

    void cleanupTestCase()
    {
        for (auto &server : m_servers)
            server.reset();
    }

    void allColumnTypes()
    {
        const std::string more = m_maria ? ", j JSON, u UUID, i6 INET6" : ", j JSON, u VARBINARY(16), i6 VECTOR(2)";
        QVERIFY2(m_server->exec({"DROP TABLE IF EXISTS shop.types",
                                 "CREATE TABLE shop.types (id BIGINT UNSIGNED, bt BIT(9), ti TINYINT, bg BIGINT UNSIGNED, zf INT(8) ZEROFILL, f FLOAT, f2 FLOAT(7,2), d DOUBLE, dc DECIMAL(40,10), ch CHAR(10),"
                                 " vc VARCHAR(50) CHARACTER SET utf8mb4, l1 VARCHAR(50) CHARACTER SET latin1, gb VARCHAR(50) CHARACTER SET gbk, u16 VARCHAR(50) CHARACTER SET utf16, bn BINARY(4), vb VARBINARY(20),"
                                 " tb TINYBLOB, lb LONGBLOB, tx MEDIUMTEXT, en ENUM('x','y''z','é'), st SET('a','b'), dt DATE, tm TIME(3), dtm DATETIME(6), tsp TIMESTAMP(6) NULL, yr YEAR, g GEOMETRY" + more
                                 + ", note INT, gen INT AS (note + 1) STORED, hid INT INVISIBLE DEFAULT 3, PRIMARY KEY (id, bt, f)) CHARACTER SET utf8mb4"}),
                 m_server->lastError().c_str());
        const std::string names = "INSERT INTO shop.types (id, bt, ti, bg, zf, f, f2, d, dc, ch, vc, l1, gb, u16, bn, vb, tb, lb, tx, en, st, dt, tm, dtm, tsp, yr, g, j, u, i6, note, hid) VALUES ";
        const std::string last = m_maria ? "'{\"a\": [1, 2.50, null, \"x\"]}', '123e4567-e89b-12d3-a456-426655440000', '2001:db8::1'"
                                         : "'{\"a\": [1, 2.50, null, \"x\"], \"big\": 18446744073709551615}', x'00FF', TO_VECTOR('[1.5,0.1]')";
        const std::string none = m_maria ? "'1', NULL, NULL" : "'1', '', NULL";
        // one connection for its modes: zero dates, an ENUM's empty value, a key of 0
        for (const std::string &row : std::vector<std::string>{
                 "(18446744073709551615, b'101010101', -128, 18446744073709551615, 7, 0.1, 12345.67, 0.1e0+0.2e0, 123456789012345678901234567890.0123456789, 'a', 'x''\\\\\\0\\n\xf0\x9f\x98\x80', x'E9FF', _gbk x'BF5C', '\xe4\xbd\xa0',"
                 " x'00', x'00FF275C', '', x'" + std::string(200, 'A') + "', REPEAT('long ', 3000), 'é', 'a,b', '2026-02-28', '-838:59:59', '2026-11-30 01:02:03.000004', '2026-11-30 01:02:03.5', 1901, ST_GeomFromText('POINT(1 2.5)'), " + last + ", 1, 9)",
                 "(1, 0, 0, 0, 0, 3.4e38, -0.01, -1e-300, -0.0000000001, '', '', '', '', '', '', '', NULL, '', '', 'y''z', '', '1000-01-01', '838:59:59.000', '1000-01-01', NULL, 0, NULL, " + none + ", 1, NULL)",
                 "(2, 1, NULL, NULL, NULL, -1.17549435e-38, NULL, -0e0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1, NULL)"})
            QVERIFY2(m_server->exec(names + row), m_server->lastError().c_str());
        QVERIFY2(m_server->exec({"SET GLOBAL sql_mode=''"}), m_server->lastError().c_str());
        QVERIFY2(m_server->exec(names + "(0, 511, 1, 1, 1, 16777217, 1, 1, 1, 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'nothing', 'a', '0000-00-00', '0', '0000-00-00', '0000-00-00', 0, NULL, " + none + ", 1, 1)"),
                 m_server->lastError().c_str());
        QVERIFY(m_server->exec({"SET GLOBAL sql_mode=DEFAULT"}));
        const std::string before = dump("types");
        QVERIFY(before.size() > 10'000);
        QCOMPARE(std::ranges::count(before, '\n'), 3);

        Uuid run;
        QCOMPARE(ends({"DELETE FROM types WHERE id >= 0 ORDER BY id LIMIT 100"}, &run), QByteArray());
        QCOMPARE(value("SELECT COUNT(*) FROM shop.types"), std::string("0"));
        QCOMPARE(undo(run), QByteArray("restored restored restored restored "));
        QCOMPARE(dump("types"), before);
        QCOMPARE(undo(run), QByteArray("already already already already "));

        QCOMPARE(ends({"UPDATE types SET ti = 5, bg = 5, zf = NULL, f2 = 5, d = 5, dc = NULL, ch = 'q', vc = 'q', l1 = 'q', gb = 'q', u16 = 'q', bn = 'q', vb = 'q', tb = 'q', lb = 'q', tx = 'q',"
                       " en = 'x', st = NULL, dt = NULL, tm = NULL, dtm = NULL, tsp = NULL, yr = 2020, g = NULL, j = NULL, u = NULL, i6 = NULL, note = 2, hid = 8 WHERE id BETWEEN 0 AND 18446744073709551615 LIMIT 100"}, &run),
                 QByteArray());
        QVERIFY(dump("types") != before);
        QCOMPARE(undo(run), QByteArray("restored restored restored restored "));
        QCOMPARE(dump("types"), before);
    }

    /// No way back, no change.
    void whatCannotBeUndoneIsRefused()
    {
        QVERIFY2(m_server->exec({"DROP TABLE IF EXISTS shop.child, shop.parent, shop.nokey, shop.nulls, shop.trig, shop.isam, shop.prefix", "CREATE TABLE shop.nokey (a INT, KEY (a))", "INSERT INTO shop.nokey VALUES (1),(1)",
                                 "CREATE TABLE shop.nulls (a INT, UNIQUE KEY (a), KEY (a))", "INSERT INTO shop.nulls VALUES (1)", "CREATE TABLE shop.parent (id INT PRIMARY KEY)", "INSERT INTO shop.parent VALUES (1)",
                                 "CREATE TABLE shop.child (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES shop.parent (id) ON DELETE CASCADE)", "CREATE TABLE shop.trig (id INT PRIMARY KEY)",
                                 "INSERT INTO shop.trig VALUES (1)", "CREATE TRIGGER shop.tr AFTER DELETE ON shop.trig FOR EACH ROW DELETE FROM shop.t WHERE id = OLD.id",
                                 "CREATE TABLE shop.isam (id INT PRIMARY KEY) ENGINE=MyISAM", "INSERT INTO shop.isam VALUES (1)", "CREATE TABLE shop.prefix (b VARCHAR(20) NOT NULL, UNIQUE KEY (b(3)))",
                                 "CREATE OR REPLACE VIEW shop.v AS SELECT * FROM shop.t"}),
                 m_server->lastError().c_str());
        QCOMPARE(ends({"DELETE FROM nokey WHERE a = 1 LIMIT 1"}), QByteArray("sql.refused no_key"));
        QCOMPARE(ends({"DELETE FROM nulls WHERE a = 1 LIMIT 1"}), QByteArray("sql.refused no_key"));
        QCOMPARE(ends({"DELETE FROM prefix WHERE b = 'x' LIMIT 1"}), QByteArray("sql.refused no_key"));
        QCOMPARE(ends({"DELETE FROM parent WHERE id = 1 LIMIT 1"}), QByteArray("sql.refused cascades"));
        QCOMPARE(ends({"DELETE FROM trig WHERE id = 1 LIMIT 1"}), QByteArray("sql.refused triggers"));
        QCOMPARE(ends({"DELETE FROM isam WHERE id = 1 LIMIT 1"}), QByteArray("sql.refused not_innodb"));
        QCOMPARE(ends({"DELETE FROM v WHERE id = 1 LIMIT 1"}), QByteArray("sql.refused not_base_table"));
        QCOMPARE(ends({"UPDATE t SET id = 9 WHERE id = 1 LIMIT 1"}), QByteArray("sql.refused key_changed"));
        QCOMPARE(ends({"DELETE FROM t WHERE b = 'one' LIMIT 1"}), QByteArray("sql.refused no_index"));
        QCOMPARE(ends(std::vector<std::string>(11, "DELETE FROM t WHERE id = 1 LIMIT 10000")), QByteArray("sql.refused too_many_rows"));
        QVERIFY(ends({"DELETE a FROM t a JOIN trig b ON a.id = b.id"}).startsWith("sql.refused "));
        for (const char *table : {"t", "nokey", "nulls", "parent", "trig", "isam"})
            QCOMPARE(value(std::string("SELECT COUNT(*) > 0 FROM shop.") + table), std::string("1"));
        QCOMPARE(value("SELECT COUNT(*) FROM shop.t"), std::string("5"));
    }

    /// Others work on: only what still has the written values is set back, and only the columns that were changed.
    void newerWorkStays()
    {
        QVERIFY(m_server->exec({"SET GLOBAL binlog_row_image='MINIMAL'"}));
        const std::string before = dump("t");
        Uuid run;
        QCOMPARE(ends({"UPDATE t SET a = a + 10 WHERE id <= 4 LIMIT 10", "DELETE FROM t WHERE id = 5 LIMIT 1"}, &run), QByteArray());
        QVERIFY(m_server->exec({"SET GLOBAL binlog_row_image='FULL'"}));
        const std::string changed = dump("t");
        QVERIFY(value("SELECT ts FROM shop.t WHERE id=1") != "NULL");

        std::vector<Json> items;
        QCOMPARE(undo(run, true, false, &items), QByteArray("restored restored restored restored restored "));
        QCOMPARE(items.front().at("sql").get<std::string>(), std::string("INSERT INTO `shop`.`t` (`id`, `a`, `b`, `ts`) VALUES (5, 5, 'five', NULL)"));
        QCOMPARE(items.back().at("sql").get<std::string>(), std::string("UPDATE `shop`.`t` SET `a`=1, `ts`=NULL WHERE `id`=1 LIMIT 1"));
        QCOMPARE(dump("t"), changed); // a preview changes nothing
        QCOMPARE(undo(run, false, false), QByteArray("sql.refused unconfirmed"));

        QVERIFY(m_server->exec({"UPDATE shop.t SET b = 'new', ts = ts WHERE id = 1", "UPDATE shop.t SET a = 77, ts = ts WHERE id = 2", "DELETE FROM shop.t WHERE id = 3", "INSERT INTO shop.t (id, a) VALUES (5, 55)"}));
        QCOMPARE(undo(run), QByteArray("exists restored gone differs restored sql.undo_incomplete"));
        QCOMPARE(value("SELECT GROUP_CONCAT(CONCAT_WS(':', id, a, IFNULL(b, 'NULL')) ORDER BY id) FROM shop.t"), std::string("1:1:new,2:77:NULL,4:4:four,5:55:NULL"));
        QCOMPARE(undo(Uuid::v7()), QByteArray("sql.nothing_kept"));
    }

    /// Whatever happens between the record and the statement: exactly the recorded rows change, or none.
    void otherRowsAreTakenBack()
    {
        class Meddling final : public StatementFrame
        {
        public:
            Meddling(BoundedChange &change, std::string sql) : m_change(change), m_sql(std::move(sql)) {}
            Result<void> before(SqlClient &client) override
            {
                if (auto done = m_change.before(client); !done)
                    return done;
                const auto meddled = client.query(m_sql);
                return meddled ? Result<void>() : fail(meddled.error());
            }
            Result<void> after(SqlClient &client, const StatementOutcome &outcome) override { return m_change.after(client, outcome); }

        private:
            BoundedChange &m_change;
            const std::string m_sql;
        };
        struct Case
        {
            const char *sql;
            const char *meddling;
        };
        const std::string before = dump("t");
        const auto instance = findInstance(m_config, m_server->name());
        QVERIFY(instance);
        for (const Case &one : {Case{"DELETE FROM shop.t WHERE id >= 0 ORDER BY id LIMIT 1", "INSERT INTO shop.t (id) VALUES (0)"},
                                Case{"UPDATE shop.t SET b = 'w' WHERE a >= 4 LIMIT 5", "INSERT INTO shop.t (id, a) VALUES (90, 4)"},
                                Case{"DELETE FROM shop.t WHERE a = 4 LIMIT 5", "UPDATE shop.t SET a = 3 WHERE id = 4"}}) {
            StatementOptions options;
            options.rowBinlog = true;
            auto runner = StatementRunner::open(m_config, *instance, Account::Maint, options);
            QVERIFY(runner);
            const auto verdict = rules::judge(one.sql);
            QVERIFY(verdict.allowed);
            BeforeImage image;
            image.order = {Uuid::v7(), 1, 1};
            image.statement = 1;
            image.instance = m_server->name();
            image.sql = one.sql;
            BoundedChange change(m_config, image, verdict.subject);
            Meddling frame(change, one.meddling);
            RowPacker sink([](Json) {});
            const auto outcome = (*runner)->run(one.sql, sink, {}, &frame);
            QVERIFY2(!outcome, one.sql);
            QCOMPARE(outcome.error().code, std::string("sql.other_rows"));
            QVERIFY(change.image().empty());
            QCOMPARE(dump("t"), before);
        }
    }

    void toolTablesToo()
    {
        QVERIFY(m_server->exec({"DROP TABLE IF EXISTS dba_maint.jobs", "CREATE TABLE dba_maint.jobs (id INT PRIMARY KEY, host VARCHAR(20))"}));
        Uuid run;
        QCOMPARE(ends({"INSERT INTO dba_maint.jobs VALUES (1, 'a'), (2, 'b')", "DELETE FROM dba_maint.jobs WHERE id = 2 LIMIT 1", "REPLACE INTO dba_maint.jobs VALUES (1, 'c')"}, &run), QByteArray());
        QCOMPARE(undo(run), QByteArray("restored "));
        QCOMPARE(value("SELECT GROUP_CONCAT(host ORDER BY id) FROM dba_maint.jobs"), std::string("c,b"));
    }

    void limitsAndFiles()
    {
        const auto one = begin({"DELETE FROM t WHERE id <= 2 LIMIT 2", "DELETE FROM t WHERE id = 1 LIMIT 1"}); // the second finds nothing
        QVERIFY(sqlWork(*one));
        const auto items = one->items();
        QCOMPARE(items.size(), std::size_t{2});
        const auto file = imageDirectory(m_config) / (items.front().at("image").get<std::string>() + ".jsonl");
        QCOMPARE(items.back().at("image").get<std::string>(), std::string());
        struct stat status{};
        QCOMPARE(::stat(file.c_str(), &status), 0);
        QCOMPARE(status.st_mode & 07777, mode_t{0640});

        const auto instance = findInstance(m_config, m_server->name());
        const auto limited = [&](ImageLimits limits) {
            StatementOptions options;
            options.rowBinlog = true;
            auto runner = StatementRunner::open(m_config, *instance, Account::Maint, options);
            const std::string sql = "DELETE FROM shop.t WHERE id >= 3 LIMIT 5";
            BeforeImage image;
            image.order = {Uuid::v7(), 1, 1};
            image.instance = m_server->name();
            image.sql = sql;
            BoundedChange change(m_config, image, rules::judge(sql).subject, limits);
            RowPacker sink([](Json) {});
            const auto outcome = (*runner)->run(sql, sink, {}, &change);
            return QByteArray::fromStdString(outcome ? "" : outcome.error().fields.at("reason"));
        };
        QCOMPARE(limited({.bytes = 10}), QByteArray("image_too_large"));
        QCOMPARE(limited({.budget = 100}), QByteArray("image_budget"));
        QCOMPARE(value("SELECT COUNT(*) FROM shop.t"), std::string("3"));
        QVERIFY(std::filesystem::exists(file));
        std::filesystem::last_write_time(file, std::filesystem::file_time_type::clock::now() - 31 * 24h);
        removeOldImages(m_config);
        QVERIFY(!std::filesystem::exists(file));
        // a file without its end is of a change that was never made
        QCOMPARE(undo(one->order().key.runId), QByteArray("sql.nothing_kept"));
    }

    void aStoppedOneIsTakenBack()
    {
        const std::string before = dump("t");
        const auto instance = findInstance(m_config, m_server->name());
        auto holder = SqlClient::connect(m_server->name(), m_server->socket(), "root");
        QVERIFY(holder);
        QVERIFY((*holder)->query("BEGIN"));
        QVERIFY((*holder)->query("SELECT * FROM shop.t WHERE id = 3 FOR UPDATE"));
        QVERIFY(ends({"UPDATE t SET a = 0 WHERE id <= 3 LIMIT 3"}).contains("<- sql.lock_wait"));
        QCOMPARE(dump("t"), before);
        const auto one = begin({"UPDATE t SET a = 0 WHERE id <= 3 LIMIT 3"});
        std::jthread stopper([&] {
            for (int i = 0; i < 200 && value("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE '%WHERE id <= 3 LIMIT 3 FOR UPDATE%' AND ID <> CONNECTION_ID()") == "0"; ++i)
                std::this_thread::sleep_for(10ms);
            one->stop();
        });
        const auto ended = sqlWork(*one);
        stopper.join();
        QVERIFY(!ended);
        QCOMPARE(ended.error().code, std::string("cancelled"));
        QCOMPARE(ended.error().fields.at("undone"), std::string("rolled back"));
        QVERIFY((*holder)->query("ROLLBACK"));
        QCOMPARE(dump("t"), before);
    }
};

QTEST_GUILESS_MAIN(TestSqlUndo)
#include "tst_sqlundo.moc"
