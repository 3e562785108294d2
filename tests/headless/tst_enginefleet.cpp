// SPDX-License-Identifier: GPL-3.0-or-later
// All layers on real parts: store, sshd, agent, MariaDB, zandbctl and the headless mode.
#include "tests/support/runs.h"
#include "tests/support/same.h"

#include <QElapsedTimer>
#include <QTest>

#include <csignal>
#include <fstream>

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;

class TestEngineFleet : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestFleet> m_fleet;

    Json overview() { return jsonOf(m_fleet->ctl({"--json", "overview"})); }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto why = TestFleet::unavailable(); !why.empty())
            QSKIP(why.c_str());
        std::string error;
        FleetOptions options;
        options.hosts = 2;
        m_fleet = TestFleet::start(options, &error);
        QVERIFY2(m_fleet, error.c_str());
    }

    void cleanupTestCase() { m_fleet.reset(); }

    void cleanup()
    {
        if (QTest::currentTestFailed() && m_fleet)
            qWarning("%s", m_fleet->describe().c_str());
    }

    void withoutHeadlessTheCallerBacksUp()
    {
        const Output output = m_fleet->ctl({"backup", "run", m_fleet->host().path(), "--wait", "--json"});
        QVERIFY2(output.status == 0, (output.out + output.err).c_str());
        QVERIFY(output.err.find("No headless") != std::string::npos);
        const Json json = jsonOf(output);
        SAME(json["state"], Json("succeeded"));
        for (const char *key : {"id", "method", "path", "bytes", "stored_bytes", "duration_s", "sha256", "position", "level"})
            QVERIFY2(json["backup"].contains(key), key);
        QVERIFY(std::filesystem::exists(json["backup"]["path"].get<std::string>() + "/manifest.json"));
        QVERIFY(json["backup"]["bytes"].get<std::int64_t>() > 0);
        QCOMPARE(json["backup"]["sha256"].get<std::string>().size(), 64u);
        // the agent holds nothing back: its result was acknowledged, its log copied
        const Output log = m_fleet->ctl({"run", "log", json["run_id"].get<std::string>()});
        QCOMPARE(log.status, 0);
        QVERIFY2(!log.out.empty(), log.err.c_str());
        const Json runs = jsonOf(m_fleet->ctl({"run", "list", "--json"}));
        QCOMPARE(runs.size(), 1u);
        QVERIFY(runs[0]["executor"].is_string());
    }

    void unknownNamesAreUsageErrors()
    {
        QCOMPARE(m_fleet->ctl({"backup", "run", "db1/nothing", "--wait"}).status, 2);
        QCOMPARE(m_fleet->ctl({"backup", "run", "db9/my3306", "--wait"}).status, 2);
        QCOMPARE(m_fleet->ctl({"backup", "run", "db1", "--wait"}).status, 2);
        QCOMPARE(m_fleet->ctl({"backup", "run", m_fleet->host().path(), "--metod", "x"}).status, 2);
    }

    void keysAreListedAddedAndRevoked()
    {
        const auto key = (m_fleet->directory() / "extra").string();
        QCOMPARE(runProgram({"/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "extra", "-f", key}).status, 0);
        SAME(jsonOf(m_fleet->ctl({"key", "list", "--host", "db1", "--json"})).size(), 2u);
        QCOMPARE(m_fleet->ctl({"key", "add", "--host", "db1", "--user", "anna", "--role", "operator", key}).status, 2); // a private key
        const Output added = m_fleet->ctl({"key", "add", "--host", "db1", "--user", "anna", "--role", "operator", key + ".pub"});
        QVERIFY2(added.status == 0, added.err.c_str());
        SAME(jsonOf(m_fleet->ctl({"key", "list", "--host", "db1", "--json"})).size(), 3u);
        // somebody else's, perhaps the only administrator's, is not taken over by accident
        QCOMPARE(m_fleet->ctl({"key", "add", "--host", "db1", "--user", "berta", "--role", "viewer", key + ".pub"}).status, 2);
        QCOMPARE(m_fleet->ctl({"key", "add", "--host", "db1", "--user", "anna", "--role", "operator", key + ".pub"}).status, 0);
        QCOMPARE(m_fleet->ctl({"key", "add", "--host", "db1", "--user", "berta", "--role", "viewer", "--replace", key + ".pub"}).status, 0);
        QCOMPARE(m_fleet->ctl({"key", "add", "--host", "db1", "--user", "anna", "--role", "operator", "--replace", key + ".pub"}).status, 0);
        SAME(jsonOf(m_fleet->ctl({"key", "list", "--host", "db1", "--json"})).size(), 3u);
        const Output revoked = m_fleet->ctl({"key", "revoke", "--host", "db1", "--user", "anna", "--json"});
        QVERIFY2(revoked.status == 0, revoked.err.c_str());
        SAME(jsonOf(revoked)["removed"], Json(1));
        QVERIFY(m_fleet->ctl({"key", "revoke", "--host", "db1", "--user", "anna"}).status != 0);
    }

    void headlessExecutesWhatIsAskedFor()
    {
        m_fleet->startHeadless();
        QTRY_VERIFY_WITH_TIMEOUT(overview()["headless"] == Json(1), 15000);
        QTRY_VERIFY_WITH_TIMEOUT(overview()["hosts_ok"] == Json(2), 25000);
        const Output output = m_fleet->ctl({"backup", "run", m_fleet->host(1).path(), "--wait", "--json"});
        QVERIFY2(output.status == 0, (output.out + output.err).c_str());
        const Json json = jsonOf(output);
        SAME(json["state"], Json("succeeded"));
        const Json shown = jsonOf(m_fleet->ctl({"run", "show", json["run_id"].get<std::string>(), "--json"}));
        QVERIFY(shown["executor"].is_null());
        QCOMPARE(shown["steps"][0]["attempts"].size(), 1u);
        const Json list = jsonOf(m_fleet->ctl({"backup", "list", "--json"}));
        QCOMPARE(list.size(), 2u);
        QVERIFY(list[0]["id"] == json["backup"]["id"]);
    }

    void hostsAndInstancesAreSampled()
    {
        const auto list = [&] { return jsonOf(m_fleet->ctl({"host", "list", "--json"})); };
        // until the headless instance's first sample that of 'host add' ages
        QTRY_VERIFY_WITH_TIMEOUT(list().at(0)["age_s"].get<int>() <= 20, 25000);
        const Json hosts = list();
        QCOMPARE(hosts.size(), 2u);
        SAME(hosts[0]["state"], Json("ok"));
        QVERIFY(hosts[0]["cores"].get<int>() > 0);
        QVERIFY(hosts[0]["age_s"].get<int>() <= 20);
        const Json instances = jsonOf(m_fleet->ctl({"instance", "list", "--json"}));
        QCOMPARE(instances.size(), 2u);
        SAME(instances[0]["state"], Json("up"));
        SAME(instances[0]["flavour"], Json("mariadb"));
        // heartbeats go on
        const std::string seen = m_fleet->storeValue("SELECT MAX(seen_us) FROM zandb.host_heard");
        QTRY_VERIFY_WITH_TIMEOUT(m_fleet->storeValue("SELECT MAX(seen_us) FROM zandb.host_heard") != seen, 15000);
    }

    void aScheduleFires()
    {
        const Output added = m_fleet->ctl({"task", "add", "often", "--kind", "backup", "--all", "--every", "10s", "--keep", "2", "--json"});
        QVERIFY2(added.status == 0, added.err.c_str());
        const auto done = [&] {
            return m_fleet->storeValue("SELECT COUNT(*) FROM zandb.run WHERE task_id IS NOT NULL AND state='succeeded'");
        };
        QTRY_VERIFY_WITH_TIMEOUT(std::stoi(done()) >= 4, 60000); // two instances, at least two occurrences
        // what lies beyond two of each instance goes, once the agent's own reading has found that those two are intact
        const auto kept = [&](const std::string &of) {
            return std::stoi(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.backup WHERE task_id IS NOT NULL AND " + of));
        };
        QTRY_VERIFY_WITH_TIMEOUT(kept("expired_us IS NOT NULL") >= 2, 120'000);
        QCOMPARE(m_fleet->ctl({"task", "disable", "often"}).status, 0);
        QTRY_COMPARE_WITH_TIMEOUT(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.run WHERE state IN ('pending','running')"), std::string("0"),
                                  30000);
        // each occurrence once per target, as derived ids promise
        QCOMPARE(m_fleet->storeValue("SELECT COUNT(*) FROM (SELECT 1 FROM zandb.run WHERE task_id IS NOT NULL "
                                     "GROUP BY task_id, occurrence_us, target_id HAVING COUNT(*) > 1) d"),
                 std::string("0"));
        const Json board = overview();
        const int sum = board["done"].get<int>() + board["running"].get<int>() + board["failed"].get<int>() + board["late"].get<int>()
            + board["unknown"].get<int>() + board["skipped"].get<int>() + board["cancelled"].get<int>() + board["missed"].get<int>()
            + board["pending"].get<int>();
        QCOMPARE(sum, board["total"].get<int>());
        // two of each instance's scheduled ones, and one more where the last two had not been read yet
        QVERIFY(kept("expired_us IS NULL") >= 4);
        QVERIFY(kept("expired_us IS NULL") <= 6);
    }

    void aDisallowedKindInTheStoreIsRefusedByTheAgent()
    {
        for (const std::string kind : {"sql", "restore"}) {
            const std::string id = Uuid::v7().toString();
            const auto hex = [](std::string text) { return "UNHEX(REPLACE('" + text + "','-',''))"; };
            const bool written = m_fleet->store().exec(std::vector<std::string>{
                "INSERT INTO zandb.run SELECT " + hex(id) + ", NULL, 0, 1000, 1000, '" + kind
                    + "', host_id, id, '{}', '{}', 'pending', '', 'mallory', '', '', '', 0, 0, 0, NULL, NULL, NULL, "
                      "CAST(UNIX_TIMESTAMP(NOW(6))*1000000 AS SIGNED), NULL, NULL, 0, 1, NULL FROM zandb.instance LIMIT 1",
                "INSERT INTO zandb.run_step SELECT id, 1, kind, kind, host_id, '', args, 'pending', 0, NULL, NULL, 0, 1 FROM zandb.run "
                "WHERE id=" + hex(id),
                "UPDATE zandb.change_feed SET version = version + 1 WHERE topic = 'run'"});
            QVERIFY2(written, m_fleet->store().lastError().c_str());
            const auto state = [&] { return jsonOf(m_fleet->ctl({"run", "show", id, "--json"})); };
            QTRY_VERIFY_WITH_TIMEOUT(state()["state"] == Json("failed"), 20000);
            const std::string code = state()["error"]["code"];
            QVERIFY2(code.rfind("access.", 0) == 0, code.c_str());
        }
    }

    void aRunningBackupIsCancelled()
    {
        auto &server = *m_fleet->host().servers[0];
        QVERIFY2(server.exec("INSERT INTO shop.orders (note) SELECT REPEAT(MD5(RAND()), 6) FROM shop.seq_1_to_400000"), server.lastError().c_str());
        const Output begun = m_fleet->ctl({"backup", "run", m_fleet->host().path(), "--throttle", "20000000", "--json"});
        QVERIFY2(begun.status == 0, begun.err.c_str());
        const std::string id = jsonOf(begun)["run_id"];
        const auto state = [&] { return m_fleet->storeValue("SELECT state FROM zandb.run WHERE " + idIs("id", id)); };
        QTRY_VERIFY_WITH_TIMEOUT(!m_fleet->workers(m_fleet->host()).empty(), 20000);
        QCOMPARE(m_fleet->ctl({"run", "cancel", id}).status, 0);
        QTRY_COMPARE_WITH_TIMEOUT(state(), std::string("cancelled"), 40000);
        QTRY_VERIFY_WITH_TIMEOUT(m_fleet->workers(m_fleet->host()).empty(), 5000);
        // and tried again by one command
        const Output again = m_fleet->ctl({"run", "retry", id, "--wait", "--json"}, 180s);
        QVERIFY2(again.status == 0, (again.out + again.err).c_str());
        QCOMPARE(state(), std::string("succeeded"));
    }

    void verifyGoesToTheHeadlessAndRestoreToTheCaller()
    {
        const Json list = jsonOf(m_fleet->ctl({"backup", "list", "--instance", m_fleet->host(1).path(), "--json"}));
        QVERIFY(!list.empty());
        const std::string id = list[0]["id"];
        const Output verified = m_fleet->ctl({"backup", "verify", id, "--wait", "--json"}, 180s);
        QVERIFY2(verified.status == 0, (verified.out + verified.err).c_str());
        SAME(jsonOf(m_fleet->ctl({"backup", "show", id, "--json"}))["level"], Json(2));
        const auto target = m_fleet->directory() / "restored";
        const Output restored = m_fleet->ctl({"backup", "restore", id, "--to", "db2" + target.string(), "--wait", "--json"}, 180s);
        QVERIFY2(restored.status == 0, (restored.out + restored.err).c_str());
        QVERIFY(std::filesystem::exists(target));
        const Output again = m_fleet->ctl({"backup", "restore", id, "--to", "db2" + target.string(), "--wait", "--json"}, 180s);
        QCOMPARE(again.status, 1);
        SAME(jsonOf(again)["error"]["code"], Json("restore.target_not_empty"));
    }

    /// What is of the core is proved without anybody's click, and how long the restore took is kept.
    void proofsAreScheduled()
    {
        const std::string path = m_fleet->host(0).path();
        QCOMPARE(m_fleet->ctl({"instance", "set", path, "--core"}).status, 0);
        const Output added = m_fleet->ctl({"task", "add", "proofs", "--kind", "verify", "--all", "--every", "10s", "--within", "30d", "--json"});
        QVERIFY2(added.status == 0, added.err.c_str());
        const Output run = m_fleet->ctl({"task", "run", "proofs", "--wait", "--json"}, 180s); // what it would do next, at once
        QVERIFY2(run.status == 0, (run.out + run.err).c_str());
        const auto proved = [&] { return jsonOf(m_fleet->ctl({"backup", "proof", path, "--json"})); };
        QTRY_VERIFY_WITH_TIMEOUT(proved()[0]["newest_level"] == Json(2), 120'000);
        const Json proof = proved()[0];
        SAME(proof["core"], Json(true));
        QVERIFY2(proof["restore_s"].is_number() && proof["last_proved"].is_string(), dumpJson(proof).c_str());
        // proved once, there is nothing to do: an occurrence without runs, which is no failure
        QTRY_VERIFY_WITH_TIMEOUT(std::stoi(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.occurrence WHERE reason='nothing_due'")) >= 1, 60'000);
        QCOMPARE(m_fleet->ctl({"task", "remove", "proofs"}).status, 0);
    }

    void aStoppedMembersHostsAreTakenOver()
    {
        const pid_t first = m_fleet->headless().at(0);
        m_fleet->startHeadless("second");
        QTRY_VERIFY_WITH_TIMEOUT(overview()["headless"] == Json(2), 15000);
        // killed: others must wait until its row expires
        QElapsedTimer timer;
        timer.start();
        m_fleet->killHeadless(first, SIGKILL);
        const auto held = [&] {
            return m_fleet->storeValue("SELECT COUNT(*) FROM zandb.lease l JOIN zandb.host h ON h.id = l.host_id JOIN zandb.member m ON m.id = l.member_id WHERE m.name = 'second'");
        };
        QTRY_COMPARE_WITH_TIMEOUT(held(), std::string("2"), 25000);
        qInfo("killed member's hosts taken over after %lld ms", static_cast<long long>(timer.elapsed()));
        // the other one says that it is gone
        QTRY_VERIFY_WITH_TIMEOUT(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.alert WHERE kind='member.away' AND cleared_us IS NULL") == "1", 60'000);
        QCOMPARE(m_fleet->ctl({"health"}).status, 2);
        const Output output = m_fleet->ctl({"backup", "run", m_fleet->host(1).path(), "--wait", "--json"});
        QVERIFY2(output.status == 0, (output.out + output.err).c_str());
        // a clean stop hands over at once
        m_fleet->startHeadless("third");
        QTRY_VERIFY_WITH_TIMEOUT(overview()["headless"] == Json(2), 15000);
        timer.restart();
        m_fleet->killHeadless(m_fleet->headless().at(0), SIGTERM);
        const auto third = [&] {
            return m_fleet->storeValue("SELECT COUNT(*) FROM zandb.lease l JOIN zandb.host h ON h.id = l.host_id JOIN zandb.member m ON m.id = l.member_id WHERE m.name = 'third'");
        };
        QTRY_COMPARE_WITH_TIMEOUT(third(), std::string("2"), 10000);
    }

    void aDeadHostIsShownAsSuch()
    {
        m_fleet->cutSsh(m_fleet->host());
        const auto state = [&] { return m_fleet->storeValue("SELECT s.state FROM zandb.host_state s JOIN zandb.host h ON h.id=s.host_id WHERE h.name='db1'"); };
        QTRY_COMPARE_WITH_TIMEOUT(state(), std::string("unreachable"), 40000);
        const Output failed = m_fleet->ctl({"backup", "run", m_fleet->host().path(), "--wait", "--json"}, 120s);
        QCOMPARE(failed.status, 3);
        SAME(jsonOf(failed)["state"], Json("failed"));
        QVERIFY2(jsonOf(failed)["error"]["code"] == "ssh.unreachable", failed.out.c_str());
        QVERIFY(m_fleet->startSsh(m_fleet->host()));
        QTRY_COMPARE_WITH_TIMEOUT(state(), std::string("ok"), 90000);
    }
};

QTEST_GUILESS_MAIN(TestEngineFleet)
#include "tst_enginefleet.moc"
