// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/killer/decision.h"

#include <QTest>

#include <limits>

using namespace zandb;
using namespace zandb::agent;

Q_DECLARE_METATYPE(zandb::agent::RunningStatement)
Q_DECLARE_METATYPE(zandb::wire::KillPolicy)

namespace {

const std::string checksum(32, 'A');

RunningStatement running(const std::string &text = "SELECT SLEEP(100)")
{
    RunningStatement result;
    result.connection = 7;
    result.statement = 70;
    result.user = "app";
    result.host = "10.0.0.5";
    result.schema = "shop";
    result.command = "Query";
    result.state = "User sleep";
    result.text = text;
    result.seconds = 90;
    result.rowsModified = 0;
    return result;
}

wire::KillPolicy policy()
{
    wire::KillPolicy result;
    result.name = "long";
    result.longerThanSeconds = 60;
    return result;
}

} // namespace

/// Who may be killed, as the process list shows them, and whom a policy means.
class TestKillDecision : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void protectedWhateverAPolicySays_data()
    {
        QTest::addColumn<RunningStatement>("statement");
        QTest::addColumn<QString>("why");
        const auto add = [](const char *name, const char *why, auto change) {
            RunningStatement statement = running();
            change(statement);
            QTest::newRow(name) << statement << QString::fromLatin1(why);
        };
        using R = RunningStatement;
        add("plain", "", [](R &) {});
        add("prepared", "", [](R &r) { r.command = "Execute"; });
        add("one connection of mysql", "", [](R &r) { r.thread = "thread/sql/one_connection"; });
        add("applier of mariadb", "replication", [](R &r) { r.user = "system user"; r.command = "Slave_SQL"; });
        add("worker of mariadb", "replication", [](R &r) { r.user = "system user"; r.command = "Slave_worker"; });
        add("applier of mysql", "replication", [](R &r) { r.user = "system user"; r.thread = "thread/sql/replica_worker"; });
        add("applier of mysql 8.0", "replication", [](R &r) { r.user = "system user"; r.thread = "thread/sql/slave_sql"; });
        add("applier of galera", "replication", [](R &r) { r.user = "system user"; });
        add("applier of group replication", "replication", [](R &r) { r.user = "mysql.session"; r.command = "Group Replication applier"; });
        add("purge of mariadb", "system", [](R &r) { r.user = "system user"; r.command = "Daemon"; });
        add("binlog dump", "replication", [](R &r) { r.user = "repl"; r.command = "Binlog Dump"; r.text = ""; });
        add("binlog dump by gtid", "replication", [](R &r) { r.user = "repl"; r.command = "Binlog Dump GTID"; });
        add("scheduler", "event", [](R &r) { r.user = "event_scheduler"; r.command = "Daemon"; });
        add("event of mysql", "event", [](R &r) { r.command = "Connect"; r.thread = "thread/sql/event_worker"; });
        add("event of mariadb", "event", [](R &r) { r.command = "Connect"; });
        add("background thread", "system", [](R &r) { r.thread = "thread/sql/compress_gtid_table"; });
        add("daemon", "system", [](R &r) { r.command = "Daemon"; });
        add("before login", "system", [](R &r) { r.user = "unauthenticated user"; });
        add("no user", "system", [](R &r) { r.user.clear(); });
        add("account of the server", "system", [](R &r) { r.user = "mysql.session"; });
        add("own", "own", [](R &r) { r.user = "zandb"; r.host = "localhost"; });
        add("own name from elsewhere", "", [](R &r) { r.user = "zandb"; });
        add("mysqldump", "backup", [](R &r) { r.program = "mysqldump"; });
        add("mydumper", "backup", [](R &r) { r.program = "mydumper"; });
        add("mariadb-dump", "backup", [](R &r) { r.text = "SELECT /*!40001 SQL_NO_CACHE */ `id` FROM `t`"; });
        add("dump in small letters", "backup", [](R &r) { r.text = "select /*!40001 sql_no_cache */ * from t"; });
        add("clone", "backup", [](R &r) { r.state = "clone: copying"; });
        add("asleep", "no_statement", [](R &r) { r.command = "Sleep"; });
        add("ending", "no_statement", [](R &r) { r.command = "Killed"; });
        add("no text", "no_statement", [](R &r) { r.text.clear(); });
        add("changes unknown", "modified_unknown", [](R &r) { r.rowsModified.reset(); });
        for (const char *text : {"ALTER TABLE t ADD c INT", "create table t (i int)", "CREATE INDEX i ON t (c)", "DROP TABLE t", "TRUNCATE t", "RENAME TABLE a TO b",
                                 "OPTIMIZE TABLE t", "ANALYZE TABLE t", "REPAIR TABLE t", "CHECK TABLE t", "GRANT ALL ON *.* TO a", "FLUSH TABLES", "LOCK TABLES t READ",
                                 "COMMIT", "ROLLBACK", "XA COMMIT 'a'", "BACKUP STAGE START", "CALL p()", "EXECUTE s", "SET GLOBAL x = 1", "KILL 5", "SHUTDOWN",
                                 "/* app */ ALTER TABLE t ADD c INT", "-- hello\nALTER TABLE t ADD c INT", "# hello\n  alter table t add c int",
                                 "/*!40000 ALTER TABLE t DISABLE KEYS */", "/*!99999 SELECT */ ALTER TABLE t ADD c INT", "/*M!100000 SELECT */ DROP TABLE t",
                                 "(((", "/* never ended", "\xff\xfe", "SELECTED"})
            add(text, "definition", [&](R &r) { r.text = text; });
        for (const char *text : {"select 1", " \t\n(SELECT 1) UNION (SELECT 2)", "/* app */ -- x\n SELECT 1", "WITH a AS (SELECT 1) SELECT * FROM a", "INSERT INTO t VALUES (1)",
                                 "UPDATE t SET a = 1", "DELETE FROM t", "REPLACE t VALUES (1)", "TABLE t", "EXPLAIN ANALYZE SELECT 1", "LOAD DATA INFILE 'x' INTO TABLE t",
                                 "SELECT 'ALTER TABLE t'", ";SELECT 1"})
            add(text, "", [&](R &r) { r.text = text; });
    }
    void protectedWhateverAPolicySays()
    {
        QFETCH(RunningStatement, statement);
        QFETCH(QString, why);
        const auto reason = protectionOf(statement, {"zandb", "watch"});
        QCOMPARE(QString::fromLatin1(toString(reason).data(), static_cast<qsizetype>(toString(reason).size())), why);
    }

    void whomAPolicyMeans_data()
    {
        QTest::addColumn<wire::KillPolicy>("rule");
        QTest::addColumn<RunningStatement>("statement");
        QTest::addColumn<bool>("expected");
        const auto add = [](const char *name, bool expected, auto change) {
            wire::KillPolicy rule = policy();
            RunningStatement statement = running();
            change(rule, statement);
            QTest::newRow(name) << rule << statement << expected;
        };
        using P = wire::KillPolicy;
        using R = RunningStatement;
        add("everybody", true, [](P &, R &) {});
        add("too short", false, [](P &, R &r) { r.seconds = 60; });
        add("just longer", true, [](P &, R &r) { r.seconds = 60.001; });
        add("user", true, [](P &p, R &) { p.users = {"root", "app"}; });
        add("user by pattern", true, [](P &p, R &) { p.users = {"a*"}; });
        add("another user", false, [](P &p, R &) { p.users = {"ap", "app?", "b*", "APP"}; });
        add("user excepted", false, [](P &p, R &) { p.users = {"*"}; p.exceptUsers = {"app"}; });
        add("another user excepted", true, [](P &p, R &) { p.exceptUsers = {"app2"}; });
        add("host", true, [](P &p, R &) { p.hosts = {"10.0.?.*"}; });
        add("another host", false, [](P &p, R &) { p.hosts = {"10.1.*"}; });
        add("host excepted", false, [](P &p, R &) { p.exceptHosts = {"10.*"}; });
        add("schema", true, [](P &p, R &) { p.databases = {"shop"}; });
        add("schema where none is taken", false, [](P &p, R &r) { p.databases = {"shop"}; r.schema = ""; });
        add("schema excepted", false, [](P &p, R &) { p.exceptDatabases = {"s*p"}; });
        add("command", true, [](P &p, R &) { p.commands = {"Query"}; });
        add("another command", false, [](P &p, R &) { p.commands = {"Execute"}; });
        add("state", true, [](P &p, R &) { p.states = {"User*"}; });
        add("another state", false, [](P &p, R &) { p.states = {"Sending data"}; });
        add("state excepted", false, [](P &p, R &) { p.exceptStates = {"User sleep"}; });
        add("digest", true, [](P &p, R &) { p.digests = {std::string(32, 'b'), std::string(32, 'a')}; });
        add("another digest", false, [](P &p, R &) { p.digests = {std::string(32, 'B')}; });
        add("digest excepted", false, [](P &p, R &) { p.exceptDigests = {std::string(32, 'A')}; });
        add("changed as much as may be", true, [](P &p, R &r) { p.maxModifiedRows = 10; r.rowsModified = 10; });
        add("changed more", false, [](P &p, R &r) { p.maxModifiedRows = 10; r.rowsModified = 11; });
        add("changes not known", false, [](P &, R &r) { r.rowsModified.reset(); });
        add("all at once", true, [](P &p, R &) {
            p.users = {"app"}, p.hosts = {"10.*"}, p.databases = {"shop"}, p.commands = {"Query"}, p.states = {"User sleep"}, p.digests = {std::string(32, 'A')};
        });
        add("all but one", false, [](P &p, R &) {
            p.users = {"app"}, p.hosts = {"10.*"}, p.databases = {"shop"}, p.commands = {"Query"}, p.states = {"init"}, p.digests = {std::string(32, 'A')};
        });
    }
    void whomAPolicyMeans()
    {
        QFETCH(wire::KillPolicy, rule);
        QFETCH(RunningStatement, statement);
        QFETCH(bool, expected);
        QVERIFY(wire::problemOf(rule).empty());
        QCOMPARE(matches(rule, statement, checksum), expected);
    }
    void noDigestIsNoMatch()
    {
        wire::KillPolicy rule = policy();
        rule.exceptDigests = {checksum};
        QVERIFY(!matches(rule, running(), ""));
    }

    void patterns()
    {
        QVERIFY(wire::matchesPattern("*", "") && wire::matchesPattern("**", "x") && wire::matchesPattern("a*b*c", "aXbYbZc") && wire::matchesPattern("", ""));
        QVERIFY(!wire::matchesPattern("", "a") && !wire::matchesPattern("a*b", "ab c") && !wire::matchesPattern("?", ""));
        // a pattern that takes exponential time where one tries everything
        QVERIFY(!wire::matchesPattern("*a*a*a*a*a*a*a*a*a*a*a*a*b", std::string(2000, 'a')));
    }

    void badPolicies_data()
    {
        QTest::addColumn<wire::KillPolicy>("rule");
        QTest::addColumn<QString>("problem");
        const auto add = [](const char *problem, auto change) {
            wire::KillPolicy rule = policy();
            change(rule);
            QTest::addRow("%s %s", problem, rule.name.c_str()) << rule << QString::fromLatin1(problem);
        };
        using P = wire::KillPolicy;
        add("name", [](P &p) { p.name = ""; });
        add("name", [](P &p) { p.name = "a\nb"; });
        add("name", [](P &p) { p.name = std::string(65, 'x'); });
        add("action", [](P &p) { p.action = "server"; });
        add("longer_than", [](P &p) { p.longerThanSeconds = 0.9; });
        add("longer_than", [](P &p) { p.longerThanSeconds = std::numeric_limits<double>::quiet_NaN(); p.name = "nan"; });
        add("max_per_minute", [](P &p) { p.maxPerMinute = 0; });
        add("max_per_minute", [](P &p) { p.maxPerMinute = 601; p.name = "many"; });
        add("max_modified_rows", [](P &p) { p.maxModifiedRows = -1; });
        add("digest", [](P &p) { p.digests = {"abc"}; });
        add("command", [](P &p) { p.commands = {"Sleep"}; });
        add("patterns", [](P &p) { p.users = {""}; });
        add("patterns", [](P &p) { p.hosts.assign(101, "x"); p.name = "too many"; });
    }
    void badPolicies()
    {
        QFETCH(wire::KillPolicy, rule);
        QFETCH(QString, problem);
        QCOMPARE(QString::fromStdString(std::string(wire::problemOf(rule))), problem);
        QVERIFY(!wire::problemOf(std::vector{policy(), rule}).empty());
    }
    void badSets()
    {
        QCOMPARE(wire::problemOf(std::vector{policy(), policy()}), std::string_view("twice"));
        std::vector<wire::KillPolicy> many;
        for (int i = 0; i < 51; ++i) {
            many.push_back(policy());
            many.back().name = std::to_string(i);
        }
        QCOMPARE(wire::problemOf(many), std::string_view("count"));
    }
};

QTEST_APPLESS_MAIN(TestKillDecision)
#include "tst_killdecision.moc"
