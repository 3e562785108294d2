// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rules/sqlguard.h"
#include "tests/rules/cases.h"

#include <QTest>

#include <map>
#include <set>

using namespace zandb::rules;
using zandb::test::GuardCase;
using zandb::test::guardCases;

/// The rule, statement by statement (tests/fixtures/sqlguard).
class TestSqlGuard : public QObject
{
    Q_OBJECT

    static std::string said(const Verdict &verdict)
    {
        if (!verdict.allowed)
            return std::string(verdict.reason.code);
        std::string words(1, verdict.statementClass);
        if (verdict.needsConfirmation)
            words += '+';
        if (verdict.statementClass == 'R' && verdict.leastRole == GuardRole::Operator)
            words += " operator";
        return words;
    }

    static Verdict mariaDb(std::string_view sql) { return judge(sql, {.flavour = GuardFlavour::MariaDb}); }

private Q_SLOTS:
    void statements_data()
    {
        QTest::addColumn<QByteArray>("sql");
        QTest::addColumn<QByteArray>("expect");
        for (const GuardCase &one : guardCases())
            QTest::newRow((one.where + " " + one.sql.substr(0, 60)).c_str()) << QByteArray::fromStdString(one.sql) << QByteArray::fromStdString(one.expect);
    }
    void statements()
    {
        QFETCH(QByteArray, sql);
        QFETCH(QByteArray, expect);
        const Verdict verdict = judge(sql.toStdString());
        if (expect == "deny")
            QVERIFY(!verdict.allowed);
        else
            QCOMPARE(QByteArray::fromStdString(said(verdict)), expect);
        QVERIFY(verdict.at <= static_cast<std::size_t>(sql.size()));
        QVERIFY(!verdict.reason.rule.empty() && !verdict.why().empty());
        // what comes behind the statement does not matter
        for (const char *tail : {" ", "\n", "\r\n\t", "\n-- note", "\n# note", "\n/* note */"}) {
            const Verdict same = judge(sql.toStdString() + tail);
            QVERIFY2(same.allowed == verdict.allowed, tail);
        }
        if (verdict.allowed && !sql.contains(';'))
            QVERIFY(judge(sql.toStdString() + "\n;").allowed);
    }

    void thereAreManyOfThem()
    {
        std::map<std::string, int> counts;
        for (const GuardCase &one : guardCases())
            ++counts[one.isAllowed() ? one.expect.substr(0, 1) : "denied"];
        for (const char *letter : {"R", "M", "V", "X", "D", "H", "T", "A"})
            QVERIFY2(counts[letter] >= 9, letter);
        QVERIFY(counts["denied"] > 500);
    }

    void rolesSuffice()
    {
        const auto allowed = [](const char *sql, GuardRole role) { return judge(sql, {.role = role}).allowed; };
        const struct
        {
            const char *sql;
            GuardRole least;
        } rows[] = {{"SHOW TABLES", GuardRole::Viewer},
                    {"EXPLAIN SELECT * FROM t", GuardRole::Viewer},
                    {"SELECT * FROM information_schema.tables", GuardRole::Viewer},
                    {"SELECT * FROM t", GuardRole::Operator},
                    {"ANALYZE TABLE t", GuardRole::Operator},
                    {"SET GLOBAL max_connections=5", GuardRole::Operator},
                    {"ALTER TABLE t FORCE", GuardRole::Operator},
                    {"DELETE FROM t WHERE id=1 LIMIT 1", GuardRole::Operator},
                    {"INSERT INTO percona.heartbeat VALUES (1)", GuardRole::Operator},
                    {"START REPLICA", GuardRole::Admin},
                    {"SET GLOBAL read_only=1", GuardRole::Admin},
                    {"DROP USER u", GuardRole::Admin}};
        for (const auto &row : rows) {
            for (const GuardRole role : {GuardRole::Viewer, GuardRole::Operator, GuardRole::Admin}) {
                QVERIFY2(allowed(row.sql, role) == (role >= row.least), row.sql);
                const Verdict verdict = judge(row.sql, {.role = role});
                QVERIFY(verdict.statementClass != 0);
                if (!verdict.allowed)
                    QCOMPARE(verdict.reason.code, std::string_view("role"));
            }
        }
        for (const char *sql : {"DROP TABLE t", "SELECT SLEEP(1)"})
            QVERIFY(!allowed(sql, GuardRole::Admin));
    }

