// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/json.h"
#include "tests/support/same.h"
#include "tests/support/testfleet.h"

#include <QTest>

#include <fstream>

using namespace zandb;
using namespace zandb::test;

/// `zandbctl config` on a small real fleet: two hosts with sshd and agent.
class TestConfigFleet : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestFleet> m_fleet;
    std::string m_one, m_two;

    Json ctl(std::vector<std::string> words, int *status = nullptr)
    {
        words.push_back("--json");
        const Output output = m_fleet->ctl(words);
        if (status)
            *status = output.status;
        const auto json = parseJson(output.out, 64);
        if (!json)
            qWarning("%s%s", output.out.c_str(), output.err.c_str());
        return json ? *json : Json();
    }
    TestServer &server(std::size_t host) { return *m_fleet->host(host).servers.at(0); }
    static std::string content(const std::filesystem::path &file)
    {
        std::ifstream in(file);
        return {std::istreambuf_iterator<char>(in), {}};
    }

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
            QVERIFY2(server(i).exec({"CREATE ROLE maint", "GRANT SELECT, PROCESS, RELOAD, SUPER, CONNECTION ADMIN ON *.* TO maint", "GRANT maint TO root@localhost",
                                     "SET GLOBAL long_query_time = 10"}),
                     server(i).lastError().c_str());
        }
        m_one = m_fleet->host(0).path();
        m_two = m_fleet->host(1).path();
    }
    void cleanupTestCase() { m_fleet.reset(); }

    void getShowsThePlaces()
    {
        int status = -1;
        const Json one = ctl({"config", "get", m_one, "max_connections", "long-query-time"}, &status);
        QCOMPARE(status, 0);
        QCOMPARE(one.at("variables").size(), std::size_t(2));
        SAME(one.at("variables").at(0).at("name"), Json("long_query_time"));
        SAME(one.at("variables").at(0).at("memory"), Json("10.000000"));
        // all of them come, in several answers
        const Json all = ctl({"config", "get", m_one}, &status);
        QCOMPARE(status, 0);
        QVERIFY(all.at("variables").size() > 500);
        ctl({"config", "get", m_one, "no_such_thing"}, &status);
        QCOMPARE(status, 1);
    }

    /// Slow-query thresholds on two instances: preview, change, history, and back.
    void thresholdsChangeAndGoBack()
    {
        const std::string before = content(server(0).myCnf());
        int status = -1;
        const Json preview = ctl({"config", "set", m_one, m_two, "long_query_time=1.5", "slow_query_log=ON", "--no-trial"}, &status);
        QCOMPARE(status, 0);
        QCOMPARE(preview.size(), std::size_t(2));
        SAME(preview.at(0).at("state"), Json("previewed"));
        QVERIFY(preview.at(0).at("preview").at("edits").at(0).at("diff").get<std::string>().find("+long_query_time=1.5\n") != std::string::npos);
        QCOMPARE(content(server(0).myCnf()), before);

        const Json done = ctl({"config", "set", m_one, m_two, "long_query_time=1.5", "slow_query_log=ON", "--yes"}, &status);
        QVERIFY2(status == 0, (dumpJson(done) + m_fleet->describe()).c_str());
        for (std::size_t i = 0; i < 2; ++i) {
            SAME(done.at(i).at("state"), Json("succeeded"));
            SAME(done.at(i).at("result").at("trial"), Json("started"));
            SAME(done.at(i).at("result").at("changes").at(0).at("new_memory"), Json("1.500000"));
            QCOMPARE(server(i).value("SELECT @@GLOBAL.long_query_time").value_or(""), std::string("1.500000"));
            QVERIFY(content(server(i).myCnf()).find("\nlong_query_time=1.5\n") != std::string::npos);
        }
        const Json history = ctl({"config", "history", m_one}, &status);
        QCOMPARE(history.size(), std::size_t(2));
        const auto change = std::ranges::find_if(history, [](const Json &one) { return one.at("name") == "long_query_time"; });
        QVERIFY(change != history.end());
        SAME(change->at("person"), Json("tester"));
        SAME(change->at("old_memory"), Json("10.000000"));
        SAME(change->at("new_disk"), Json("1.5"));
        QVERIFY(change->at("diff").get<std::string>().find("+long_query_time=1.5\n") != std::string::npos);
        SAME(Json(ctl({"config", "history", "--name", "long-query-time"}).size()), Json(2));

        const Json back = ctl({"config", "revert", change->at("id").get<std::string>(), "--yes", "--no-trial"}, &status);
        QVERIFY2(status == 0, dumpJson(back).c_str());
        QCOMPARE(server(0).value("SELECT @@GLOBAL.long_query_time").value_or(""), std::string("10.000000"));
        QVERIFY(content(server(0).myCnf()).find("\n#long_query_time=1.5\n") != std::string::npos);
        QCOMPARE(server(1).value("SELECT @@GLOBAL.long_query_time").value_or(""), std::string("1.500000"));
        // the way back has a row for memory and one for the disk; either of them takes all of it back
        const Json ways = ctl({"config", "history", m_one, "--name", "long_query_time"}, &status);
        QCOMPARE(ways.size(), std::size_t(3));
        const Json forth = ctl({"config", "revert", ways.at(0).at("id").get<std::string>(), "--yes", "--no-trial"}, &status);
        QVERIFY2(status == 0, dumpJson(forth).c_str());
        QCOMPARE(server(0).value("SELECT @@GLOBAL.long_query_time").value_or(""), std::string("1.500000"));
        QVERIFY2(content(server(0).myCnf()).find("\nlong_query_time=1.5\n") != std::string::npos, content(server(0).myCnf()).c_str());
        const Json again = ctl({"config", "history", m_one, "--name", "long_query_time"}, &status);
        ctl({"config", "revert", again.at(0).at("id").get<std::string>(), "--yes", "--no-trial"}, &status);
        QCOMPARE(status, 0);
        QCOMPARE(server(0).value("SELECT @@GLOBAL.long_query_time").value_or(""), std::string("10.000000"));
        QVERIFY(m_fleet->ctl({"config", "history", "--name", "nosuch"}).out.find("No change of nosuch was made") != std::string::npos);
        // once more: its values stand there no longer
        ctl({"config", "revert", change->at("id").get<std::string>(), "--yes", "--no-trial"}, &status);
        QCOMPARE(status, 1);
    }

    void driftIsFoundAcceptedAndRepaired()
    {
        int status = -1;
        const auto of = [](const Json &answer, const std::string &code, const std::string &subject) {
            std::vector<Json> found;
            for (const Json &one : answer.at("findings")) {
                if (one.at("code") == code && one.at("subject") == subject)
                    found.push_back(one);
            }
            return found;
        };
        QVERIFY(server(1).exec("SET GLOBAL max_connections = 77"));
        ctl({"drift", "standard", "set", "max_connections=78", "--all"}, &status);
        QCOMPARE(status, 0);
        QVERIFY(server(0).exec("SET GLOBAL max_connections = 78"));
        // a scheduled task reads as `drift check` does
        m_fleet->startHeadless();
        QCOMPARE(m_fleet->ctl({"task", "add", "drift", "--kind", "drift", "--all", "--every", "2s"}).status, 0);
        QTRY_VERIFY2_WITH_TIMEOUT(of(ctl({"drift", "list"}), "standard", "max_connections").size() == 1, m_fleet->describe().c_str(), 60'000);
        QCOMPARE(m_fleet->ctl({"task", "remove", "drift"}).status, 0);
        const Json checked = ctl({"drift", "check"}, &status);
        QCOMPARE(status, 0);
        SAME(Json(checked.at("read").size()), Json(2));
        auto found = of(checked, "standard", "max_connections");
        QCOMPARE(found.size(), std::size_t(1));
        SAME(found[0].at("instance"), Json(m_two));
        SAME(found[0].at("found"), Json("77"));
        SAME(found[0].at("accepted"), Json());
        ctl({"drift", "accept", m_two, "max_connections", "--reason", "load test", "--for", "1d"}, &status);
        QCOMPARE(status, 0);
        found = of(ctl({"drift", "list", m_two}), "standard", "max_connections");
        SAME(found.at(0).at("accepted").at("reason"), Json("load test"));
        QCOMPARE(m_fleet->ctl({"drift", "accept", m_two, "max_connections", "--for", "1d"}).status, 2);
        // repair goes the way of every change, and leaves alone what is accepted
        SAME(ctl({"drift", "repair", m_two, "--name", "max_connections"}, &status), Json::array());
        QCOMPARE(status, 0);
        QVERIFY(server(0).exec("SET GLOBAL max_connections = 76"));
        ctl({"drift", "check"}, &status);
        const Json seen = ctl({"drift", "repair", "--name", "max-connections"}, &status);
        QCOMPARE(status, 0);
        QCOMPARE(seen.size(), std::size_t(1));
        SAME(seen.at(0).at("state"), Json("previewed"));
        SAME(seen.at(0).at("preview").at("changes").at(0).at("old_memory"), Json("76"));
        const Json repaired = ctl({"drift", "repair", "--name", "max_connections", "--yes", "--no-trial"}, &status);
        QVERIFY2(status == 0, dumpJson(repaired).c_str());
        QCOMPARE(server(0).value("SELECT @@GLOBAL.max_connections").value_or(""), std::string("78"));
        QVERIFY(content(server(0).myCnf()).find("max_connections=78\n") != std::string::npos);
        QVERIFY(of(ctl({"drift", "check", m_one}), "standard", "max_connections").empty());
        // no standard of what no server knows, or would take
        ctl({"drift", "standard", "set", "max_conections=90", "--all"}, &status);
        QCOMPARE(status, 1);
        ctl({"drift", "standard", "set", "max_connections=lots", "--all"}, &status);
        QCOMPARE(status, 1);
        ctl({"drift", "standard", "remove", "max_connections", "--all"}, &status);
        QCOMPARE(status, 0);
    }

    /// One first; what fails there is not sent to the others.
    void wavesStopAtTheFirstFailure()
    {
        int status = -1;
        const std::string before = content(server(0).myCnf());
        // only a start finds this
        const Json failed = ctl({"config", "set", m_one, m_two, "table_open_cache_instances=abc", "--disk", "--canary", m_two, "--yes"}, &status);
        QCOMPARE(status, 1);
        SAME(failed.at(0).at("state"), Json("not_run"));
        SAME(failed.at(0).at("run_id"), Json());
        SAME(failed.at(1).at("state"), Json("failed"));
        SAME(failed.at(1).at("error").at("code"), Json("config.trial_failed"));
        QCOMPARE(content(server(0).myCnf()), before);
        const Json done = ctl({"config", "set", m_one, m_two, "wait_timeout=500", "--memory", "--pause", "1s", "--yes"}, &status);
        QVERIFY2(status == 0, dumpJson(done).c_str());
        SAME(done.at(0).at("wave"), Json(0));
        SAME(done.at(1).at("wave"), Json(1));
        QCOMPARE(server(1).value("SELECT @@GLOBAL.wait_timeout").value_or(""), std::string("500"));
        for (const std::vector<std::string> &wrong : {std::vector<std::string>{"--stop-on", "often"}, {"--canary", "nobody/here"}, {"--wave", "0"}}) {
            std::vector<std::string> words{"config", "set", m_one, "wait_timeout=501"};
            words.insert(words.end(), wrong.begin(), wrong.end());
            QCOMPARE(m_fleet->ctl(words).status, 2);
        }
    }

    /// An agent that was killed in the middle takes the change back when it starts, and the store hears of it.
    void whatACrashCutOffIsTold()
    {
        TestFleet::Host &host = m_fleet->host(0);
        const std::string run = Uuid::v7().toString(), name = server(0).name();
        const std::string before = server(0).value("SELECT @@GLOBAL.net_read_timeout").value_or("");
        m_fleet->killAgent(host);
        QVERIFY(server(0).exec("SET GLOBAL net_read_timeout = 77"));
        const Json outcome{{"name", "net_read_timeout"}, {"where", "memory"}, {"asked", "77"}, {"oldMemory", before}, {"newMemory", "77"}};
        const Json record{{"id", run}, {"instance", name}, {"by", "tester"}, {"at_us", 1}, {"files", Json::array()}, {"persisted", Json::array()},
                          {"memory", Json::array({{{"name", "net_read_timeout"}, {"before", before}, {"after", "77"}}})}, {"changes", Json::array({outcome})}};
        const auto directory = host.directory / "state" / "config";
        std::filesystem::create_directories(directory);
        std::ofstream(directory / (name + '.' + run + ".json")) << dumpJson(record);
        QVERIFY(m_fleet->startAgent(host));
        QTRY_COMPARE_WITH_TIMEOUT(server(0).value("SELECT @@GLOBAL.net_read_timeout").value_or(""), before, 30'000);
        Json told;
        QTRY_VERIFY2_WITH_TIMEOUT(!(told = ctl({"config", "history", "--name", "net_read_timeout"})).empty(), m_fleet->describe().c_str(), 60'000);
        SAME(told.at(0).at("taken_back"), Json(true));
        SAME(told.at(0).at("run_id"), Json(run));
        SAME(told.at(0).at("person"), Json("tester"));
        SAME(told.at(0).at("new_memory"), Json("77"));
        SAME(told.at(0).at("instance"), Json(m_one));
        QCOMPARE(m_fleet->ctl({"config", "revert", told.at(0).at("id").get<std::string>(), "--yes"}).status, 2);
        QTRY_VERIFY_WITH_TIMEOUT(std::filesystem::is_empty(directory / "recovered"), 30'000);
    }

    /// What others would feel is said before it is done.
    void hazardsAreNamed()
    {
        int status = -1;
        const Json seen = ctl({"config", "set", m_one, "read_only=ON", "port=3999", "skip_networking=ON", "--no-trial"}, &status);
        QVERIFY2(status == 0, dumpJson(seen).c_str());
        std::string warnings;
        for (const Json &change : seen.at(0).at("preview").at("changes"))
            warnings += dumpJson(change.at("warnings"));
        QCOMPARE(warnings, std::string(R"(["hazard.read_only"]["hazard.port"]["hazard.skip_networking"])"));
        const auto told = m_fleet->ctl({"config", "set", m_one, "read_only=ON", "--no-trial"});
        QVERIFY2(told.out.find("applications cannot write") != std::string::npos, told.out.c_str());
    }

    void aRefusalAnywhereChangesNothing()
    {
        int status = -1;
        const Json refused = ctl({"config", "set", m_one, m_two, "max_connections=abc", "--yes"}, &status);
        QCOMPARE(status, 1);
        SAME(refused.at(0).at("state"), Json("refused"));
        SAME(refused.at(0).at("error").at("code"), Json("config.out_of_range"));
        QCOMPARE(m_fleet->ctl({"config", "set", m_one}).status, 2);
        QCOMPARE(m_fleet->ctl({"config", "set", "max_connections=5"}).status, 2);
    }
};

QTEST_GUILESS_MAIN(TestConfigFleet)
#include "tst_configfleet.moc"
