// SPDX-License-Identifier: GPL-3.0-or-later
// Follow-up tasks: written with the end of a run, run exactly once.
#include "app/workflow/follow.h"
#include "app/workflow/newrun.h"
#include "app/workflow/runrepository.h"
#include "tests/store/repositorytest.h"

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;
using store::value;

class TestFollow : public RepositoryTest
{
    Q_OBJECT

    Fleet m_fleet;

    Task addTask(const std::string &name)
    {
        Task task;
        task.id = Uuid::v7();
        task.name = name;
        task.kind = "facts";
        task.selector.all = true;
        task.schedule = {{"every", "day"}, {"at", "02:30"}, {"zone", "UTC"}};
        task.policies.source = "as_named";
        task.author = "ann";
        task.enabled = name == "first";
        const auto added = workflow::addTask(*m_session, task);
        if (!added)
            qFatal("%s", describe(added.error()).c_str());
        return task;
    }
    /// A run of the task that begins and ends as the engine writes it.
    Run end(const Task &task, RunState state, TimePoint occurrence)
    {
        RunDetail detail = workflow::makeTaskRun(task, occurrence, occurrence, m_fleet.hosts.at(0).id, m_fleet.instances.at(0).instance.id);
        const auto finished = [&](auto &&done) {
            if (!done || !*done)
                qFatal("%s", done ? "lost" : describe(done.error()).c_str());
        };
        finished(workflow::createRun(*m_session, detail));
        detail = **workflow::loadRun(*m_session, detail.run.id);
        Attempt attempt;
        attempt.runId = detail.run.id;
        attempt.hostId = detail.run.hostId;
        attempt.sentAt = occurrence;
        detail.run.state = detail.steps[0].state = RunState::Running;
        finished(workflow::beginAttempt(*m_session, detail.run, detail.steps[0], attempt));
        detail = **workflow::loadRun(*m_session, detail.run.id);
        attempt.state = detail.run.state = detail.steps[0].state = state;
        attempt.endedAt = detail.run.endedAt = detail.steps[0].endedAt = occurrence + 1s;
        finished(workflow::endAttempt(*m_session, detail.run, detail.steps[0], {attempt}));
        return detail.run;
    }
    std::int64_t number(const std::string &sql) { return m_session->query(sql).value().front().integer(0); }

private Q_SLOTS:
    void initTestCase_data() { bothFlavours(); }
    void initTestCase() {}
    void init()
    {
        prepare();
        if (!m_session)
            return;
        const Host host = addHost("db1");
        wire::InstanceState state;
        state.name = "my3306";
        state.state = "up";
        VERIFY_OK(fleet::storeSamples(*m_session, {{host.id, "ok", std::nullopt, std::vector<wire::InstanceState>{state}, std::nullopt, 1}}));
        m_fleet = fleet::loadFleet(*m_session).value();
    }

    void eachEndIsFollowedOnce()
    {
        workflow::Kinds kinds;
        workflow::addHostKinds(kinds);
        const Task first = addTask("first"), after = addTask("after"), alarm = addTask("alarm");
        const TimePoint at = m_session->now().value() - 1h;
        end(first, RunState::Succeeded, at); // nothing follows yet
        VERIFY_OK(workflow::setFollow(*m_session, {first.id, "success", after.id}, true));
        VERIFY_OK(workflow::setFollow(*m_session, {first.id, "failure", alarm.id}, true));
        QCOMPARE(workflow::runFollowers(*m_session, kinds, m_fleet).value(), 0);

        const Run good = end(first, RunState::Succeeded, at + 1min);
        QCOMPARE(number("SELECT COUNT(*) FROM outbox WHERE done_us IS NULL"), 1);
        // one that dies between making the run and writing that it did: the next one makes the same run
        QCOMPARE(workflow::runFollowers(*m_session, kinds, m_fleet).value(), 1);
        VERIFY_OK(m_session->execute("UPDATE outbox SET done_us = NULL"));
        QCOMPARE(workflow::runFollowers(*m_session, kinds, m_fleet).value(), 0);
        QCOMPARE(number("SELECT COUNT(*) FROM run WHERE caused_by IS NOT NULL"), 1);
        QCOMPARE(m_session->query("SELECT caused_by FROM run WHERE caused_by IS NOT NULL").value().front().uuid(0), good.id);
        QCOMPARE(number("SELECT COUNT(*) FROM outbox WHERE done_us IS NULL"), 0);

        end(first, RunState::Failed, at + 2min);
        const auto events = m_session->query("SELECT event FROM outbox WHERE done_us IS NULL").value();
        QCOMPARE(events.size(), 1u);
        QCOMPARE(events.front().text(0), std::string("failure"));
        QCOMPARE(workflow::runFollowers(*m_session, kinds, m_fleet).value(), 1);
        end(first, RunState::Cancelled, at + 3min); // no success, no failure
        QCOMPARE(workflow::runFollowers(*m_session, kinds, m_fleet).value(), 0);
        // a task that was removed is followed by nothing, and follows nothing
        end(first, RunState::Succeeded, at + 4min);
        VERIFY_OK(workflow::removeTask(*m_session, after.id, "ann"));
        QCOMPARE(workflow::runFollowers(*m_session, kinds, m_fleet).value(), 0);
        QCOMPARE(workflow::loadFollows(*m_session).value().size(), 1u);
    }

    void noCircles()
    {
        const Task a = addTask("a"), b = addTask("b"), c = addTask("c");
        VERIFY_OK(workflow::setFollow(*m_session, {a.id, "success", b.id}, true));
        VERIFY_OK(workflow::setFollow(*m_session, {b.id, "failure", c.id}, true));
        COMPARE_CODE(workflow::setFollow(*m_session, {c.id, "success", a.id}, true), errors::usage);
        COMPARE_CODE(workflow::setFollow(*m_session, {a.id, "success", a.id}, true), errors::usage);
        VERIFY_OK(workflow::setFollow(*m_session, {b.id, "failure", c.id}, false));
        VERIFY_OK(workflow::setFollow(*m_session, {c.id, "success", a.id}, true));
    }
};

QTEST_GUILESS_MAIN(TestFollow)
#include "tst_follow.moc"
