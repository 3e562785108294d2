// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/json.h"
#include "tests/support/testfleet.h"

#include <QStandardPaths>
#include <QTest>

#include <csignal>
#include <fstream>
#include <thread>
#include <unistd.h>

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;

/// Scripts over four instances in waves, while things break.
class TestSqlWaves : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestFleet> m_fleet;

    TestServer &server(std::size_t i) { return *m_fleet->host(i / 2).servers.at(i % 2); }
    std::string path(std::size_t i) { return m_fleet->host(i / 2).path(i % 2); }
    std::vector<std::string> words(std::vector<std::string> first, std::vector<std::string> last = {})
    {
        for (std::size_t i = 0; i < 4; ++i)
            first.push_back(path(i));
        first.insert(first.end(), last.begin(), last.end());
        return first;
    }
    Json parsed(const Output &output)
    {
        const auto json = parseJson(output.out);
        if (!json)
            qWarning("%s%s", output.out.c_str(), output.err.c_str());
        return json ? *json : Json::array();
    }
    /// "succeeded failed not_run ..."
    static std::string states(const Json &outcomes)
    {
        std::string text;
        for (const Json &one : outcomes)
            text += (text.empty() ? "" : " ") + one.at("state").get<std::string>();
        return text;
    }
    /// Of the newest plan: id, state, and the states of its instances.
    Json newestPlan()
    {
        const Json plans = parsed(m_fleet->ctl({"sql", "plans", "--json", "--limit", "1"}));
        return plans.empty() ? Json::object() : parsed(m_fleet->ctl({"sql", "plans", plans.at(0).at("plan_id").get<std::string>(), "--json"})).at(0);
    }
    Output resume(const std::string &plan, std::vector<std::string> more = {})
    {
        const Output shown = m_fleet->ctl({"sql", "resume", plan});
        const auto at = shown.err.find("--confirm ");
        if (shown.status != 2 || at == std::string::npos)
            return shown;
        std::vector<std::string> all{"sql", "resume", plan, "--json", "--confirm", shown.err.substr(at + 10, 16)};
        all.insert(all.end(), more.begin(), more.end());
        return m_fleet->ctl(all);
    }
    std::string counters()
    {
        std::string text;
        for (std::size_t i = 0; i < 4; ++i)
            text += server(i).value("SELECT n FROM w.t WHERE id = 1").value_or("?");
        return text;
    }
    std::string waiting(std::size_t i, const std::string &like)
    {
        return server(i).value("SELECT MIN(ID) FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID() AND INFO LIKE '" + like + "%'").value_or("");
    }
    /// A session that holds the row of an instance until release().
    pid_t hold(std::size_t i)
    {
        const pid_t pid = startProgram({QStandardPaths::findExecutable(QStringLiteral("mariadb")).toStdString(), "--no-defaults", "-uroot", "-S", server(i).socket().string(), "-e", "BEGIN; SELECT * FROM w.t WHERE id = 1 FOR UPDATE; SELECT SLEEP(300)"},
                                       m_fleet->directory() / "hold.log");
        (void)QTest::qWaitFor([&] { return !waiting(i, "SELECT SLEEP(300)").empty(); }, 20'000);
        return pid;
    }
    void release(std::size_t i, pid_t pid)
    {
        (void)server(i).exec("KILL " + waiting(i, "SELECT SLEEP(300)"));
        endProgram(pid, SIGKILL);
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto reason = TestFleet::unavailable(); !reason.empty())
            QSKIP(reason.c_str());
        std::string error;
        FleetOptions options;
        options.hosts = 2;
        options.instancesPerHost = 2;
        m_fleet = TestFleet::start(options, &error);
        QVERIFY2(m_fleet, error.c_str());
        for (std::size_t i = 0; i < 4; ++i)
            QVERIFY2(server(i).exec({"CREATE ROLE 'explain'", "CREATE ROLE maint", "GRANT SELECT, SHOW VIEW ON *.* TO 'explain'",
                                     "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, PROCESS, RELOAD, SUPER, CONNECTION ADMIN ON *.* TO maint", "GRANT 'explain' TO root@localhost",
                                     "GRANT maint TO root@localhost", "CREATE DATABASE w", "CREATE TABLE w.t (id INT PRIMARY KEY, n INT)", "INSERT INTO w.t VALUES (1, 0)"}),
                     server(i).lastError().c_str());
    }
    void init()
    {
        for (std::size_t i = 0; m_fleet && i < 4; ++i)
            QVERIFY(server(i).exec("UPDATE w.t SET n = 0"));
    }
    void cleanupTestCase() { m_fleet.reset(); }

    void canaryThenWaves()
    {
        const Output output = m_fleet->ctl(words({"sql", "run"}, {"--json", "--confirmed", "--schema", "w", "--canary", path(2), "--wave", "2", "--sql", "UPDATE t SET n = n + 1 WHERE id = 1 LIMIT 1"}));
        QVERIFY2(output.status == 0, (output.err + m_fleet->describe()).c_str());
        const Json json = parsed(output);
        QCOMPARE(states(json), std::string("succeeded succeeded succeeded succeeded"));
        QCOMPARE(json.at(0).at("instance").get<std::string>(), path(2));
        QCOMPARE(counters(), std::string("1111"));
        const Json plan = newestPlan();
        QCOMPARE(plan.at("state").get<std::string>(), std::string("finished"));
        std::string waves;
        for (const Json &target : plan.at("targets"))
            waves += std::to_string(target.at("wave").get<int>());
        QCOMPARE(waves, std::string("0112"));
        QCOMPARE(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.audit WHERE act = 'sql.plan'"), std::string("1"));
    }

    /// The canary fails and no other one is touched; mended, the plan goes on.
    void aFailureStopsAndIsRetried()
    {
        QVERIFY(server(0).exec("ALTER TABLE w.t RENAME COLUMN n TO away"));
        const Output output = m_fleet->ctl(words({"sql", "run"}, {"--json", "--confirmed", "--schema", "w", "--canary", path(0), "--wave", "3", "--sql", "UPDATE t SET n = n + 1 WHERE id = 1 LIMIT 1"}));
        QCOMPARE(output.status, 1);
        QCOMPARE(states(parsed(output)), std::string("failed not_run not_run not_run"));
        const Json plan = newestPlan();
        const std::string id = plan.at("plan_id").get<std::string>();
        QCOMPARE(plan.at("state").get<std::string>(), std::string("stopped"));
        QCOMPARE(plan.at("reason").at("code").get<std::string>(), std::string("sql.waves_stopped"));
        QVERIFY(server(0).exec("ALTER TABLE w.t RENAME COLUMN away TO n"));
        QCOMPARE(states(parsed(resume(id))), std::string("failed not_run not_run not_run")); // it has still failed
        const Output again = resume(id, {"--retry-failed"});
        QVERIFY2(again.status == 0, again.err.c_str());
        QCOMPARE(counters(), std::string("1111"));
        // nothing is left to do, and nothing to end
        const Output done = m_fleet->ctl({"sql", "resume", id});
        QVERIFY2(done.status == 2 && done.err.find("all of its instances have ended") != std::string::npos, done.err.c_str());
        const Output ended = m_fleet->ctl({"sql", "cancel", id});
        QVERIFY2(ended.status == 2 && ended.err.find("is finished already") != std::string::npos, ended.err.c_str());
    }

    /// What one instance refuses for certain is begun on none, and is no failed run.
    void refusedBeforeItIsBegun()
    {
        const std::string plans = m_fleet->storeValue("SELECT COUNT(*) FROM zandb.sql_plan"), runs = m_fleet->storeValue("SELECT COUNT(*) FROM zandb.run");
        QVERIFY(server(2).exec("RENAME TABLE w.t TO w.away"));
        const Output output = m_fleet->ctl(words({"sql", "run"}, {"--json", "--confirmed", "--schema", "w", "--canary", path(0), "--sql", "UPDATE t SET n = n + 1 WHERE id = 1 LIMIT 1"}));
        QVERIFY(server(2).exec("RENAME TABLE w.away TO w.t"));
        QCOMPARE(output.status, 1);
        const Json outcomes = parsed(output);
        QCOMPARE(outcomes.size(), std::size_t{4});
        for (const Json &one : outcomes) {
            const bool lacks = one.at("instance") == path(2);
            QVERIFY2(one.at("state") == (lacks ? "refused" : "not_run") && (!lacks || one.at("error").at("code") == "sql.refused"), output.out.c_str());
        }
        QCOMPARE(counters(), std::string("0000"));
        QCOMPARE(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.sql_plan") + ' ' + m_fleet->storeValue("SELECT COUNT(*) FROM zandb.run"), plans + ' ' + runs);
    }

    /// Whoever has run a script sees with which run its rows are put back.
    void theRunIsNamed()
    {
        const Output output = m_fleet->ctl({"sql", "run", path(0), "--confirmed", "--schema", "w", "--sql", "UPDATE t SET n = n + 1 WHERE id = 1 LIMIT 1"});
        const auto at = output.err.find("zandbctl sql undo ");
        QVERIFY2(output.status == 0 && at != std::string::npos, output.err.c_str());
        const std::string run = output.err.substr(at + 18, 36);
        const Output plan = m_fleet->ctl({"sql", "plans", newestPlan().at("plan_id").get<std::string>()});
        QVERIFY2(plan.out.find(run) != std::string::npos, plan.out.c_str());
        const Output seen = m_fleet->ctl({"sql", "undo", run, "--preview"});
        QVERIFY2(seen.status == 0 && seen.out.find("restorable") != std::string::npos && seen.out.find("restored") == std::string::npos, (seen.out + seen.err).c_str());
        const Output undone = m_fleet->ctl({"sql", "undo", run, "--confirmed"});
        QVERIFY2(undone.status == 0 && undone.out.find("restored") != std::string::npos, (undone.out + undone.err).c_str());
        QCOMPARE(counters(), std::string("0000"));
    }

    /// The program that led a plan is gone: whoever cancels it ends what it has begun.
    void cancelledWithoutItsProgram()
    {
        const pid_t holder = hold(0);
        const pid_t ctl = startProgram(m_fleet->ctlWords(words({"sql", "run"}, {"--confirmed", "--schema", "w", "--canary", path(0), "--lock-wait", "300s", "--sql", "UPDATE t SET n = n + 1 WHERE id = 1 LIMIT 1"})),
                                       m_fleet->directory() / "gone.log");
        QTRY_VERIFY_WITH_TIMEOUT(!waiting(0, "SELECT `id`, `n` FROM").empty(), 30'000);
        endProgram(ctl, SIGKILL);
        const std::string id = newestPlan().at("plan_id").get<std::string>();
        const Output output = m_fleet->ctl({"sql", "cancel", id});
        QVERIFY2(output.status == 0, (output.out + output.err).c_str());
        const Json plan = newestPlan();
        QCOMPARE(plan.at("state").get<std::string>(), std::string("cancelled"));
        QCOMPARE(states(plan.at("targets")), std::string("cancelled pending pending pending"));
        QTRY_VERIFY_WITH_TIMEOUT(waiting(0, "SELECT `id`, `n` FROM").empty(), 30'000);
        release(0, holder);
        QCOMPARE(counters(), std::string("0000"));
    }

    /// zandbctl is killed while a statement waits for a lock: the statement goes on at its agent, and whoever resumes repeats nothing.
    void theProgramIsKilled()
    {
        const pid_t holder = hold(1);
        const pid_t ctl = startProgram(m_fleet->ctlWords(words({"sql", "run"}, {"--confirmed", "--schema", "w", "--canary", path(0), "--wave", "3", "--lock-wait", "100s", "--sql", "UPDATE t SET n = n + 1 WHERE id = 1 LIMIT 1"})),
                                       m_fleet->directory() / "killed.log");
        QTRY_VERIFY_WITH_TIMEOUT(!waiting(1, "SELECT `id`, `n` FROM").empty(), 30'000);
        endProgram(ctl, SIGKILL);
        const Json left = newestPlan();
        QCOMPARE(left.at("state").get<std::string>(), std::string("running"));
        const auto held = std::ranges::find_if(left.at("targets"), [&](const Json &target) { return target.at("instance") == path(1); });
        QVERIFY(held != left.at("targets").end());
        QCOMPARE(held->at("state").get<std::string>(), std::string("ordered"));
        release(1, holder);
        const Output resumed = resume(left.at("plan_id").get<std::string>());
        QVERIFY2(resumed.status == 0, (resumed.err + resumed.out).c_str());
        QCOMPARE(states(parsed(resumed)), std::string("succeeded succeeded succeeded succeeded"));
        QCOMPARE(counters(), std::string("1111"));
        QCOMPARE(newestPlan().at("state").get<std::string>(), std::string("finished"));
    }

    /// The agent is killed while its worker waits: the worker goes on, and its result is fetched once.
    void theAgentIsKilled()
    {
        const pid_t holder = hold(0);
        const pid_t ctl = startProgram(m_fleet->ctlWords(words({"sql", "run"}, {"--confirmed", "--schema", "w", "--canary", path(0), "--wave", "3", "--lock-wait", "100s", "--sql", "UPDATE t SET n = n + 1 WHERE id = 1 LIMIT 1"})),
                                       m_fleet->directory() / "agent.log");
        QTRY_VERIFY_WITH_TIMEOUT(!waiting(0, "SELECT `id`, `n` FROM").empty(), 30'000);
        m_fleet->killAgent(m_fleet->host(0));
        QVERIFY(m_fleet->startAgent(m_fleet->host(0)));
        release(0, holder);
        QTRY_COMPARE_WITH_TIMEOUT(newestPlan().value("state", ""), std::string("finished"), 60'000);
        endProgram(ctl, SIGTERM);
        QCOMPARE(counters(), std::string("1111"));
    }

    /// A cancel ends the statement on the server, and what it had done is taken back.
    void cancelled()
    {
        const pid_t holder = hold(0);
        const pid_t ctl = startProgram(m_fleet->ctlWords(words({"sql", "run"}, {"--confirmed", "--schema", "w", "--canary", path(0), "--lock-wait", "300s", "--sql", "UPDATE t SET n = n + 1 WHERE id = 1 LIMIT 1"})),
                                       m_fleet->directory() / "cancel.log");
        QTRY_VERIFY_WITH_TIMEOUT(!waiting(0, "SELECT `id`, `n` FROM").empty(), 30'000);
        QCOMPARE(m_fleet->ctl({"sql", "cancel", newestPlan().at("plan_id").get<std::string>()}).status, 0);
        QTRY_VERIFY_WITH_TIMEOUT(waiting(0, "SELECT `id`, `n` FROM").empty(), 30'000);
        QTRY_COMPARE_WITH_TIMEOUT(newestPlan().value("state", ""), std::string("cancelled"), 30'000);
        const Json plan = newestPlan();
        QCOMPARE(states(plan.at("targets")), std::string("cancelled pending pending pending"));
        release(0, holder);
        endProgram(ctl, SIGTERM);
        QCOMPARE(counters(), std::string("0000"));
    }

    /// The connection is lost while an ALTER runs: nobody knows, and nothing repeats it.
    void unknownIsNeverRepeated()
    {
        const pid_t holder = hold(0);
        const pid_t ctl = startProgram(m_fleet->ctlWords(words({"sql", "run"}, {"--confirmed", "--schema", "w", "--canary", path(0), "--lock-wait", "300s", "--sql", "ALTER TABLE t ADD INDEX by_n (n)"})), m_fleet->directory() / "lost.log");
        QTRY_VERIFY_WITH_TIMEOUT(!waiting(0, "ALTER TABLE t").empty(), 30'000);
        QVERIFY(server(0).exec("KILL CONNECTION " + waiting(0, "ALTER TABLE t")));
        QTRY_COMPARE_WITH_TIMEOUT(newestPlan().value("state", ""), std::string("stopped"), 30'000);
        const Json plan = newestPlan();
        QCOMPARE(states(plan.at("targets")), std::string("unknown pending pending pending"));
        release(0, holder);
        endProgram(ctl, SIGTERM);
        QCOMPARE(states(parsed(resume(plan.at("plan_id").get<std::string>(), {"--retry-failed"}))), std::string("unknown not_run not_run not_run"));
        QCOMPARE(server(0).value("SELECT COUNT(*) FROM information_schema.STATISTICS WHERE INDEX_NAME = 'by_n'").value_or(""), std::string("0"));
    }

    /// A server with too much to do gets no wave.
    void aBusyServerStops()
    {
        std::vector<pid_t> busy;
        for (int i = 0; i < 2; ++i)
            busy.push_back(startProgram({QStandardPaths::findExecutable(QStringLiteral("mariadb")).toStdString(), "--no-defaults", "-uroot", "-S", server(3).socket().string(), "-e", "SELECT SLEEP(200 + " + std::to_string(i) + ")"}, m_fleet->directory() / "busy.log"));
        QTRY_COMPARE_WITH_TIMEOUT(server(3).value("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT SLEEP(200%'").value_or(""), std::string("2"), 20'000);
        const Output output = m_fleet->ctl(words({"sql", "run"}, {"--json", "--confirmed", "--schema", "w", "--canary", path(3), "--max-running", "1", "--sql", "UPDATE t SET n = n + 1 WHERE id = 1 LIMIT 1"}));
        QCOMPARE(states(parsed(output)), std::string("not_run not_run not_run not_run"));
        const Json plan = newestPlan();
        QCOMPARE(plan.at("reason").at("code").get<std::string>(), std::string("sql.server_busy"));
        for (const pid_t pid : busy)
            endProgram(pid, SIGKILL);
        for (int i = 0; i < 2; ++i)
            (void)server(3).exec("KILL " + waiting(3, "SELECT SLEEP(200"));
        QCOMPARE(counters(), std::string("0000"));
        QCOMPARE(states(parsed(resume(plan.at("plan_id").get<std::string>()))), std::string("succeeded succeeded succeeded succeeded"));
        QCOMPARE(counters(), std::string("1111"));
    }

    /// What only reads makes no runs, goes to all at once and leaves one audit row.
    void readsAreCalls()
    {
        const auto runs = m_fleet->storeValue("SELECT COUNT(*) FROM zandb.run"), audits = m_fleet->storeValue("SELECT COUNT(*) FROM zandb.audit WHERE act = 'sql.read'");
        const Output output = m_fleet->ctl(words({"sql", "run"}, {"--json", "--schema", "w", "--sql", "SELECT id, n FROM t; SHOW TABLES"}));
        QVERIFY2(output.status == 0, output.err.c_str());
        QCOMPARE(states(parsed(output)), std::string("succeeded succeeded succeeded succeeded"));
        QCOMPARE(dumpJson(parsed(output).at(3).at("statements").at(0).at("rows")), std::string(R"([["1","0"]])"));
        QCOMPARE(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.run"), runs);
        QCOMPARE(std::stoi(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.audit WHERE act = 'sql.read'")), std::stoi(audits) + 1);
        const Output preview = m_fleet->ctl(words({"sql", "preview"}, {"--json", "--schema", "w", "--sql", "UPDATE t SET n = 1 WHERE id = 1 LIMIT 1"}));
        QVERIFY2(preview.status == 0, (preview.err + preview.out).c_str());
        QCOMPARE(parsed(preview).size(), std::size_t{4});
        QCOMPARE(parsed(preview).at(0).at("statements").at(0).at("key").get<std::string>(), std::string("PRIMARY"));
        // a result far larger than what waits at the agent is streamed whole, up to the limit
        const Output many = m_fleet->ctl({"sql", "run", path(0), "--csv", "--rows", "100000", "--sql", "SELECT a.ORDINAL_POSITION, a.COLUMN_NAME FROM information_schema.COLUMNS a, information_schema.COLUMNS b LIMIT 60000"});
        QCOMPARE(std::ranges::count(many.out, '\n'), 60'001);
        const Output few = m_fleet->ctl({"sql", "run", path(0), "--csv", "--rows", "100000", "--save", m_fleet->directory().string(), "--sql", "SELECT a.ORDINAL_POSITION FROM information_schema.COLUMNS a, information_schema.COLUMNS b LIMIT 60000"});
        QCOMPARE(std::ranges::count(few.out, '\n'), 1'001);
        std::size_t lines = 0;
        for (const auto &entry : std::filesystem::directory_iterator(m_fleet->directory())) {
            if (entry.path().extension() != ".csv")
                continue;
            std::ifstream file(entry.path());
            for (std::string line; std::getline(file, line);)
                ++lines;
        }
        QCOMPARE(lines, std::size_t{60'001});
    }
};

QTEST_GUILESS_MAIN(TestSqlWaves)
#include "tst_sqlwaves.moc"
