// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/batchsql/sqlrun.h"
#include "tests/support/testfleet.h"

#include <QTest>

using namespace zandb;
using namespace zandb::test;

/// `zandbctl sql` on a small real fleet: two hosts with sshd and agent.
class TestSqlFleet : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestFleet> m_fleet;

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto reason = TestFleet::unavailable(); !reason.empty())
            QSKIP(reason.c_str());
        std::string error;
        FleetOptions options;
        options.hosts = 2;
        m_fleet = TestFleet::start(options, &error);
        QVERIFY2(m_fleet, error.c_str());
        for (std::size_t i = 0; i < 2; ++i) {
            TestServer &server = *m_fleet->host(i).servers.at(0);
            QVERIFY2(server.exec({"CREATE ROLE 'explain'", "CREATE ROLE maint", "GRANT SELECT, SHOW VIEW ON *.* TO 'explain'",
                                  "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, PROCESS, RELOAD, SUPER, CONNECTION ADMIN ON *.* TO maint", "GRANT 'explain' TO root@localhost",
                                  "GRANT maint TO root@localhost", "CREATE DATABASE sqltest", "CREATE TABLE sqltest.t (id INT PRIMARY KEY, note VARCHAR(20))",
                                  "INSERT INTO sqltest.t VALUES (" + std::to_string(i + 1) + ", CONCAT('a,', CHAR(34), 'b')), (10, NULL), (11, '')"}),
                     server.lastError().c_str());
        }
    }
    void cleanupTestCase() { m_fleet.reset(); }

    void checkNeedsNoFleet()
    {
        const Output output = m_fleet->ctl({"sql", "check", "--json", "--sql", "SELECT 1; DROP TABLE t"});
        QCOMPARE(output.status, 1);
        const Json json = parseJson(output.out).value();
        QCOMPARE(json.size(), std::size_t{2});
        QVERIFY(json.at(0).at("verdict") == "allow" && json.at(1).at("verdict") == "deny" && json.at(1).at("why").get<std::string>().starts_with("G1.5"));
    }

    void readsFromAll()
    {
        const std::string one = m_fleet->host(0).path(), two = m_fleet->host(1).path();
        const Output output = m_fleet->ctl({"sql", "run", one, two, "--json", "--schema", "sqltest", "--sql", "SELECT id, note FROM t ORDER BY id"});
        QVERIFY2(output.status == 0, (output.err + output.out + m_fleet->describe()).c_str());
        const Json json = parseJson(output.out).value();
        QCOMPARE(json.size(), std::size_t{2});
        QCOMPARE(json.at(0).at("instance").get<std::string>(), one);
        QCOMPARE(dumpJson(json.at(1).at("statements").at(0).at("rows")), dumpJson(Json::array({Json::array({"2", "a,\"b"}), Json::array({"10", nullptr}), Json::array({"11", ""})})));
        const Output csv = m_fleet->ctl({"sql", "run", one, "--csv", "--schema", "sqltest", "--sql", "SELECT id, note FROM t ORDER BY id"});
        QCOMPARE(csv.out, "instance,id,note\n" + one + ",1,\"a,\"\"b\"\n" + one + ",10,\n" + one + ",11,\"\"\n");
    }

    /// The canary fails, and the second one is not touched.
    void theFirstFailureStops()
    {
        const std::string one = m_fleet->host(0).path(), two = m_fleet->host(1).path();
        QVERIFY(m_fleet->host(0).servers.at(0)->exec("ALTER TABLE sqltest.t ADD INDEX there (note)"));
        const Output output = m_fleet->ctl({"sql", "run", one, two, "--json", "--confirmed", "--schema", "sqltest", "--sql", "ALTER TABLE t ADD INDEX there (note)"});
        QCOMPARE(output.status, 1);
        const Json json = parseJson(output.out).value();
        QCOMPARE(json.at(0).at("state").get<std::string>(), std::string("failed"));
        QCOMPARE(json.at(1).at("state").get<std::string>(), std::string("not_run"));
        QCOMPARE(m_fleet->host(1).servers.at(0)->value("SELECT COUNT(*) FROM information_schema.STATISTICS WHERE INDEX_NAME='there'").value_or(""), std::string("0"));
    }

    /// What a bounded DELETE took is put back by the run's number, after a look at it.
    void undone()
    {
        const std::string one = m_fleet->host(0).path();
        TestServer &server = *m_fleet->host(0).servers.at(0);
        const std::string rows = "SELECT GROUP_CONCAT(id, '=', IFNULL(CONCAT('<', note, '>'), 'NULL') ORDER BY id) FROM sqltest.t";
        const std::string before = server.value(rows).value_or("");
        const Output changed = m_fleet->ctl({"sql", "run", one, "--json", "--confirmed", "--schema", "sqltest", "--sql", "DELETE FROM t WHERE id >= 10 LIMIT 5; UPDATE t SET note = 'x' WHERE id = 1 LIMIT 1"});
        QVERIFY2(changed.status == 0, (changed.err + changed.out).c_str());
        const std::string run = parseJson(changed.out).value().at(0).at("run_id").get<std::string>();
        QVERIFY(server.value(rows).value_or("") != before);
        QCOMPARE(m_fleet->ctl({"sql", "undo", run}).status, 2);
        const Output preview = m_fleet->ctl({"sql", "undo", run, "--preview"});
        QVERIFY2(preview.status == 0 && preview.out.find("INSERT INTO `sqltest`.`t`") != std::string::npos, (preview.err + preview.out).c_str());
        const Output undone = m_fleet->ctl({"sql", "undo", run, "--confirmed", "--json"});
        QVERIFY2(undone.status == 0, (undone.err + undone.out).c_str());
        QCOMPARE(parseJson(undone.out).value().at("rows").size(), std::size_t{3});
        QCOMPARE(server.value(rows).value_or(""), before);
        QCOMPARE(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.run WHERE kind = 'sql_undo'"), std::string("2"));
    }

    void deniedScriptsMakeNoRun()
    {
        const auto runs = [&] { return m_fleet->storeValue("SELECT COUNT(*) FROM run"); };
        const std::string before = runs();
        for (const char *sql : {"DROP TABLE sqltest.t", "SELECT 1; SELECT SLEEP(1)", "SET GLOBAL long_query_time = 3"})
            QCOMPARE(m_fleet->ctl({"sql", "run", m_fleet->host(0).path(), "--sql", sql}).status, 2);
        QCOMPARE(runs(), before);
    }
};

QTEST_GUILESS_MAIN(TestSqlFleet)
#include "tst_sqlfleet.moc"
