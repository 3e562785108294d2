// SPDX-License-Identifier: GPL-3.0-or-later
// The metadata store is restored from its own backup: what was done since comes back from the agents, and nothing is done
// again.
#include "tests/support/runs.h"
#include "tests/support/same.h"

#include <QTest>

#include <csignal>
#include <filesystem>
#include <set>
#include <thread>

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;

class TestStoreRestored : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestFleet> m_fleet;

    std::string ofRun(const std::string &what, const std::string &run)
    {
        return m_fleet->storeValue("SELECT " + what + " FROM zandb.run WHERE " + idIs("id", run));
    }
    std::string count(const std::string &from) { return m_fleet->storeValue("SELECT COUNT(*) FROM zandb." + from); }
    std::string epoch() { return m_fleet->storeValue("SELECT HEX(store_epoch) FROM zandb.store_info"); }
    /// Every backup that lies in a repository.
    std::set<std::string> directories()
    {
        std::set<std::string> found;
        for (const std::size_t host : {0, 1}) {
            for (const auto &entry : std::filesystem::recursive_directory_iterator(m_fleet->host(host).repository())) {
                if (entry.path().filename() == "manifest.json")
                    found.insert(entry.path().parent_path().filename());
            }
        }
        return found;
    }
    std::string client(const char *program) const { return std::string("/usr/bin/") + program; }

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
        auto &server = *m_fleet->host().servers[0];
        QVERIFY2(server.exec("INSERT INTO shop.orders (note) SELECT REPEAT(MD5(RAND()), 6) FROM shop.seq_1_to_150000"), server.lastError().c_str());
        m_fleet->startHeadless();
        QTRY_COMPARE_WITH_TIMEOUT(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.instance_state WHERE state='up'"), std::string("2"), 30000);
    }
    void cleanupTestCase() { m_fleet.reset(); }
    void cleanup()
    {
        if (QTest::currentTestFailed() && m_fleet)
            qWarning("%s", m_fleet->describe().c_str());
    }

    void whatWasDoneSinceComesBack()
    {
        const std::string db1 = m_fleet->host(0).path();
        const std::string db2 = m_fleet->host(1).path();
        const auto runOf = [](const Output &output) { return jsonOf(output).value("run_id", std::string{}); };

        // before the store's backup: one that succeeded, one that failed, one that is at work, and a task
        const Output whole = m_fleet->ctl({"backup", "run", db1, "--wait", "--json"});
        QVERIFY2(whole.status == 0, (whole.out + whole.err).c_str());
        std::filesystem::rename(m_fleet->host(1).repository(), m_fleet->host(1).directory / "away");
        const std::string failed = runOf(m_fleet->ctl({"backup", "run", db2, "--wait", "--json"}));
        QCOMPARE(ofRun("state", failed), std::string("failed"));
        std::filesystem::rename(m_fleet->host(1).directory / "away", m_fleet->host(1).repository());
        const std::string atWork = runOf(m_fleet->ctl({"backup", "run", db1, "--throttle", "400000", "--json"}));
        QTRY_VERIFY_WITH_TIMEOUT(!m_fleet->workers(m_fleet->host()).empty(), 20000);
        QTRY_COMPARE_WITH_TIMEOUT(ofRun("state", atWork), std::string("running"), 10000);
        const Output added = m_fleet->ctl({"task", "add", "often", "--kind", "backup", "--instance", db2, "--every", "15s", "--json"});
        QVERIFY2(added.status == 0, added.err.c_str());
        const Output dump = runProgram({client("mariadb-dump"), "--socket", m_fleet->store().socket().string(), "-u", "root",
                                        "--single-transaction", "--hex-blob", "zandb"});
        QVERIFY2(dump.status == 0, dump.err.c_str());
        const auto dumped = systemNow();
        QCOMPARE(ofRun("state", atWork), std::string("running"));
        QCOMPARE(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.run WHERE task_id IS NOT NULL AND state='succeeded'"), std::string("0"));

        // after it: the one at work ends, the failed one is tried again, others are begun, by hand and by the task
        const Output again = m_fleet->ctl({"run", "retry", failed, "--wait", "--json"});
        QVERIFY2(again.status == 0, (again.out + again.err).c_str());
        QTRY_COMPARE_WITH_TIMEOUT(ofRun("state", atWork), std::string("succeeded"), 180000);
        const std::string later = runOf(m_fleet->ctl({"backup", "run", db1, "--wait", "--json"}));
        QTRY_VERIFY_WITH_TIMEOUT(std::stoi(count("run WHERE task_id IS NOT NULL AND state='succeeded'")) >= 3, 90000);
        m_fleet->killHeadless(m_fleet->headless().at(0), SIGKILL);
        QTRY_VERIFY_WITH_TIMEOUT(m_fleet->workers(m_fleet->host(1)).empty(), 30000);
        for (const std::size_t host : {0, 1}) { // an agent that began anew knows what it was ordered to do before, too
            m_fleet->killAgent(m_fleet->host(host));
            QVERIFY(m_fleet->startAgent(m_fleet->host(host)));
        }
        const std::string scheduled = "SELECT GROUP_CONCAT(HEX(id), occurrence_us ORDER BY id) FROM zandb.run WHERE task_id IS NOT NULL AND occurrence_us <= ";
        const std::string until = m_fleet->storeValue("SELECT MAX(occurrence_us) FROM zandb.run WHERE task_id IS NOT NULL AND state='succeeded'");
        const std::string runsOfTask = m_fleet->storeValue(scheduled + until);
        const auto before = directories();
        QVERIFY(before.size() >= 7);

        const Output back = runProgram({client("mariadb"), "--socket", m_fleet->store().socket().string(), "-u", "root", "zandb"}, 120s, dump.out);
        QVERIFY2(back.status == 0, back.err.c_str());
        QCOMPARE(ofRun("state", atWork), std::string("running"));
        QCOMPARE(ofRun("state", later), std::string());
        QCOMPARE(count("backup"), std::string("1"));

        // said first, done when confirmed
        const std::string oldEpoch = epoch();
        const Output preview = m_fleet->ctl({"store", "restored", "--json"});
        QVERIFY2(preview.status == 0, (preview.out + preview.err).c_str());
        SAME(jsonOf(preview)["done"], Json(false));
        SAME(jsonOf(preview)["hosts"], Json(2));
        const auto moment = fromIso(jsonOf(preview)["last_moment"].get<std::string>());
        QVERIFY(moment && *moment <= dumped && *moment > dumped - 20s);
        QCOMPARE(epoch(), oldEpoch);
        const Output done = m_fleet->ctl({"store", "restored", "--yes", "--json"});
        QVERIFY2(done.status == 0, (done.out + done.err).c_str());
        SAME(jsonOf(done)["hosts"][0]["accepted"], Json(true));
        SAME(jsonOf(done)["hosts"][1]["accepted"], Json(true));
        QVERIFY(epoch() != oldEpoch);

        m_fleet->startHeadless("after");
        QTRY_COMPARE_WITH_TIMEOUT(count("host_state s JOIN zandb.store_info i ON s.resumed_epoch = i.store_epoch"), std::string("2"), 60000);
        QTRY_COMPARE_WITH_TIMEOUT(ofRun("state", atWork), std::string("succeeded"), 60000);
        QCOMPARE(ofRun("state", later), std::string("succeeded"));
        QCOMPARE(ofRun("state", failed), std::string("succeeded"));
        for (const auto &[run, attempts] : {std::pair{atWork, "1"}, std::pair{later, "1"}, std::pair{failed, "2"}}) {
            QCOMPARE(count("attempt WHERE " + idIs("run_id", run)), std::string(attempts));
            QCOMPARE(count("backup WHERE " + idIs("run_id", run)), std::string("1"));
        }
        // each of the task's runs is what it was, and none of them is called missed
        QCOMPARE(m_fleet->storeValue(scheduled + until), runsOfTask);
        QCOMPARE(count("run WHERE task_id IS NOT NULL AND state<>'succeeded' AND occurrence_us <= " + until), std::string("0"));
        QCOMPARE(count("occurrence WHERE state='missed' AND COALESCE(missed_since_us, due_us) <= " + until), std::string("0"));
        // the catalogue knows all that lies there, and what lies there is what there was, but for what became due since
        std::set<std::string> known;
        for (const Json &backup : jsonOf(m_fleet->ctl({"backup", "list", "--json"})))
            known.insert(std::filesystem::path(backup["path"].get<std::string>()).filename());
        for (const std::string &directory : before)
            QVERIFY2(known.contains(directory), directory.c_str());
        QCOMPARE(m_fleet->ctl({"task", "disable", "often"}).status, 0);
        const Output after = m_fleet->ctl({"backup", "run", db1, "--wait", "--json"});
        QVERIFY2(after.status == 0, (after.out + after.err).c_str());
        QTRY_COMPARE_WITH_TIMEOUT(count("run WHERE state IN ('pending','running')"), std::string("0"), 30000);
        QCOMPARE(std::to_string(directories().size()), count("run WHERE state='succeeded'"));
    }

    /// Its own rows are younger than the backup then: only the person knows how old that is.
    void theMomentIsAskedForWhenAHeadlessInstanceIsAlive()
    {
        const std::string before = epoch();
        QCOMPARE(m_fleet->ctl({"store", "restored", "--yes"}).status, 2);
        QCOMPARE(m_fleet->ctl({"store", "restored", "--at", "tomorrow", "--yes"}).status, 2);
        QCOMPARE(m_fleet->ctl({"store", "restored", "--at", "2999-01-01T00:00:00Z", "--yes"}).status, 2);
        QCOMPARE(epoch(), before);
        const Output done = m_fleet->ctl({"store", "restored", "--at", "2026-01-01T00:00:00Z", "--yes"});
        QVERIFY2(done.status == 0, done.err.c_str());
        QVERIFY(epoch() != before);
        // the living one goes on under the new epoch
        QTRY_COMPARE_WITH_TIMEOUT(count("host_state s JOIN zandb.store_info i ON s.resumed_epoch = i.store_epoch"), std::string("2"), 60000);
        const std::string backups = count("backup");
        const Output after = m_fleet->ctl({"backup", "run", m_fleet->host().path(), "--wait", "--json"});
        QVERIFY2(after.status == 0, (after.out + after.err).c_str());
        QCOMPARE(count("backup"), std::to_string(std::stoi(backups) + 1));
    }
};

QTEST_GUILESS_MAIN(TestStoreRestored)
#include "tst_storerestored.moc"
