// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workflow/scheduler.h"
#include "app/workflow/taskservice.h"
#include "tests/store/repositorytest.h"


using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;

/// The scheduler on a real store: what becomes a row, and what that costs.
class TestScheduler : public RepositoryTest
{
    Q_OBJECT

    Fleet m_rows;
    std::vector<std::string> m_log;

    Task add(const std::string &name, const Json &schedule, Policies policies = {})
    {
        Task task;
        task.id = Uuid::v7();
        task.name = name;
        task.kind = "backup";
        task.selector.all = true;
        task.schedule = schedule;
        task.policies = std::move(policies);
        task.author = "ann";
        if (const auto added = workflow::addTask(*m_session, task); !added)
            qWarning("%s", describe(added.error()).c_str());
        return task;
    }
    static Json minutely() { return {{"every", "interval"}, {"seconds", 60}, {"anchor", "2026-01-01T00:00:00Z"}}; }
    /// The start of the first whole minute after the store's now.
    TimePoint minute() { return std::chrono::ceil<std::chrono::minutes>(m_session->now().value()) + 1min; }
    std::int64_t number(const std::string &sql) { return m_session->query(sql).value().front().integer(0); }
    std::int64_t statements() { return std::stoll(m_session->query("SHOW SESSION STATUS LIKE 'Questions'").value().front().text(1)); }

private Q_SLOTS:
    void initTestCase_data() { bothFlavours(); }
    void initTestCase() {}
    void init()
    {
        prepare();
        m_log.clear();
        m_rows = {};
        Host host;
        host.id = Uuid::v7();
        host.name = "db1";
        m_rows.hosts.push_back(host);
        InstanceRecord record;
        record.instance = {Uuid::v7(), host.id, "my3306", 3306, {}, 1};
        record.state = "up";
        m_rows.instances.push_back(record);
    }

    void catchUpAllDoesNotOverlapItself()
    {
        Policies policies;
        policies.catchUp = "all";
        policies.startDeadlineSeconds = 3600;
        add("often", minutely(), policies);
        workflow::Scheduler scheduler(*m_session, [&](const std::string &line) { m_log.push_back(line); });
        const TimePoint now = minute();
        VERIFY_OK(scheduler.reload(now));
        VERIFY_OK(scheduler.tick(now + 9min, m_rows));
        QVERIFY(number("SELECT COUNT(*) FROM run WHERE state='pending'") >= 9);
        QCOMPARE(number("SELECT COUNT(*) FROM run WHERE state='skipped'"), 0);
    }

    void anEditKeepsWhatIsDue()
    {
        Task task = add("often", minutely());
        workflow::Scheduler scheduler(*m_session, [](const std::string &) {});
        task = workflow::loadTasks(*m_session).value().front();
        VERIFY_OK(m_session->execute("UPDATE task SET edited_us=edited_us-120000000"));
        task.policies.keep = 9;
        VERIFY_OK(workflow::updateTask(*m_session, task));
        const TimePoint now = m_session->now().value();
        VERIFY_OK(scheduler.reload(now));
        QCOMPARE(scheduler.tick(now, m_rows).value(), true);
        QCOMPARE(number("SELECT task_revision FROM run"), 2);
    }

    void whatIsNotMineIsLeft()
    {
        add("often", minutely());
        workflow::Scheduler scheduler(*m_session, [](const std::string &) {});
        scheduler.setShare([](const Uuid &) { return false; });
        const TimePoint now = minute();
        VERIFY_OK(scheduler.reload(now));
        QCOMPARE(scheduler.tick(now + 5min, m_rows).value(), false);
        QCOMPARE(number("SELECT COUNT(*) FROM occurrence"), 0);
    }

    void whatCannotBeReadDoesNotRunAndIsSaidOnce()
    {
        add("often", minutely());
        VERIFY_OK(m_session->execute("UPDATE task SET policies='{\"keep\":\"3\"}'"));
        workflow::Scheduler scheduler(*m_session, [&](const std::string &line) { m_log.push_back(line); });
        const TimePoint now = minute();
        VERIFY_OK(scheduler.reload(now));
        VERIFY_OK(scheduler.reload(now));
        QCOMPARE(scheduler.tick(now + 5min, m_rows).value(), false);
        QCOMPARE(m_log.size(), 1u);
    }

