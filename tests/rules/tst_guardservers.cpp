// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/sqlclient.h"
#include "tests/rules/cases.h"
#include "tests/support/testserver.h"

#include <QTest>

#include <map>
#include <set>

using namespace zandb::agent;
using namespace zandb::rules;
using zandb::test::Flavour;
using zandb::test::GuardCase;
using zandb::test::TestServer;

Q_DECLARE_METATYPE(zandb::test::Flavour)

/// What the guard allows is, for real servers, a statement of the same kind: each one is run, and the server's own counters say what it was.
class TestGuardServers : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<SqlClient> m_client;
    Flavour m_flavour{};
    GuardContext m_context;

    using Counters = std::map<std::string, long long>;

    bool connect(const char *sqlMode = "STRICT_TRANS_TABLES")
    {
        for (int i = 0; i < 12; ++i) { // past the ids that KILL names
            auto client = SqlClient::connect("guard", m_server->socket(), "root");
            if (!client)
                return false;
            m_client = std::move(*client);
        }
        return m_client->query("SET NAMES utf8mb4") && m_client->query(std::string("SET SESSION lock_wait_timeout=2, innodb_lock_wait_timeout=2, sql_mode='") + sqlMode + "'")
            && m_client->query("USE shop") && (m_flavour == Flavour::MySql || m_client->query("SET SESSION max_statement_time=5"));
    }

    /// The counters of this session, without those of SHOW STATUS.
    Counters counters()
    {
        Counters found;
        const auto rows = m_client->query("SHOW SESSION STATUS LIKE 'Com_%'");
        for (std::size_t i = 0; rows && i < rows->rows.size(); ++i) {
            const std::string name = rows->value(i, "Variable_name").value_or("").substr(4);
            if (name != "show_status")
                found[name] = std::atoll(rows->value(i, "Value").value_or("0").c_str());
        }
        return found;
    }

    static const std::set<std::string> &kinds(char statementClass)
    {
        static const std::map<char, std::set<std::string>> all{
            {'R', {"select"}}, // and all that begin with show_, and explain_other
            {'M', {"analyze", "optimize", "check", "checksum", "repair", "assign_to_keycache", "preload_keys", "flush", "reset", "kill", "alter_instance", "purge", "purge_before_date"}},
            {'V', {"set_option", "reset", "reset_persist"}},
            {'X', {"create_index", "drop_index", "alter_table", "analyze", "check", "optimize", "repair"}},
            {'D', {"update", "delete"}},
            {'H', {"insert", "replace", "update", "delete"}},
            {'T', {"slave_start", "slave_stop", "replica_start", "replica_stop", "start_slave", "stop_slave", "start_all_slaves", "stop_all_slaves", "reset", "set_option", "reset_persist"}},
            {'A', {"create_user", "drop_user", "alter_user", "grant", "revoke", "revoke_all"}}};
        return all.at(statementClass);
    }

    bool prepareData()
    {
        std::vector<std::string> sql{"DROP DATABASE IF EXISTS shop", "DROP DATABASE IF EXISTS percona", "DROP DATABASE IF EXISTS dba_maint", "CREATE DATABASE shop", "CREATE DATABASE percona", "CREATE DATABASE dba_maint",
                                     "CREATE DATABASE IF NOT EXISTS my_shop", "CREATE TABLE IF NOT EXISTS my_shop.t (a INT)",
                                     "CREATE TABLE percona.heartbeat (ts VARCHAR(40), server_id INT PRIMARY KEY)", "CREATE TABLE percona.checksums (a INT PRIMARY KEY, b INT, c VARCHAR(9))",
                                     "CREATE TABLE dba_maint.log (id INT PRIMARY KEY)", "CREATE TABLE dba_maint.t (id INT PRIMARY KEY)", "CREATE TABLE dba_maint.anything (a INT)"};
        for (const char *table : {"shop.t", "shop.u", "shop.`update`", "shop.user", "shop.mysqluser", "shop.mysql_user", "shop.`mysql.user`", "shop.`2020logs`", "shop.my_table", "shop.`\xe8\xa1\xa8`"}) {
            sql.push_back(std::string("CREATE TABLE ") + table
                          + " (id INT PRIMARY KEY, a INT, b INT, c INT, d INT, e INT, f INT, x VARCHAR(20), y INT, z INT, w INT, k INT, name VARCHAR(200), note VARCHAR(200), ts DATETIME, other DATETIME, "
                            "active INT, `column` INT, `into` INT, `lock` INT, `procedure` INT, `drop` INT, `delete` INT, mysql INT, sleep INT, INDEX i (a), INDEX j (b), UNIQUE u (k), INDEX `index` (c))");
            sql.push_back(std::string("INSERT INTO ") + table + " (id, a, k, name, ts) VALUES (1, 1, 1, 'one', NOW()), (2, 2, 2, 'two', NOW()), (5, 5, 5, 'five', NOW())");
        }
        if (!m_server->exec(sql))
            return false;
        for (const char *user : {"u@localhost", "'u'@'h'", "'v'@'h'", "u", "v", "'x; DROP TABLE t'@'h'"})
            (void)m_server->exec(std::string("CREATE USER IF NOT EXISTS ") + user + " IDENTIFIED BY 'Long-enough-1'");
        return true;
    }

    /// All rows of all tables that statements of class R must not change.
    std::string contents()
    {
        const auto sums = m_client->query("CHECKSUM TABLE shop.t, shop.u, shop.`update`, shop.user, percona.heartbeat, dba_maint.log, mysql.user, mysql.db");
        std::string all;
        for (std::size_t i = 0; sums && i < sums->rows.size(); ++i)
            all += sums->value(i, "Table").value_or("") + "=" + sums->value(i, "Checksum").value_or("NULL") + " ";
        return all;
    }

    /// Runs it; why it was not of its kind, "" when it was.  `parsed` counts those that the server understood.
    std::string kindDiffers(const std::string &sql, char statementClass, int *parsed)
    {
        const Counters before = counters();
        const auto result = m_client->query(sql);
        const int number = result ? 0 : std::atoi(result.error().fields.count("errno") ? result.error().fields.at("errno").c_str() : "0");
        if (!result && result.error().code == "instance.down" && !connect())
            return "the server is gone";
        if (number == 1305 && result.error().fields.at("detail").starts_with("FUNCTION"))
            return "it called a stored function: " + result.error().fields.at("detail");
        const Counters after = counters();
        int raised = 0;
        for (const auto &[name, value] : after) {
            const auto was = before.find(name);
            if (was == before.end() || value <= was->second) // FLUSH STATUS sets them to 0
                continue;
            ++raised;
            const bool reads = statementClass == 'R' && (name.starts_with("show_") || name == "explain_other");
            const bool explains = statementClass == 'R' && judgeStartsWithExplain(sql) && (name == "update" || name == "delete");
            if (!reads && !explains && kinds(statementClass).count(name) == 0)
                return "the server calls it " + name;
        }
        *parsed += raised > 0;
        return "";
    }

    static bool judgeStartsWithExplain(std::string sql)
    {
        for (char &c : sql)
            c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
        return sql.starts_with("EXPLAIN") || sql.starts_with("DESC");
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
        m_flavour = flavour;
        m_context.flavour = flavour == Flavour::MariaDb ? GuardFlavour::MariaDb : GuardFlavour::MySql;
        if (!m_server || m_server->flavour() != flavour) {
            m_client.reset();
            m_server.reset();
            std::string error;
            m_server = TestServer::start({.flavour = flavour}, &error);
            QVERIFY2(m_server, error.c_str());
        }
        QVERIFY2(prepareData(), m_server->lastError().c_str());
        QVERIFY(connect());
    }
    void cleanupTestCase()
    {
        m_client.reset();
        m_server.reset();
    }

    /// In each sql_mode that the guard reckons with, also those the agent never sets.
    void readsRead_data()
    {
        QTest::addColumn<QString>("sqlMode");
        for (const char *mode : {"STRICT_TRANS_TABLES", "ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "ANSI_QUOTES,NO_BACKSLASH_ESCAPES"})
            QTest::newRow(mode) << QString::fromLatin1(mode);
    }
    void readsRead()
    {
        QFETCH(QString, sqlMode);
        QVERIFY(connect(sqlMode.toLatin1().constData()));
        const std::string before = contents();
        QVERIFY(before.find("shop.t=") != std::string::npos);
        int parsed = 0, all = 0;
        for (const GuardCase &one : zandb::test::guardCases()) {
            if (!one.isAllowed() || one.expect[0] != 'R' || !judge(one.sql, m_context).allowed)
                continue;
            ++all;
            const std::string why = kindDiffers(one.sql, 'R', &parsed);
            QVERIFY2(why.empty(), (one.where + ": " + one.sql + ": " + why).c_str());
        }
        QCOMPARE(contents(), before);
        QVERIFY2(parsed > all / 2, qPrintable(QStringLiteral("%1 of %2").arg(parsed).arg(all))); // the rest is another flavour's
    }

    void othersAreOfTheirKind()
    {
        int parsed = 0, all = 0;
        for (const GuardCase &one : zandb::test::guardCases()) {
            if (!one.isAllowed() || one.expect[0] == 'R' || !judge(one.sql, m_context).allowed)
                continue;
            ++all;
            const std::string why = kindDiffers(one.sql, one.expect[0], &parsed);
            QVERIFY2(why.empty(), (one.where + ": " + one.sql + ": " + why).c_str());
            if (all % 20 == 0) {
                (void)m_server->exec("SET GLOBAL read_only=0");
                (void)m_server->exec("SET GLOBAL general_log=0");
                QVERIFY2(prepareData(), m_server->lastError().c_str());
                QVERIFY(connect());
            }
        }
        QVERIFY2(parsed > all / 2, qPrintable(QStringLiteral("%1 of %2").arg(parsed).arg(all)));
    }

    /// Where the guard lets a word stand in front of a parenthesis, no server looks for a stored function of that name: for every word that
    /// the server knows.
    void noWordIsACall()
    {
        auto words = m_client->query("SELECT WORD FROM information_schema.KEYWORDS");
        QVERIFY2(words, words ? "" : describe(words.error()).c_str());
        QVERIFY(words->rows.size() > 300);
        std::set<std::string> names{"f", "MEDIAN", "PERCENTILE_CONT", "NEXTVAL", "GTID_SUBSET", "FORMAT_BYTES", "FORMAT_PICO_TIME", "SLEEP", "UUID", "ROW"};
        for (const auto &row : words->rows) {
            if (row[0])
                names.insert(*row[0]);
        }
        for (const char *name : {"COUNT", "SUM", "AVG", "MIN", "MAX", "NOW", "CURRENT_TIMESTAMP", "UTC_TIMESTAMP", "CURDATE", "UNIX_TIMESTAMP", "FROM_UNIXTIME", "DATE", "DATE_SUB", "DATE_FORMAT", "DATEDIFF",
                                 "TIMEDIFF", "ABS", "ROUND", "FLOOR", "CEIL", "MOD", "GREATEST", "LEAST", "CONCAT", "CONCAT_WS", "LENGTH", "CHAR_LENGTH", "LEFT", "RIGHT", "LOWER", "UPPER", "SUBSTR", "SUBSTRING",
                                 "SUBSTRING_INDEX", "TRIM", "REPLACE", "FORMAT", "HEX", "IF", "IFNULL", "NULLIF", "COALESCE", "VERSION", "USER", "CURRENT_USER", "DATABASE", "CONNECTION_ID", "JSON_EXTRACT",
                                 "JSON_UNQUOTE", "ROW_NUMBER", "RANK", "LAG", "LEAD", "STD", "VARIANCE", "JSON_ARRAYAGG", "JSON_OBJECTAGG", "BIT_AND", "GROUP_CONCAT", "FIRST_VALUE", "NTILE"})
            names.insert(name);
        int tried = 0;
        for (const std::string &name : names) {
            for (const char *form : {"SELECT %(1)", "SELECT % (1)", "SELECT %/**/(1)", "SELECT %()", "SELECT % ()", "SELECT %(1,2)", "SELECT % (1,2)", "SELECT 1, %(1)", "SELECT 1 + %(1)", "SELECT a = %(1) FROM t",
                                     "SELECT 1 FROM t WHERE %(1)", "SELECT 1 FROM t, %(t)", "SELECT 1 FROM t ORDER BY %(1)", "SELECT 1 %(1)", "SELECT HIGH_PRIORITY %(1)", "SELECT (%(1))", "VALUES (%(1))",
                                     "DELETE FROM t WHERE id=77 AND a=%(1) LIMIT 1", "UPDATE t SET a=% (1) WHERE id=77 LIMIT 1"}) {
                std::string sql = form;
                sql.replace(sql.find('%'), 1, name);
                if (!judge(sql, m_context).allowed)
                    continue;
                ++tried;
                const auto result = m_client->query(sql);
                if (result)
                    continue;
                QVERIFY2(result.error().code != "instance.down", sql.c_str());
                const std::string number = result.error().fields.count("errno") ? result.error().fields.at("errno") : "";
                QVERIFY2(number != "1305" && number != "1630", (sql + ": " + result.error().fields.at("detail")).c_str());
            }
        }
        QVERIFY2(tried > 300, qPrintable(QString::number(tried)));
    }

    /// What cases of the rule say of servers, measured here: a text that the guard denies for what it would do does that.
    void deniedForAReason()
    {
        const bool maria = m_flavour == Flavour::MariaDb;
        const auto rows = [&] { return m_server->value("SELECT COUNT(*) FROM shop.t").value_or("?"); };
        const auto runs = [&](const char *sql) {
            if (judge(sql, m_context).allowed || !prepareData())
                return std::string("allowed");
            (void)m_server->exec(sql);
            return rows();
        };
        QCOMPARE(runs("/*! DELETE FROM shop.t */"), std::string("0"));
        QCOMPARE(runs("/*!80000 DELETE FROM shop.t */"), std::string(maria ? "3" : "0"));
        QCOMPARE(runs("/*M! DELETE FROM shop.t */"), std::string(maria ? "0" : "3"));
        QCOMPARE(runs("/*!100000 DELETE FROM shop.t */"), std::string(maria ? "0" : "3"));
        QCOMPARE(runs("ANALYZE DELETE FROM shop.t"), std::string(maria ? "0" : "3"));
        QCOMPARE(runs("WITH x AS (SELECT 1) DELETE FROM shop.t"), std::string(maria ? "3" : "0"));
        QVERIFY(prepareData());
        QVERIFY(m_server->exec({"CREATE FUNCTION shop.count(x INT) RETURNS INT DETERMINISTIC MODIFIES SQL DATA BEGIN DELETE FROM shop.t; RETURN 1; END"}));
        QVERIFY(connect());
        for (const char *sql : {"SELECT shop.count(1)", maria ? "SELECT `count`(1)" : "SELECT count (1)"}) {
            QVERIFY2(!judge(sql, m_context).allowed, sql);
            (void)m_client->query("INSERT IGNORE INTO shop.t (id) VALUES (1)");
            const auto result = m_client->query(sql);
            QVERIFY2(result, result ? "" : describe(result.error()).c_str());
            QCOMPARE(rows(), std::string("0"));
        }
    }
};

QTEST_GUILESS_MAIN(TestGuardServers)
#include "tst_guardservers.moc"
