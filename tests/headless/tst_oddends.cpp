// SPDX-License-Identifier: GPL-3.0-or-later
// Runs that end in other ways than by their agent's word in time, on a real store, sshd, agents and headless instance.
#include "tests/support/runs.h"
#include "tests/support/same.h"

#include <QTest>

#include <algorithm>
#include <csignal>
#include <thread>

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;

class TestOddEnds : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestFleet> m_fleet;

    std::string begin(std::size_t host, const std::string &throttle)
    {
        const Output begun = m_fleet->ctl({"backup", "run", m_fleet->host(host).path(), "--throttle", throttle, "--json"});
        return begun.status == 0 ? jsonOf(begun).value("run_id", std::string{}) : begun.err;
    }
    std::string ofRun(const std::string &what, const std::string &run)
    {
        return m_fleet->storeValue("SELECT " + what + " FROM zandb.run WHERE " + idIs("id", run));
    }
    std::string backupsOf(const std::string &run)
    {
        return m_fleet->storeValue("SELECT COUNT(*) FROM zandb.backup WHERE " + idIs("run_id", run));
    }

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
        QTRY_COMPARE_WITH_TIMEOUT(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.lease l JOIN zandb.host h ON h.id = l.host_id"), std::string("2"), 15000);
        QTRY_COMPARE_WITH_TIMEOUT(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.instance_state WHERE state='up'"), std::string("2"), 30000);
    }
    void cleanupTestCase() { m_fleet.reset(); }
    void cleanup()
    {
        if (QTest::currentTestFailed() && m_fleet)
            qWarning("%s", m_fleet->describe().c_str());
    }

    /// The program that sent the order lives no more: whoever holds the host's lease sends the cancel.
    void theCancelOfARunWhoseProgramIsGone()
    {
        const std::string run = begin(1, "200000");
        QVERIFY2(Uuid::parse(run), run.c_str());
        QTRY_VERIFY_WITH_TIMEOUT(!m_fleet->workers(m_fleet->host(1)).empty(), 20000);
        QTRY_COMPARE_WITH_TIMEOUT(ofRun("state", run), std::string("running"), 10000);
        QTRY_COMPARE_WITH_TIMEOUT(m_fleet->storeValue("SELECT started_us IS NOT NULL FROM zandb.attempt WHERE " + idIs("run_id", run)),
                                  std::string("1"), 20000);
        QVERIFY(m_fleet->store().exec("UPDATE zandb.run SET executor='nobody@gone:1' WHERE " + idIs("id", run)));
        const Output asked = m_fleet->ctl({"run", "cancel", run});
        QVERIFY2(asked.status == 0, asked.err.c_str());
        QTRY_COMPARE_WITH_TIMEOUT(ofRun("state", run), std::string("cancelled"), 90000);
        QTRY_VERIFY_WITH_TIMEOUT(m_fleet->workers(m_fleet->host(1)).empty(), 40000);
        QCOMPARE(backupsOf(run), std::string("0"));
    }

    void aResultThatComesAfterGivingUp()
    {
        const std::string run = begin(0, "2000000");
        QVERIFY2(Uuid::parse(run), run.c_str());
        QTRY_VERIFY_WITH_TIMEOUT(!m_fleet->workers(m_fleet->host()).empty(), 20000);
        const Output early = m_fleet->ctl({"run", "give-up", run, "--json"});
        QVERIFY2(early.status == 1, (early.out + early.err).c_str());
        SAME(jsonOf(early)["error"]["code"], Json("run.not_unknown"));
        // nobody follows it any more, and somebody loses patience
        m_fleet->killHeadless(m_fleet->headless().at(0), SIGKILL);
        QVERIFY(m_fleet->store().exec("UPDATE zandb.run SET state='unknown' WHERE " + idIs("id", run)));
        const Output given = m_fleet->ctl({"run", "give-up", run, "--json"});
        QVERIFY2(given.status == 0, (given.out + given.err).c_str());
        SAME(jsonOf(given), (Json{{"run_id", run}, {"state", "failed"}}));
        SAME(jsonOf(m_fleet->ctl({"run", "show", run, "--json"}))["error"]["code"], Json("run.given_up"));
        QCOMPARE(backupsOf(run), std::string("0"));

        m_fleet->startHeadless("after");
        QTRY_COMPARE_WITH_TIMEOUT(backupsOf(run), std::string("1"), 180000);
        const Json shown = jsonOf(m_fleet->ctl({"run", "show", run, "--json"}));
        SAME(shown["state"], Json("failed"));
        SAME(shown["error"]["code"], Json("run.given_up"));
        SAME(shown["steps"][0]["attempts"][0]["state"], Json("succeeded"));
        QCOMPARE(m_fleet->storeValue("SELECT GROUP_CONCAT(act ORDER BY id) FROM zandb.audit WHERE subject='" + run + "'"),
                 std::string("run.begin,run.give_up,run.late_result"));
        const Output again = m_fleet->ctl({"run", "retry", run, "--wait", "--json"});
        QVERIFY2(again.status == 0, (again.out + again.err).c_str());
        QCOMPARE(backupsOf(run), std::string("2"));
    }

    /// One run's rows are refused by the store: it waits, everybody else's go on.
    void aRowThatCannotBeWrittenHoldsUpNobody()
    {
        QVERIFY2(m_fleet->store().exec("CREATE TRIGGER zandb.refused BEFORE INSERT ON zandb.backup FOR EACH ROW "
                                       "IF NEW.host_id = (SELECT id FROM zandb.host WHERE name = 'db1') THEN "
                                       "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a row that does not fit'; END IF"),
                 m_fleet->store().lastError().c_str());
        const std::string refused = begin(0, "0");
        const auto told = [&] { return m_fleet->headlessLog("after").find("run " + refused + " cannot be written"); };
        QTRY_VERIFY_WITH_TIMEOUT(told() != std::string::npos, 120000);
        const std::string other = begin(1, "0");
        QTRY_COMPARE_WITH_TIMEOUT(ofRun("state", other), std::string("succeeded"), 120000);
        QCOMPARE(ofRun("state", refused), std::string("running"));
        QCOMPARE(m_fleet->headlessLog("after").find("cannot be written", told() + 60), std::string::npos); // said once
        QVERIFY(m_fleet->store().exec("DROP TRIGGER zandb.refused"));
        QTRY_COMPARE_WITH_TIMEOUT(ofRun("state", refused), std::string("succeeded"), 180000);
        QCOMPARE(backupsOf(refused), std::string("1"));
    }

    void membersAndTheBoardsZone()
    {
        const Json members = jsonOf(m_fleet->ctl({"member", "list", "--json"}));
        QCOMPARE(std::ranges::count_if(members, [](const Json &one) { return one["alive"] == Json(true) && one["hosts"] == Json(2); }), 1);
        QCOMPARE(m_fleet->ctl({"store", "set", "board-zone", "Europe/Berlin"}).status, 0);
        QCOMPARE(m_fleet->storeValue("SELECT board_zone FROM zandb.store_info"), std::string("Europe/Berlin"));
        QCOMPARE(m_fleet->ctl({"store", "set", "board-zone", "Mars/Base"}).status, 2);
        QCOMPARE(m_fleet->storeValue("SELECT board_zone FROM zandb.store_info"), std::string("Europe/Berlin"));
    }

    /// The store's server stands still and then goes on, as on a disk that hangs: nothing is lost, nobody dies.
    void aStoreThatFreezes()
    {
        const std::string run = begin(0, "2000000");
        QTRY_VERIFY_WITH_TIMEOUT(!m_fleet->workers(m_fleet->host()).empty(), 20000);
        QCOMPARE(::kill(m_fleet->store().pid(), SIGSTOP), 0);
        std::this_thread::sleep_for(10s);
        QCOMPARE(::kill(m_fleet->store().pid(), SIGCONT), 0);
        QTRY_COMPARE_WITH_TIMEOUT(ofRun("state", run), std::string("succeeded"), 180000);
        QCOMPARE(backupsOf(run), std::string("1"));
        QCOMPARE(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.attempt WHERE " + idIs("run_id", run)), std::string("1"));
        QCOMPARE(::kill(m_fleet->headless().at(0), 0), 0);
        const Output after = m_fleet->ctl({"backup", "run", m_fleet->host(1).path(), "--wait", "--json"});
        QVERIFY2(after.status == 0, (after.out + after.err).c_str());
    }

    void aHostWithOpenRunsIsNotRemoved()
    {
        const std::string run = begin(0, "1000000");
        QTRY_COMPARE_WITH_TIMEOUT(ofRun("state", run), std::string("running"), 20000);
        const Output refused = m_fleet->ctl({"host", "remove", "db1", "--json"});
        QCOMPARE(refused.status, 1);
        SAME(jsonOf(refused)["error"]["code"], Json("host.open_runs"));
        QVERIFY2(refused.err.find(run) != std::string::npos, refused.err.c_str());
        QCOMPARE(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.host"), std::string("2"));
        const Output removed = m_fleet->ctl({"host", "remove", "db1", "--force", "--json"});
        QVERIFY2(removed.status == 0, (removed.out + removed.err).c_str());
        SAME(jsonOf(removed)["given_up"], Json(1));
        QCOMPARE(ofRun("state", run), std::string("failed"));
        QVERIFY(ofRun("error", run).find("run.given_up") != std::string::npos);
        QCOMPARE(m_fleet->storeValue("SELECT name FROM zandb.host"), std::string("db2"));
        // what somebody made of it before they knew
        QVERIFY(m_fleet->store().exec("UPDATE zandb.run SET state='pending' WHERE " + idIs("id", run)));
        QVERIFY(m_fleet->store().exec("UPDATE zandb.change_feed SET version=version+1 WHERE topic='fleet'"));
        QTRY_COMPARE_WITH_TIMEOUT(ofRun("state", run), std::string("failed"), 20000);
        QVERIFY(ofRun("error", run).find("run.host_gone") != std::string::npos);
        const Output quiet = m_fleet->ctl({"host", "remove", "db2"});
        QVERIFY2(quiet.status == 0, quiet.err.c_str());
    }
};

QTEST_GUILESS_MAIN(TestOddEnds)
#include "tst_oddends.moc"