    /// An occurrence that was for nobody did nothing, which is not the same as having gone well.
    void anOccurrenceWithoutATargetIsSkipped()
    {
        Task task = add("often", minutely());
        workflow::Scheduler scheduler(*m_session, [&](const std::string &line) { m_log.push_back(line); });
        const TimePoint now = minute();
        VERIFY_OK(scheduler.reload(now - 1min));
        Fleet nobody = m_rows;
        nobody.instances.front().state = "gone";
        QCOMPARE(scheduler.tick(now, nobody).value(), false);
        const auto found = workflow::listOccurrences(*m_session, now - 5min, now + 5min).value();
        QVERIFY(!found.empty());
        QCOMPARE(found.back().state + " " + found.back().reason, std::string("skipped no_target"));
        QVERIFY(found.back().targetIds && found.back().targetIds->empty());
        QVERIFY(m_log.back().find("no_target") != std::string::npos);
    }

    /// Skip next: one occurrence has a row that says who wanted it, and no runs; the ones around it run.
    void anOccurrenceIsLeftOut()
    {
        const Task added = add("often", minutely());
        const auto load = [&] { return workflow::loadTasks(*m_session).value().front(); };
        (void)changed();
        const TimePoint left = workflow::skipNext(*m_session, load(), "maria").value();
        QCOMPARE(changed(), std::vector<std::string>{"task"});
        QVERIFY(left > m_session->now().value());
        QCOMPARE(load().skips, std::set<TimePoint>{left});
        const TimePoint second = workflow::skipNext(*m_session, load(), "maria").value();
        QVERIFY(second == left || second == left + 1min); // the next one, which may be another by now
        if (second == left)
            QCOMPARE(load().skips.size(), std::size_t{1});
        const auto asked = static_cast<int>(load().skips.size());
        QCOMPARE(workflow::unskip(*m_session, load(), "maria").value(), asked);
        QVERIFY(load().skips.empty());
        QCOMPARE(workflow::skipNext(*m_session, load(), "maria").value() - left < 2min, true);
        const TimePoint due = *load().skips.begin();
        workflow::Scheduler scheduler(*m_session, [&](const std::string &line) { m_log.push_back(line); });
        VERIFY_OK(scheduler.reload(due - 1min));
        QVERIFY(load().nextDue == due + 1min || load().nextDue < due); // the column for the eye passes over it
        QCOMPARE(scheduler.tick(due, m_rows).value(), false);
        const auto found = workflow::listOccurrences(*m_session, due, due + 1s).value();
        QCOMPARE(found.size(), 1u);
        QCOMPARE(found.front().state + " " + found.front().reason, std::string("skipped person"));
        QCOMPARE(found.front().targets, 1);
        QVERIFY(load().skips.empty()); // it has its row
        QCOMPARE(scheduler.tick(due + 1min, m_rows).value(), true);
        QCOMPARE(number("SELECT COUNT(*) FROM run"), 1);
        QCOMPARE(number("SELECT COUNT(*) FROM audit WHERE act='task.skip' AND person='maria'"), asked + 1);
        // a task that rests has no next occurrence
        VERIFY_OK(workflow::setEnabled(*m_session, load(), false, "maria"));
        QVERIFY(workflow::skipNext(*m_session, load(), "maria").error().is(errors::notFound));
        Q_UNUSED(added)
    }

