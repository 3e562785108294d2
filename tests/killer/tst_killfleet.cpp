// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/sqlclient.h"
#include "agent/protocol/json.h"
#include "tests/support/same.h"
#include "tests/support/testfleet.h"

#include <QTest>

#include <csignal>
#include <future>
#include <pwd.h>
#include <unistd.h>

using namespace zandb;
using namespace std::chrono_literals;
using zandb::test::TestFleet;

/// Kill policies through all layers: zandbctl, the store, the headless instance, sshd and a real agent and server.
class TestKillFleet : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestFleet> m_fleet;
    std::vector<std::future<void>> m_victims;

    Json ctl(std::vector<std::string> words, int *status = nullptr)
    {
        words.insert(words.begin(), "--json");
        const auto output = m_fleet->ctl(words);
        if (status)
            *status = output.status;
        const auto json = parseJson(output.out);
        if (!json)
            qWarning("%s\n%s", output.out.c_str(), output.err.c_str());
        return json ? *json : Json();
    }
    zandb::test::TestServer &server() { return *m_fleet->host(0).servers[0]; }
    void startVictim()
    {
        m_victims.push_back(std::async(std::launch::async, [socket = server().socket()] {
            const auto client = agent::SqlClient::connect("t", socket, "app", 5s, 100s);
            if (client)
                (*client)->query("SELECT SLEEP(90), 'a secret' FROM shop.killable");
        }));
    }
    int victims() { return std::stoi(server().value("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER = 'app' AND COMMAND = 'Query'").value_or("-1")); }
    /// How many statements with this outcome the store knows.
    std::size_t stored(const std::string &outcome) { return ctl({"killed", "list", "--outcome", outcome}).size(); }
    std::string onAgent()
    {
        const Json state = ctl({"killer", "policy", "list", "--instance", m_fleet->host().path()});
        if (!state.is_object() || !state.contains("policies")) {
            qWarning("%s", dumpJson(state).c_str());
            return "?";
        }
        return state["policies"].empty() ? "none" : state["policies"][0]["agent"].get<std::string>();
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
        const std::string user = getpwuid(geteuid())->pw_name;
        QVERIFY2(server().exec({"CREATE USER app@localhost", "GRANT ALL ON *.* TO app@localhost", "CREATE DATABASE IF NOT EXISTS shop", "CREATE TABLE shop.killable (i INT PRIMARY KEY)",
                                "INSERT INTO shop.killable VALUES (1)", "CREATE ROLE maint", "GRANT PROCESS, CONNECTION ADMIN, RELOAD ON *.* TO maint",
                                "GRANT maint TO `" + user + "`@localhost"}),
                 server().lastError().c_str());
        QTRY_COMPARE_WITH_TIMEOUT(ctl({"instance", "list"}).size(), std::size_t(1), 60'000); // the headless instance has heard of it
    }
    void cleanupTestCase()
    {
        m_fleet.reset();
        m_victims.clear();
    }

    void aDryRunReachesTheStore()
    {
        int status = 0;
        const Json set = ctl({"killer", "policy", "set", "long", "--all", "--longer-than", "1s", "--user", "app"}, &status);
        QVERIFY2(status == 0, dumpJson(set).c_str());
        QCOMPARE(set["agents"].size(), std::size_t(1));
        SAME(set["agents"][0]["told"], Json(true));
        QCOMPARE(onAgent(), std::string("dry run"));
        startVictim();
        QTRY_COMPARE_WITH_TIMEOUT(stored("dry_run"), std::size_t(1), 100'000);
        QCOMPARE(victims(), 1);
        const Json listed = ctl({"killed", "list"});
        SAME(listed[0]["instance"], Json(m_fleet->host().path()));
        QVERIFY(listed[0]["statement"].get<std::string>().find("secret") == std::string::npos);
        const Json preview = ctl({"killer", "preview", "--all", "--longer-than", "1s", "--user", "app"});
        SAME(preview["matching"], Json(1));
        SAME(ctl({"killer", "preview", "--all", "--longer-than", "1s", "--user", "web"})["matching"], Json(0));
    }

    void anArmedOneKillsAndEachIsInTheStoreOnce()
    {
        const Json set = ctl({"killer", "policy", "set", "long", "--all", "--kill"});
        QVERIFY2(set.contains("policy"), dumpJson(set).c_str());
        SAME(set["policy"]["longerThanSeconds"], Json(1.0)); // the rest stays
        QCOMPARE(onAgent(), std::string("kills"));
        QTRY_COMPARE_WITH_TIMEOUT(victims(), 0, 30'000);
        // whoever carries it dies in between
        m_fleet->killHeadless(m_fleet->headless().front(), SIGKILL);
        startVictim();
        QTRY_COMPARE_WITH_TIMEOUT(victims(), 1, 30'000);
        QTRY_VERIFY2_WITH_TIMEOUT(victims() == 0, (m_fleet->describe() + dumpJson(ctl({"killer", "policy", "list", "--instance", m_fleet->host().path()}))).c_str(), 30'000);
        m_fleet->killAgent(m_fleet->host());
        QVERIFY(m_fleet->startAgent(m_fleet->host()));
        startVictim();
        QTRY_COMPARE_WITH_TIMEOUT(victims(), 1, 30'000);
        QTRY_COMPARE_WITH_TIMEOUT(victims(), 0, 30'000);
        QVERIFY(m_fleet->startHeadless() > 0);
        QTRY_COMPARE_WITH_TIMEOUT(stored("killed"), std::size_t(3), 100'000);
        QCOMPARE(stored("other"), std::size_t(0));
        const Json top = ctl({"killed", "top"});
        QCOMPARE(top.size(), std::size_t(1));
        SAME(top[0]["killed"], Json(3));
        SAME(top[0]["dry_run"], Json(1));
        std::int64_t sum = 0;
        const Json series = ctl({"killed", "series"});
        for (const Json &step : series["steps"])
            sum += step["killed"].get<std::int64_t>();
        QCOMPARE(sum, 3);
    }

    void nearerPoliciesWinAndRemovedOnesEnd()
    {
        SAME(ctl({"killer", "policy", "set", "long", "--instance", m_fleet->host().path(), "--none"})["agents"][0]["told"], Json(true));
        QCOMPARE(onAgent(), std::string("none"));
        SAME(ctl({"killer", "policy", "remove", "long", "--instance", m_fleet->host().path()})["agents"][0]["told"], Json(true));
        QCOMPARE(onAgent(), std::string("kills"));
        SAME(ctl({"killer", "policy", "remove", "long", "--all"})["agents"][0]["told"], Json(true));
        QCOMPARE(onAgent(), std::string("none"));
        QCOMPARE(ctl({"killer", "policy", "list"}).size(), std::size_t(0));
        SAME(ctl({"killer", "policy", "remove", "long", "--all"})["error"]["code"], Json("not_found"));
        SAME(ctl({"killer", "policy", "set", "x", "--all"})["error"]["code"], Json("usage"));
    }

    void whatNobodyTellsTheHeadlessInstanceOffers()
    {
        // as one that was changed while the host could not be reached
        m_fleet->killAgent(m_fleet->host());
        int status = 0;
        const Json set = ctl({"killer", "policy", "set", "late", "--all", "--longer-than", "1s", "--kill"}, &status);
        QCOMPARE(status, 1);
        SAME(set["agents"][0]["told"], Json(false));
        QVERIFY(m_fleet->startAgent(m_fleet->host()));
        QTRY_COMPARE_WITH_TIMEOUT(onAgent(), std::string("dry run: unconfirmed"), 100'000);
        SAME(ctl({"killer", "policy", "apply", "--all"})["agents"][0]["told"], Json(true));
        QCOMPARE(onAgent(), std::string("kills"));
    }

    void aTaskRotatesTheSlowLog()
    {
        QVERIFY(server().exec({"SET GLOBAL slow_query_log_file='" + (server().logDirectory() / "slow.log").string() + "'", "SET GLOBAL log_output='FILE'",
                               "SET GLOBAL slow_query_log=1", "SET GLOBAL long_query_time=0"}));
        QVERIFY(server().exec("SELECT 1"));
        int status = 0;
        const Json task = ctl({"task", "add", "rotation", "--kind", "rotate", "--all", "--every", "2s"}, &status);
        QVERIFY2(status == 0, dumpJson(task).c_str());
        QTRY_VERIFY_WITH_TIMEOUT(std::filesystem::exists(server().logDirectory() / "slow.log.1"), 60'000);
        QCOMPARE(ctl({"task", "remove", "rotation"}, &status).is_object(), true);
        QTRY_VERIFY_WITH_TIMEOUT(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.run WHERE kind='rotate' AND state='succeeded'") != "0", 60'000);
    }
};

QTEST_MAIN(TestKillFleet)
#include "tst_killfleet.moc"
