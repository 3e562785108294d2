// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/fleet/grouprepository.h"
#include "app/workflow/newrun.h"
#include "app/workflow/retention.h"
#include "app/workflow/runrepository.h"
#include "models/fleet/groupsettings.h"
#include "tests/store/repositorytest.h"

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;
using store::value;

/// What the store no longer keeps, in a real store of each flavour.
class TestRetention : public RepositoryTest
{
    Q_OBJECT

    Uuid idAt(TimePoint at, int k)
    {
        Uuid id = Uuid::v7();
        auto millis = static_cast<std::uint64_t>(toMicros(at) / 1000);
        for (int i = 5; i >= 0; --i, millis >>= 8)
            id.bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(millis & 0xff);
        id.bytes[15] = static_cast<std::uint8_t>(k);
        return id;
    }
    /// A run of so long ago with a step, an attempt and a piece of log.
    Uuid addRun(std::chrono::days ago, const std::string &state)
    {
        const TimePoint at = m_now - ago;
        const Uuid id = idAt(at, ++m_count);
        const auto sql = [&](const std::string &text, const std::vector<store::Value> &values) {
            const auto done = m_session->execute(text, values);
            if (!done)
                qFatal("%s", describe(done.error()).c_str());
        };
        const bool open = state == "running" || state == "pending";
        const auto ended = open ? store::Value(nullptr) : value(at);
        sql("INSERT INTO run (id, task_revision, occurrence_us, due_us, kind, host_id, target_id, args, policies, state, executor, author, definition_sha256, "
            "signer, signature, cancel_requested, retry_requested, attempts, created_us, started_us, ended_us, fence, revision) "
            "VALUES (?,0,?,?,'backup',?,?,'{}','{}',?,'','ann','','','',0,0,1,?,?,?,1,1)",
            {value(id), value(at), value(at), value(m_host), value(m_host), value(state), value(at), value(at), ended});
        sql("INSERT INTO run_step (run_id, step, name, kind, host_id, depends_on, args, state, attempts, fence, revision) VALUES (?,1,'backup','backup',?,'','{}',?,1,1,1)",
            {value(id), value(m_host), value(state)});
        sql("INSERT INTO attempt (run_id, step, attempt, host_id, state, fence, sent_us, started_us, ended_us, log_size) VALUES (?,1,1,?,?,1,?,?,?,4)",
            {value(id), value(m_host), value(state), value(at), value(at), ended});
        sql("INSERT INTO attempt_log (run_id, step, attempt, log_offset, piece) VALUES (?,1,1,0,'line')", {value(id)});
        return id;
    }
    std::int64_t count(const std::string &table, const Uuid &run)
    {
        const auto rows = m_session->query("SELECT COUNT(*) FROM " + table + " WHERE " + (table == "run" ? "id" : "run_id") + "=?", {value(run)});
        return rows ? rows->front().integer(0) : -1;
    }
    std::int64_t number(const std::string &sql)
    {
        const auto rows = m_session->query(sql);
        return rows && !rows->front().isNull(0) ? rows->front().integer(0) : -1;
    }
    workflow::RemovedRows removed()
    {
        const auto fleet = fleet::loadFleet(*m_session);
        const auto done = fleet ? workflow::removeExpired(*m_session, *fleet, m_now) : Result<workflow::RemovedRows>(fail(fleet.error()));
        if (!done)
            qWarning("%s", describe(done.error()).c_str());
        return done.value_or(workflow::RemovedRows{{"failed", -1}});
    }

private Q_SLOTS:
    void initTestCase_data() { bothFlavours(); }
    void initTestCase() {}
    void init()
    {
        prepare();
        if (!m_session)
            return;
        m_now = m_session->now().value();
        m_host = Uuid::v7();
    }