    /// Paused, it makes nothing due; resumed, it counts from then and makes up for nothing.
    void aPausedTaskIsNotMadeUpFor()
    {
        add("often", minutely());
        const auto load = [&] { return workflow::loadTasks(*m_session).value().front(); };
        VERIFY_OK(workflow::setEnabled(*m_session, load(), false, "maria"));
        QVERIFY(!load().nextDue);
        workflow::Scheduler scheduler(*m_session, [](const std::string &) {});
        const TimePoint now = minute();
        VERIFY_OK(scheduler.reload(now));
        QCOMPARE(scheduler.tick(now + 10min, m_rows).value(), false);
        QCOMPARE(number("SELECT COUNT(*) FROM occurrence"), 0);
        VERIFY_OK(m_session->execute("UPDATE task SET edited_us=edited_us-3600000000"));
        VERIFY_OK(workflow::setEnabled(*m_session, load(), true, "maria"));
        QVERIFY(load().nextDue);
        const TimePoint resumed = m_session->now().value();
        VERIFY_OK(scheduler.reload(resumed));
        QCOMPARE(scheduler.tick(resumed, m_rows).value(), false); // an hour of pauses is no outage
        QCOMPARE(number("SELECT COUNT(*) FROM occurrence"), 0);
        const auto history = workflow::taskHistory(*m_session, load().id, 10).value();
        QCOMPARE(history.size(), 3u);
        QVERIFY(history[0].enabled && !history[1].enabled && history[2].enabled);
        QCOMPARE(history[0].editor, std::string("maria"));
        QVERIFY(history[0].args.is_object());
    }

    void howTheLastOccurrenceWent()
    {
        const Task task = add("often", minutely());
        workflow::Scheduler scheduler(*m_session, [](const std::string &) {});
        const TimePoint now = minute();
        VERIFY_OK(scheduler.reload(now - 1min));
        QCOMPARE(scheduler.tick(now, m_rows).value(), true);
        auto last = workflow::lastRuns(*m_session, now).value().at(task.id);
        QCOMPARE(last.due, now);
        QCOMPARE(last.runs, (std::map<RunState, int>{{RunState::Pending, 1}}));
        VERIFY_OK(m_session->execute("UPDATE run SET state='succeeded', started_us=due_us, ended_us=due_us+90000000"));
        last = workflow::lastRuns(*m_session, now).value().at(task.id);
        QCOMPARE(last.runs, (std::map<RunState, int>{{RunState::Succeeded, 1}}));
        QCOMPARE(last.took.at(m_rows.instances.front().instance.id), Microseconds(90s));
    }

    void twoWeeksOfOutageAreCaughtUp()
    {
        add("often", minutely());
        workflow::Scheduler scheduler(*m_session, [](const std::string &) {});
        const auto before = test::cpuTime();
        const TimePoint now = minute() + 14 * 24h;
        VERIFY_OK(scheduler.reload(now));
        QCOMPARE(scheduler.tick(now, m_rows).value(), true);
        QVERIFY2(test::cpuTime() - before < 5s, qPrintable(QString::number((test::cpuTime() - before).count())));
        QVERIFY(number("SELECT missed_count FROM occurrence WHERE state='missed'") > 14 * 1440 - 5);
    }

    void aTickCostsWhatIsDue()
    {
        std::vector<std::int64_t> costs;
        for (const int idle : {0, 200}) {
            VERIFY_OK(m_session->execute("DELETE FROM task"));
            VERIFY_OK(m_session->execute("DELETE FROM occurrence"));
            VERIFY_OK(m_session->execute("DELETE FROM run"));
            add("often", minutely());
            for (int i = 0; i < idle; ++i)
                add("idle" + std::to_string(i), {{"every", "once"}, {"at", "2099-01-01T00:00:00"}, {"zone", "UTC"}});
            workflow::Scheduler scheduler(*m_session, [](const std::string &) {});
            const TimePoint now = minute();
            VERIFY_OK(scheduler.reload(now - 1min));
            (void)changed();
            const auto before = statements();
            QCOMPARE(scheduler.tick(now, m_rows).value(), true);
            costs.push_back(statements() - before);
            QCOMPARE(changed(), std::vector<std::string>{"run"}); // the tasks are not read again for it
        }
        QCOMPARE(costs[0], costs[1]);
    }
};

QTEST_GUILESS_MAIN(TestScheduler)
#include "tst_scheduler.moc"
