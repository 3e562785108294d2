// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/runs.h"
#include "tests/support/same.h"

#include <QTest>

#include <csignal>

using namespace zandb;
using zandb::test::TestFleet;

/// Snapshots through all layers: zandbctl, the store, the headless instance, sshd and a real agent and server.
class TestSnapshotFleet : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestFleet> m_fleet;

    Json ctl(std::vector<std::string> words, int expected = 0)
    {
        words.insert(words.begin(), "--json");
        const auto output = m_fleet->ctl(words);
        const auto json = parseJson(output.out);
        if (!json || output.status != expected)
            qWarning("%d: %s\n%s", output.status, output.out.substr(0, 2000).c_str(), output.err.c_str());
        return json && output.status == expected ? *json : Json();
    }
    zandb::test::TestServer &server() { return *m_fleet->host(0).servers[0]; }
    std::string count(const std::string &table) { return m_fleet->storeValue("SELECT COUNT(*) FROM zandb." + table); }
    /// Everything in the store stands where it would if it had been taken so many days before.
    void moveBack(int days)
    {
        for (const char *table : {"snapshot", "snapshot_part", "snapshot_size"})
            QVERIFY(m_fleet->store().exec("UPDATE zandb." + std::string(table) + " SET day = day - " + std::to_string(days)));
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto reason = TestFleet::unavailable(); !reason.empty())
            QSKIP(reason.c_str());
        std::string error;
        zandb::test::FleetOptions options;
        options.serve = true;
        m_fleet = TestFleet::start(options, &error);
        QVERIFY2(m_fleet, error.c_str());
        QVERIFY2(server().exec({"CREATE DATABASE IF NOT EXISTS shop", "CREATE TABLE shop.growing (id INT PRIMARY KEY, note VARCHAR(200))", "CREATE TABLE shop.gone (id INT PRIMARY KEY)"}),
                 server().lastError().c_str());
        QTRY_COMPARE_WITH_TIMEOUT(ctl({"instance", "list"}).size(), std::size_t(1), 60'000);
    }
    void cleanupTestCase() { m_fleet.reset(); }

    void takenAndShown()
    {
        const std::string path = m_fleet->host().path();
        const Json none = ctl({"instance", "diff", path}, 2);
        SAME(none.at("error").at("code"), "not_found");
        const Json snapshot = ctl({"instance", "snapshot", path});
        QVERIFY2(snapshot.is_object(), m_fleet->describe().c_str());
        SAME(snapshot.at("instance"), path);
        SAME(snapshot.at("missing"), Json::array());
        QVERIFY(snapshot.at("tables").get<int>() > 2 && snapshot.at("bytes").get<std::int64_t>() > 100'000 && snapshot.at("variables").size() > 300);
        QVERIFY(snapshot.at("accounts").size() > 1);
        QCOMPARE(count("snapshot"), std::string("1"));
        QCOMPARE(count("snapshot_pending"), std::string("0"));
        // again on the same day: it takes its place
        QVERIFY(ctl({"instance", "snapshot", path}).is_object());
        QCOMPARE(count("snapshot"), std::string("1"));
        const std::string text = m_fleet->ctl({"instance", "snapshot", path, "--day", snapshot.at("day").get<std::string>()}).out;
        QVERIFY2(text.find("shop") != text.npos && text.find("schemas") != text.npos, text.c_str());
    }

    void comparedAndGrown()
    {
        const std::string path = m_fleet->host().path();
        moveBack(2);
        QVERIFY2(server().exec({"DROP TABLE shop.gone", "CREATE TABLE shop.fresh (id INT PRIMARY KEY)", "INSERT INTO shop.growing SELECT seq, REPEAT('x', 200) FROM mysql.seq_1_to_20000",
                                "SET GLOBAL max_connections=77", "CREATE USER late@localhost"}),
                 server().lastError().c_str());
        QVERIFY(ctl({"instance", "snapshot", path}).is_object());
        const Json diff = ctl({"instance", "diff", path});
        QVERIFY(diff.is_object());
        std::map<std::string, std::string> tables, changes;
        for (const Json &one : diff.at("tables"))
            tables[one.at("schema").get<std::string>() + '.' + one.at("table").get<std::string>()] = one.at("change").get<std::string>();
        for (const Json &one : diff.at("changes"))
            changes[one.at("kind").get<std::string>() + ' ' + one.at("name").get<std::string>()] = one.at("change").get<std::string>();
        QCOMPARE(tables["shop.gone"], std::string("removed"));
        QCOMPARE(tables["shop.fresh"], std::string("added"));
        QCOMPARE(tables["shop.growing"], std::string("changed"));
        QCOMPARE(changes["variable max_connections"], std::string("changed"));
        QCOMPARE(changes["account late@localhost"], std::string("added"));
        QVERIFY(!changes.contains("variable gtid_binlog_pos") && !changes.contains("version version"));
        SAME(diff.at("schemas").at(0).at("schema"), "shop");
        const Json growth = ctl({"instance", "growth", path});
        QCOMPARE(growth.at("days").size(), std::size_t(2));
        const auto shop = std::ranges::find_if(growth.at("schemas"), [](const Json &one) { return one.at("schema") == "shop"; });
        QVERIFY(shop != growth.at("schemas").end());
        QVERIFY(shop->at("bytes_per_day").get<double>() > 1'000'000);
        const Json same = ctl({"instance", "diff", path, "--against", path, "--from", diff.at("after").at("day").get<std::string>()});
        SAME(same.at("tables"), Json::array());
        const auto text = m_fleet->ctl({"instance", "diff", path});
        QVERIFY2(text.out.find("max_connections") != text.out.npos, text.out.c_str());
    }

    /// The headless instance dies between the end of the attempt and the fetching; another one fetches.  What the agent no longer has is waited for no more.
    void fetchedByAnother()
    {
        const std::string path = m_fleet->host().path();
        m_fleet->killHeadless(m_fleet->headless().front(), SIGKILL);
        QVERIFY(m_fleet->store().exec("INSERT INTO zandb.snapshot_pending (run_id, step, attempt, host_id, instance_id, result) SELECT s.run_id, 1, 1, i.host_id, i.id, a.result FROM zandb.snapshot s "
                                      "JOIN zandb.instance i ON i.id = s.instance_id JOIN zandb.attempt a ON a.run_id = s.run_id ORDER BY s.day DESC LIMIT 1"));
        QVERIFY(m_fleet->store().exec("INSERT INTO zandb.snapshot_pending (run_id, step, attempt, host_id, instance_id, result) SELECT UNHEX(REPEAT('7',32)), 1, 1, host_id, id, '{}' FROM zandb.instance"));
        QVERIFY(m_fleet->store().exec("DELETE FROM zandb.snapshot_part"));
        QCOMPARE(count("snapshot_pending"), std::string("2"));
        QVERIFY(m_fleet->startHeadless("second") > 0);
        QTRY_COMPARE_WITH_TIMEOUT(count("snapshot_pending"), std::string("0"), 60'000);
        QVERIFY(std::stoi(count("snapshot_part")) >= 2);
        const Json snapshot = ctl({"instance", "snapshot", path, "--day", m_fleet->storeValue("SELECT DATE_FORMAT(DATE_ADD('1970-01-01', INTERVAL MAX(day) DAY), '%Y-%m-%d') FROM zandb.snapshot")});
        QVERIFY(snapshot.is_object() && snapshot.at("tables").get<int>() > 2);
    }

    void aTaskTakesThemDaily()
    {
        const Json task = ctl({"task", "add", "sizes", "--kind", "snapshot", "--all", "--every", "day", "--at", "03:00"});
        QVERIFY(task.is_object());
        SAME(ctl({"task", "list"}).at(0).at("kind"), "snapshot");
        QVERIFY(m_fleet->ctl({"group", "set", "--all", "keep-snapshots-days", "30"}).status == 0);
    }

    /// Without a headless instance zandbctl itself has it taken, fetches it and stores it.
    void withoutHeadless()
    {
        m_fleet->killHeadless(m_fleet->headless().back(), SIGTERM);
        QTRY_COMPARE_WITH_TIMEOUT(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.member WHERE expires_us > UNIX_TIMESTAMP(NOW(6)) * 1000000"), std::string("0"), 40'000);
        QVERIFY(m_fleet->store().exec("DELETE FROM zandb.snapshot"));
        const Json snapshot = ctl({"instance", "snapshot", m_fleet->host().path()});
        QVERIFY2(snapshot.is_object(), m_fleet->describe().c_str());
        QCOMPARE(count("snapshot_pending"), std::string("0"));
    }
};

QTEST_GUILESS_MAIN(TestSnapshotFleet)
#include "tst_snapshotfleet.moc"