    void eachTableKeepsItsDays()
    {
        const Uuid young = addRun(std::chrono::days{5}, "succeeded");
        const Uuid month = addRun(std::chrono::days{31}, "failed");
        const Uuid quarter = addRun(std::chrono::days{91}, "cancelled");
        const Uuid year = addRun(std::chrono::days{401}, "succeeded");
        const Uuid open = addRun(std::chrono::days{500}, "running");
        const TimePoint old = m_now - std::chrono::days{401}, recent = m_now - std::chrono::days{399};
        for (const TimePoint at : {old, recent}) {
            VERIFY_OK(m_session->execute("INSERT INTO occurrence (task_id, due_us, task_revision, state, reason, targets, missed_count, created_us) "
                                         "VALUES (?,?,1,'missed','',1,1,?)", {value(m_host), value(at), value(at)}));
            VERIFY_OK(m_session->execute("INSERT INTO audit (id, at_us, person, act, subject, detail) VALUES (?,?,'ann','x','y','{}')",
                                         {value(idAt(at, 1)), value(at)}));
        }
        for (const auto &[ago, cleared] : {std::pair{91, true}, std::pair{89, true}, std::pair{300, false}}) {
            const TimePoint at = m_now - std::chrono::days{ago};
            VERIFY_OK(m_session->execute("INSERT INTO alert (id, kind, subject, detail, raised_us, seen_us, cleared_us, count, revision) VALUES (?,'k',?,'{}',?,?,?,1,1)",
                                         {value(Uuid::v7()), value(std::to_string(ago)), value(at), value(at), cleared ? value(at) : store::Value(nullptr)}));
            VERIFY_OK(m_session->execute("INSERT INTO series (subject_id, series_set, t0_us, packed, format, step_ms, n, points) VALUES (?,'instance',?,1,1,10000,1,'')",
                                         {value(m_host), value(at)}));
        }

        const auto gone = removed();
        QCOMPARE(gone, (workflow::RemovedRows{{"alert", 1}, {"attempt", 2}, {"attempt_log", 3}, {"audit", 1}, {"occurrence", 1}, {"run", 1}, {"run_step", 1}, {"series", 2}}));
        for (const char *table : {"run", "run_step", "attempt", "attempt_log"}) {
            QCOMPARE(count(table, young), 1);
            QCOMPARE(count(table, open), 1); // however old: nothing of it has ended
            QCOMPARE(count(table, year), 0);
        }
        QCOMPARE(count("attempt", month), 1);
        QCOMPARE(count("attempt_log", month), 0);
        QCOMPARE(count("run", quarter), 1);
        QCOMPARE(count("attempt", quarter), 0);
        QCOMPARE(number("SELECT COUNT(*) FROM alert WHERE cleared_us IS NULL"), 1);
        QCOMPARE(removed(), workflow::RemovedRows{});
    }

    void settingsOfTheWholeFleetHold()
    {
        const Uuid run = addRun(std::chrono::days{10}, "succeeded");
        QCOMPARE(removed(), workflow::RemovedRows{});
        VERIFY_OK(fleet::setGroupSetting(*m_session, Uuid{}, keepLogsDays, Json(7), "ann"));
        QCOMPARE(removed(), (workflow::RemovedRows{{"attempt_log", 1}}));
        QCOMPARE(count("attempt", run), 1);
        QVERIFY(!isGroupSetting(keepRunsDays, Json(30))); // the board computes 90 days
        QVERIFY(isGroupSetting(keepRunsDays, Json(90)));
    }

    void plansOfBatchSqlGoOnceTheyHaveEnded()
    {
        for (const auto &[days, state] : {std::pair{401, "finished"}, std::pair{399, "cancelled"}, std::pair{500, "running"}, std::pair{8, "stopped"}}) {
            const TimePoint at = m_now - std::chrono::days{days};
            const Uuid id = idAt(at, days & 255);
            VERIFY_OK(m_session->execute("INSERT INTO sql_plan (id, author, executor, state, args, policy, reason, revision, created_us, changed_us) VALUES (?,'ann','x',?,'{}','{}',NULL,1,?,?)",
                                         {value(id), value(std::string(state)), value(at), value(at)}));
            for (int position = 0; position < 2; ++position)
                VERIFY_OK(m_session->execute("INSERT INTO sql_plan_target (plan_id, position, instance_id, wave, run_id, state) VALUES (?,?,?,0,NULL,'pending')", {value(id), value(position), value(m_host)}));
        }
        QCOMPARE(removed(), (workflow::RemovedRows{{"sql_plan", 1}, {"sql_plan_target", 2}}));
        VERIFY_OK(fleet::setGroupSetting(*m_session, Uuid{}, keepSqlPlansDays, Json(7), "ann"));
        QCOMPARE(removed(), (workflow::RemovedRows{{"sql_plan", 2}, {"sql_plan_target", 4}}));
        QCOMPARE(number("SELECT COUNT(*) FROM sql_plan WHERE state = 'running'"), 1);
        QCOMPARE(number("SELECT COUNT(*) FROM sql_plan_target"), 2);
    }

    /// More than one statement takes.
    void manyRows()
    {
        std::string rows;
        std::vector<store::Value> values;
        for (int i = 0; i < 2500; ++i) {
            rows += std::string(i == 0 ? "" : ",") + "(?,0,'ann','x','y','{}')";
            values.push_back(value(idAt(m_now - std::chrono::days{500} + std::chrono::seconds{i}, i & 255)));
        }
        VERIFY_OK(m_session->execute("INSERT INTO audit (id, at_us, person, act, subject, detail) VALUES " + rows, values));
        QCOMPARE(removed(), (workflow::RemovedRows{{"audit", 2500}}));
    }

    void itEndsBetweenStatements()
    {
        addRun(std::chrono::days{401}, "succeeded");
        std::stop_source stop;
        stop.request_stop();
        const auto fleet = fleet::loadFleet(*m_session);
        const auto done = workflow::removeExpired(*m_session, *fleet, m_now, stop.get_token());
        VERIFY_OK(done);
        QVERIFY(done->empty());
    }

private:
    TimePoint m_now{};
    Uuid m_host;
    int m_count = 0;
};

QTEST_GUILESS_MAIN(TestRetention)
#include "tst_retention.moc"