    /// Unqualified names mean the order's default schema.
    void defaultSchema()
    {
        for (const char *schema : {"mysql", "MySQL", "sys", "information_schema", "performance_schema", "m\xc3\xbdsql"}) {
            for (const char *sql : {"SELECT 1", "SELECT * FROM user", "SHOW TABLES"})
                QCOMPARE(judge(sql, {.schema = schema}).reason.code, std::string_view("schema.system_default"));
        }
        QVERIFY(judge("INSERT INTO heartbeat VALUES (1)", {.schema = "percona"}).allowed);
        QVERIFY(!judge("INSERT INTO heartbeat VALUES (1)", {.schema = "shop"}).allowed);
        QCOMPARE(judge("DELETE FROM t WHERE id=1 LIMIT 1", {.schema = "dba_maint"}).statementClass, 'H');
        QCOMPARE(judge("DELETE FROM t WHERE id=1 LIMIT 1", {.schema = "shop"}).statementClass, 'D');
        QVERIFY(judge("DELETE FROM t WHERE shop.t.id=1 LIMIT 1", {.schema = "shop"}).allowed);
        QVERIFY(!judge("DELETE FROM t WHERE other.t.id=1 LIMIT 1", {.schema = "shop"}).allowed);
    }

    /// What one server has built in is a stored function's name on the other.
    void flavours()
    {
        for (const char *sql : {"SELECT GTID_SUBSET('','')", "SELECT FORMAT_BYTES(1)", "SELECT FORMAT_PICO_TIME(1)"}) {
            QVERIFY(judge(sql, {.flavour = GuardFlavour::MySql}).allowed);
            QCOMPARE(mariaDb(sql).reason.code, std::string_view("function.other_flavour"));
        }
        const char *lateral = "SELECT * FROM t, LATERAL (SELECT 1) x";
        QVERIFY(judge(lateral, {.flavour = GuardFlavour::MySql}).allowed);
        QCOMPARE(mariaDb(lateral).reason.code, std::string_view("function.not_pure"));
    }

    void hintsObeyTheOrdersLimit()
    {
        const char *sql = "SELECT /*+ MAX_EXECUTION_TIME(5000) */ 1";
        QVERIFY(judge(sql, {.hintMilliseconds = 5000}).allowed);
        QCOMPARE(judge(sql, {.hintMilliseconds = 4999}).reason.code, std::string_view("lexing.hint_time"));
    }

    /// FLUSH, ANALYZE, OPTIMIZE and REPAIR go with LOCAL, which is not written to the binlog.
    void localBelongsBehindTheFirstWord()
    {
        for (const std::string sql : {"FLUSH SLOW LOGS", "ANALYZE TABLE t", " optimize table t", "REPAIR TABLE t"}) {
            const Verdict verdict = judge(sql);
            QVERIFY(verdict.allowed && verdict.localAt);
            std::string sent = sql;
            sent.insert(*verdict.localAt, " LOCAL");
            QVERIFY2(judge(sent).allowed, sent.c_str());
            QVERIFY(!judge(sent).localAt);
        }
        for (const char *sql : {"FLUSH NO_WRITE_TO_BINLOG LOGS", "CHECK TABLE t", "SELECT 1", "KILL 5"})
            QVERIFY(!judge(sql).localAt);
    }

    void subjects()
    {
        const auto dml = judge("UPDATE `a``b`.`t` SET x = 1 WHERE id = 5 LIMIT 7").subject;
        QVERIFY(dml.tables == (std::vector<GuardTable>{{"a`b", "t"}}));
        QCOMPARE(dml.rows, std::uint64_t{7});
        QCOMPARE(dml.where, std::string_view("UPDATE `a``b`.`t` SET x = 1 ").size());
        const auto set = judge("SET GLOBAL Max_Connections = 5, PERSIST long_query_time = -1.5, event_scheduler = 'OFF'").subject;
        QCOMPARE(set.assignments.size(), std::size_t{3});
        QCOMPARE(set.assignments[0].name, std::string("max_connections"));
        QVERIFY(set.assignments[0].scope == GuardAssignment::Scope::Global);
        QCOMPARE(set.assignments[1].value, std::string("-1.5"));
        QVERIFY(set.assignments[2].scope == GuardAssignment::Scope::Persist); // the word holds on
        QCOMPARE(set.assignments[2].value, std::string("'OFF'"));
        const auto grant = judge("GRANT show  view, SELECT ON s.t TO 'u'@'h', v").subject;
        QCOMPARE(grant.privileges, (std::vector<std::string>{"SHOW VIEW", "SELECT"}));
        QCOMPARE(grant.accounts.size(), std::size_t{2});
        QCOMPARE(grant.accounts[0].host, std::string("h"));
        QCOMPARE(judge("KILL QUERY 42").subject.thread, std::uint64_t{42});
        QVERIFY(judge("DROP TABLE t").subject.tables.empty());
    }

    void sizes()
    {
        const std::string head = "SELECT '";
        const std::string most = head + std::string(maxStatementBytes - head.size() - 1, 'x') + "'";
        QVERIFY(judge(most).allowed);
        const Verdict more = judge(most + " ");
        QCOMPARE(more.reason.code, std::string_view("bytes.too_long"));
        QCOMPARE(more.at, maxStatementBytes);
    }

    void placesAreRight()
    {
        const struct
        {
            const char *sql;
            std::size_t at;
        } rows[] = {{"SELECT 1 /*!x*/", 9}, {"SELECT SLEEP(1)", 7}, {"SELECT 1; SELECT 2", 8}, {"DELETE FROM t WHERE a=b LIMIT 1", 14}, {"SELECT '\xff'", 8},
                    {"SELECT * FROM mysql.user", 14}, {"SET GLOBAL sql_mode=''", 11}, {"DROP TABLE t", 0}, {"SELECT '\\'; x -- '", 7}};
        for (const auto &row : rows) {
            const Verdict verdict = judge(row.sql);
            QVERIFY2(!verdict.allowed, row.sql);
            QVERIFY2(verdict.at == row.at, (row.sql + (": " + std::to_string(verdict.at)) + " " + verdict.why()).c_str());
        }
        QCOMPARE(judge("SELECT 1 /*!x*/").why(), std::string("G1.2 comment that servers execute"));
        QCOMPARE(judge("DELETE FROM t WHERE a=b LIMIT 1").why(), std::string("G1.4D no WHERE with a bound: WHERE"));
    }

    /// Whatever can be put before, in or behind a word does not make a denied statement pass: each denied case, in other dress.
    void dressDoesNotHelp()
    {
        for (const GuardCase &one : guardCases()) {
            if (one.isAllowed() || one.expect.starts_with("bytes."))
                continue;
            std::string spaced, cased;
            bool quoted = false, comment = false;
            for (std::size_t i = 0; i < one.sql.size(); ++i) {
                const char c = one.sql[i];
                quoted = quoted != (c == '\'' || c == '"' || c == '`');
                comment = comment || (c == '/' && i + 1 < one.sql.size() && one.sql[i + 1] == '*') || c == '#' || c == '-';
                spaced += c == ' ' && !quoted && !comment ? std::string("\n /* x */\t") : std::string(1, c);
                cased += !quoted && c >= 'A' && c <= 'Z' && i % 2 ? static_cast<char>(c + 32) : c;
            }
            // these are about the very letters or about a space
            if (!one.expect.starts_with("lexing.number") && one.expect != "tool_tables.not_listed")
                QVERIFY2(!judge(cased).allowed, (one.where + ": " + cased).c_str());
            QVERIFY2(!judge(spaced).allowed, (one.where + ": " + spaced).c_str());
            QVERIFY2(!judge("(" + one.sql + ")").allowed, one.sql.c_str());
            QVERIFY2(!judge("EXPLAIN ANALYZE " + one.sql).allowed, one.sql.c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestSqlGuard)
#include "tst_sqlguard.moc"
