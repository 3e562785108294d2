// SPDX-License-Identifier: GPL-3.0-or-later
// What the board is made of, read from a real store: occurrences without runs, why runs wait, how instances are backed up, and
// what a clock that was wrong leaves behind.
#include "app/backups/coveragereading.h"
#include "app/headless/programkinds.h"
#include "app/workflow/clockmarks.h"
#include "app/workflow/memberrepository.h"
#include "app/workflow/newrun.h"
#include "app/workflow/scheduler.h"
#include "app/workflow/unrunrepository.h"
#include "app/workflow/waits.h"
#include "tests/store/repositorytest.h"

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;
using store::value;

class TestBoardRows : public RepositoryTest
{
    Q_OBJECT

    Fleet m_rows;

    /// Two instances on one host, there for a month.
    void addFleet()
    {
        const Host host = addHost("db1");
        fleet::HostSample sample{host.id, "ok", wire::HostFacts{}, std::vector<wire::InstanceState>(2), {}, 1};
        (*sample.instances)[0].name = "my3306";
        (*sample.instances)[1].name = "my3307";
        for (auto &instance : *sample.instances)
            instance.state = "up";
        VERIFY_OK(fleet::storeSamples(*m_session, {sample}));
        const auto month = value(m_session->now().value() - 30 * 24h);
        VERIFY_OK(m_session->execute("UPDATE instance SET created_us=?", {month}));
        VERIFY_OK(m_session->execute("UPDATE store_info SET created_us=?", {month}));
        reload();
    }
    void reload() { m_rows = fleet::loadFleet(*m_session).value(); }
    Uuid idOf(const char *path) { return m_rows.instanceByPath(path)->instance.id; }
    /// As if it had been added so long ago.
    Task addTask(const std::string &name, const Json &schedule, std::chrono::seconds ago, const std::string &kind = "backup")
    {
        Task task;
        task.id = Uuid::v7();
        task.name = name;
        task.kind = kind;
        task.selector.all = true;
        task.schedule = schedule;
        task.policies.source = "as_named";
        task.author = "ann";
        const auto added = workflow::addTask(*m_session, task);
        const auto from = value(m_session->now().value() - ago);
        const auto older = m_session->execute("UPDATE task SET edited_us=? WHERE id=?", {from, value(task.id)});
        const auto revision = m_session->execute("UPDATE task_revision SET from_us=? WHERE task_id=?", {from, value(task.id)});
        if (!added || !older || !revision)
            qWarning("the task could not be added");
        return task;
    }
    static Json hourly() { return {{"every", "interval"}, {"seconds", 3600}, {"anchor", "2026-01-01T00:00:00Z"}}; }
    std::vector<Unrun> unrun(std::chrono::seconds back, std::string_view kind = {})
    {
        const TimePoint now = m_session->now().value();
        const auto rows = workflow::loadUnrun(*m_session, m_rows, now - back, now + 1h, now, kind);
        if (!rows)
            qWarning("%s", describe(rows.error()).c_str());
        return rows.value_or(std::vector<Unrun>{});
    }
    std::int64_t number(const std::string &sql) { return m_session->query(sql).value().front().integer(0); }

private Q_SLOTS:
    void initTestCase_data() { bothFlavours(); }
    void initTestCase() {}
    void init()
    {
        prepare();
        addFleet();
    }

    /// Nobody has scheduled for five hours: five are missed, and nothing says that nothing was due.
    void whatNobodyWroteDownIsMissed()
    {
        addTask("often", hourly(), 30 * 24h);
        auto rows = unrun(5h);
        std::int64_t missed = 0;
        for (const Unrun &row : rows) {
            QCOMPARE(row.reason, std::string("unwritten"));
            QCOMPARE(row.targetCount, 2);
            missed += row.state == BoardState::Missed ? row.count : 0;
        }
        QVERIFY2(missed == 4 || missed == 5, qPrintable(QString::number(missed))); // the newest may still be in time
        // once the scheduler has caught up its rows tell it
        workflow::Scheduler scheduler(*m_session, [](const std::string &) {});
        const TimePoint now = m_session->now().value();
        VERIFY_OK(scheduler.reload(now));
        VERIFY_OK(scheduler.tick(now, m_rows));
        rows = unrun(5h);
        for (const Unrun &row : rows) {
            QVERIFY(row.state == BoardState::Missed && row.reason != "unwritten");
            QCOMPARE(row.targets.size(), 2u);
        }
        std::int64_t told = number("SELECT COUNT(*) FROM run") / 2;
        for (const Unrun &row : rows)
            told += row.count;
        QVERIFY2(told == 5 || told == 6, qPrintable(QString::number(told)));
    }

    /// Rows name their instances, so that a page of one instance shows its own; other kinds stay off a board of backups.
    void rowsHaveTargetsAndAKind()
    {
        const Task backup = addTask("nightly", hourly(), 60s), facts = addTask("asking", hourly(), 60s, "facts");
        const TimePoint due = m_session->now().value() - 30min;
        const auto add = [&](const Task &task, const char *state, const char *reason, std::optional<std::vector<Uuid>> targets) {
            workflow::Occurrence occurrence{task.id, due, 1, state, reason, targets ? int(targets->size()) : 2, std::string(state) == "missed", {}, targets};
            VERIFY_OK(workflow::createOccurrence(*m_session, occurrence, {}));
        };
        add(facts, "skipped", "overlap", {});
        add(backup, "skipped", "overlap", std::vector{idOf("db1/my3307")});
        auto rows = unrun(2h, "backup");
        QCOMPARE(rows.size(), 1u);
        QCOMPARE(rows[0].task, std::string("nightly"));
        QVERIFY(rows[0].state == BoardState::Skipped && rows[0].dues == std::vector{due});
        QCOMPARE(rows[0].targets.size(), 1u);
        QVERIFY(rows[0].targets[0].instance == idOf("db1/my3307"));
        rows = unrun(2h);
        QCOMPARE(rows.size(), 2u);
        QCOMPARE(std::ranges::find(rows, "asking", &Unrun::task)->targets.size(), 2u); // by what the task says
        // a task that is gone is still known by its revisions
        VERIFY_OK(workflow::removeTask(*m_session, backup.id, "ann"));
        QCOMPARE(unrun(2h, "backup").size(), 1u);
    }

    void whyARunWaits()
    {
        const TimePoint now = m_session->now().value();
        const auto wait = [&](const Run &run) {
            const auto facts = workflow::loadWaitingFacts(*m_session, m_rows).value();
            const auto why = workflow::whyItWaits(headless::programKinds(), run, facts);
            return why ? std::string(toString(why->why)) : std::string("-");
        };
        workflow::ByHand wish{"backup", m_rows.hosts[0].id, idOf("db1/my3306"), {}, {}, "ann", "", now};
        RunDetail one = workflow::makeRun(wish);
        VERIFY_OK(workflow::createRun(*m_session, one));
        QCOMPARE(wait(one.run), std::string("lease"));
        workflow::Member member;
        member.id = Uuid::v7();
        member.name = "x";
        VERIFY_OK(workflow::renewMember(*m_session, member));
        VERIFY_OK(workflow::takeLease(*m_session, m_rows.hosts[0].id, member.id, {}));
        QCOMPARE(wait(one.run), std::string("-"));
        m_rows.hostStates[m_rows.hosts[0].id].state = "unreachable";
        QCOMPARE(wait(one.run), std::string("host_away"));
        m_rows.hostStates[m_rows.hosts[0].id].state = "ok";
        one.run.nextTry = now + 1h;
        QCOMPARE(wait(one.run), std::string("retry"));
        one.run.nextTry.reset();
        one.run.executor = "ann@pc";
        QCOMPARE(wait(one.run), std::string("executor"));
        one.run.executor.clear();

        // another one on the same host is at work
        wish.targetId = idOf("db1/my3307");
        RunDetail other = workflow::makeRun(wish);
        VERIFY_OK(workflow::createRun(*m_session, other));
        VERIFY_OK(m_session->execute("UPDATE run SET state='running' WHERE id=?", {value(other.run.id)}));
        QCOMPARE(wait(one.run), std::string("host_limit"));
        const auto facts = workflow::loadWaitingFacts(*m_session, m_rows).value();
        QVERIFY(workflow::whyItWaits(headless::programKinds(), one.run, facts)->target == idOf("db1/my3307"));
        // its step is out on another host: then there is room, until one of a third run is out here
        const Uuid elsewhere = Uuid::v7();
        VERIFY_OK(m_session->execute("INSERT INTO attempt (run_id, step, attempt, host_id, state, fence, sent_us, log_size) VALUES (?,1,1,?,'running',0,1,0)",
                                     {value(other.run.id), value(elsewhere)}));
        QCOMPARE(wait(one.run), std::string("-"));
        VERIFY_OK(m_session->execute("UPDATE attempt SET host_id=?", {value(one.run.hostId)}));
        QCOMPARE(wait(one.run), std::string("host_limit"));
        // and it waits for the host of the step that is next
        RunDetail two = workflow::makeRun(wish);
        two.steps[0].state = RunState::Succeeded;
        two.steps.push_back(two.steps[0]);
        two.steps[1].step = 2;
        two.steps[1].state = RunState::Pending;
        two.steps[1].hostId = elsewhere;
        VERIFY_OK(workflow::createRun(*m_session, two));
        QCOMPARE(wait(two.run), std::string("lease"));
        VERIFY_OK(workflow::takeLease(*m_session, elsewhere, member.id, {}));
        QCOMPARE(wait(two.run), std::string("-"));
        VERIFY_OK(m_session->execute("DELETE FROM run WHERE id=?", {value(two.run.id)}));
        one.run.policies.perHost = 0;
        QCOMPARE(wait(one.run), std::string("-"));
        VERIFY_OK(m_session->execute("INSERT INTO resource_lock VALUES (?,?,'backup',1,1,1)", {value(one.run.targetId), value(other.run.id)}));
        QCOMPARE(wait(one.run), std::string("lock"));
        one.run.taskId = other.run.taskId = Uuid::v7();
        one.run.due = one.run.occurrence + 1h;
        QCOMPARE(wait(one.run), std::string("window"));
        one.run.state = RunState::Running;
        QCOMPARE(wait(one.run), std::string("-"));
    }

    void coverage()
    {
        const auto read = [&] {
            reload();
            return backups::loadCoverage(*m_session, m_rows, workflow::loadTasks(*m_session).value()).value();
        };
        auto all = read();
        QCOMPARE(all.size(), 2u);
        QVERIFY(!all[0].lastGood && !all[0].inTask && all[0].maxAgeDays == 2 && all[0].isTooOld(m_rows.readAt));
        Task task = addTask("nightly", hourly(), 60s);
        const TimePoint now = m_session->now().value();
        const auto backup = [&](const Uuid &instance, TimePoint ended, int level, bool expired) {
            VERIFY_OK(m_session->execute("INSERT INTO backup (id, instance_id, host_id, run_id, method, repository, host_name, path, bytes, stored_bytes, "
                                         "duration_us, sha256, position, detail, level, started_us, ended_us, expired_us) VALUES "
                                         "(?,?,?,?,'m','r','h','p',1,1,1,'','{}','{}',?,1,?,?)",
                                         {value(Uuid::v7()), value(instance), value(m_rows.hosts[0].id), value(Uuid::v7()), value(level), value(ended),
                                          expired ? value(1) : store::Value(nullptr)}));
        };
        backup(idOf("db1/my3306"), now - 50h, 2, false);
        backup(idOf("db1/my3306"), now - 1h, 0, true); // it is gone
        backup(idOf("db1/my3307"), now - 1h, 0, false);
        all = read();
        QVERIFY(all[0].path == "db1/my3306" && all[0].inTask && all[0].isTooOld(m_rows.readAt) && all[0].lastProved);
        QVERIFY(all[1].inTask && !all[1].isTooOld(m_rows.readAt) && !all[1].lastProved);
        const CoverageCounts counts = countCoverage(all, m_rows.readAt);
        QVERIFY((counts == CoverageCounts{2, 1, 0, 0, 1}));
        // a task that cannot be read backs nothing up
        VERIFY_OK(m_session->execute("UPDATE task SET policies='7'"));
        QVERIFY(!read()[1].inTask);
        for (const char *wrong : {"policies='{\"windowFrom\":\"22:00\",\"windowTo\":\"06:00\",\"windowZone\":\"No/Where\"}'", "schedule='{}', policies='{}'"}) {
            VERIFY_OK(m_session->execute("UPDATE task SET " + std::string(wrong)));
            QVERIFY2(!read()[1].inTask, wrong);
        }
        VERIFY_OK(m_session->execute("UPDATE task SET schedule=?", {value(hourly())}));
        QVERIFY(read()[1].inTask);
    }

    /// Older programs removed a task without a last revision.  It ends where it was last seen, and is not missed for ever.
    void aTaskThatWentWithoutALastRevision()
    {
        const Task task = addTask("nightly", hourly(), 30 * 24h), never = addTask("never", hourly(), 5h);
        workflow::Occurrence seen{task.id, m_session->now().value() - 26h, 1, "ran", "", 2, 0, {}, {}, {}};
        VERIFY_OK(workflow::createOccurrence(*m_session, seen, {}));
        const auto missed = [&](const Task &of) {
            std::int64_t count = 0;
            for (const Unrun &row : unrun(24h))
                count += row.taskId == of.id ? row.count : 0;
            return count;
        };
        QVERIFY(missed(task) > 20 && missed(never) > 3);
        VERIFY_OK(m_session->execute("DELETE FROM task"));
        QCOMPARE(missed(task), 0);
        QCOMPARE(missed(never), 0);
    }

    /// The clock was two days ahead for a while: what was written then is no truth.
    void aClockThatWasAheadLeavesNoMarks()
    {
        const Json daily{{"every", "day"}, {"at", "02:30"}, {"zone", "UTC"}};
        const Task task = addTask("nightly", daily, 30 * 24h), often = addTask("often", hourly(), 30 * 24h), edited = addTask("edited", daily, -48h);
        const TimePoint now = m_session->now().value(), ahead = now + 48h;
        workflow::Scheduler wrong(*m_session, [](const std::string &) {});
        VERIFY_OK(wrong.reload(ahead));
        VERIFY_OK(wrong.tick(ahead, m_rows));
        // of what it made, one run has worked in the wrong time, and one of the true past was missed by it
        workflow::ByHand wish{"backup", m_rows.hosts[0].id, idOf("db1/my3306"), {}, {}, "ann", "", now - 1h};
        RunDetail past = workflow::makeRun(wish);
        past.run.taskId = task.id;
        VERIFY_OK(workflow::createRun(*m_session, past));
        VERIFY_OK(m_session->execute("UPDATE run SET state='missed', error='{\"code\":\"schedule.missed\"}', ended_us=? WHERE id=?",
                                     {value(ahead), value(past.run.id)}));
        RunDetail done = workflow::makeRun(wish);
        VERIFY_OK(workflow::createRun(*m_session, done));
        VERIFY_OK(m_session->execute("UPDATE run SET state='succeeded', attempts=1, started_us=?, ended_us=? WHERE id=?",
                                     {value(now - 1h), value(ahead), value(done.run.id)}));
        VERIFY_OK(m_session->execute("UPDATE run SET state='failed', attempts=1, started_us=?, ended_us=? WHERE occurrence_us > ?",
                                     {value(ahead), value(ahead), value(now)}));
        const store::Value late = value(ahead);
        VERIFY_OK(m_session->execute("INSERT INTO backup (id, instance_id, host_id, run_id, method, repository, host_name, path, bytes, stored_bytes, duration_us, "
                                     "sha256, position, detail, level, started_us, ended_us, verified_us) VALUES (?,?,?,?,'clone','local','db1','/b',1,1,1,'','{}',"
                                     "'{}',2,?,?,?)",
                                     {value(Uuid::v7()), value(idOf("db1/my3306")), value(m_rows.hosts[0].id), value(Uuid::v7()), late, late, late}));
        VERIFY_OK(m_session->execute("UPDATE host_state SET seen_us=?, checked_us=?", {value(ahead), value(ahead)}));
        VERIFY_OK(m_session->execute("UPDATE instance_state SET seen_us=?", {value(ahead)}));
        workflow::Member member;
        member.id = Uuid::v7();
        VERIFY_OK(workflow::renewMember(*m_session, member));
        VERIFY_OK(m_session->execute("UPDATE member SET expires_us=?", {value(ahead)}));
        QVERIFY(!workflow::loadMembers(*m_session).value().alive(member.id));
        QVERIFY(number("SELECT COUNT(*) FROM occurrence WHERE due_us > " + std::to_string(toMicros(now))) > 0);

        const auto repaired = workflow::repairFuture(*m_session);
        VERIFY_OK(repaired);
        QVERIFY(*repaired > 0);
        const std::string soon = std::to_string(toMicros(now + 5min));
        QCOMPARE(number("SELECT COUNT(*) FROM occurrence WHERE state<>'ran' AND due_us > " + soon), 0);
        QCOMPARE(number("SELECT COUNT(*) FROM run WHERE state IN ('failed','missed') AND occurrence_us > " + soon), 0);
        QCOMPARE(number("SELECT COUNT(*) FROM run WHERE ended_us > " + soon + " OR started_us > " + soon), 0);
        const Run again = *workflow::findRun(*m_session, past.run.id).value(), kept = *workflow::findRun(*m_session, done.run.id).value();
        QVERIFY(again.state == RunState::Pending && !again.error && !again.endedAt);
        QVERIFY(kept.state == RunState::Succeeded && kept.startedAt == now - 1h && *kept.endedAt < now + 5min);
        QCOMPARE(number("SELECT COUNT(*) FROM host_state WHERE seen_us > " + soon + " OR checked_us > " + soon), 0);
        QCOMPARE(number("SELECT COUNT(*) FROM instance_state WHERE seen_us > " + soon), 0);
        QCOMPARE(number("SELECT COUNT(*) FROM member WHERE expires_us > " + soon), 0);
        QCOMPARE(number("SELECT COUNT(*) FROM backup WHERE started_us > " + soon + " OR ended_us > " + soon + " OR verified_us > " + soon), 0);
        QCOMPARE(number("SELECT COUNT(*) FROM task WHERE edited_us > " + soon), 0);
        QCOMPARE(number("SELECT COUNT(*) FROM task_revision WHERE from_us > " + soon), 0);
        // the missed series of the true past is still told, up to now
        std::int64_t missed = 0;
        for (const Unrun &row : unrun(10h))
            missed += row.taskId == often.id ? row.count : 0;
        QVERIFY2(missed >= 9 && missed <= 10, qPrintable(QString::number(missed)));
        // and the scheduler goes on from here: within a day, not in two
        workflow::Scheduler right(*m_session, [](const std::string &) {});
        VERIFY_OK(right.reload(now));
        QVERIFY(right.nextDue() && *right.nextDue() <= now + 1h);
        const auto tasks = workflow::loadTasks(*m_session);
        VERIFY_OK(tasks);
        for (const Task &one : *tasks)
            QVERIFY2(one.nextDue && *one.nextDue > now && *one.nextDue <= now + 24h, one.name.c_str());
        QCOMPARE(workflow::repairFuture(*m_session).value(), 0);
        Q_UNUSED(edited);
    }

    /// A clock that is days behind and is believed takes the true present for the future.  What has succeeded must not run again.
    void aClockThatIsBehindRepeatsNothing()
    {
        const Json daily{{"every", "day"}, {"at", "02:30"}, {"zone", "UTC"}};
        const Task task = addTask("nightly", daily, 30 * 24h);
        const TimePoint ahead = m_session->now().value() + 48h; // of the clock that is behind now
        workflow::ByHand wish{"backup", m_rows.hosts[0].id, idOf("db1/my3306"), {}, {}, "ann", "", ahead};
        RunDetail done = workflow::makeRun(wish), failed = workflow::makeRun(wish);
        done.run.taskId = failed.run.taskId = task.id;
        workflow::Occurrence occurrence{task.id, ahead, 1, "ran", "", 2, 0, {}, {}, {}};
        VERIFY_OK(workflow::createOccurrence(*m_session, occurrence, {done, failed}));
        for (const auto &[run, state] : {std::pair{done.run.id, "succeeded"}, std::pair{failed.run.id, "failed"}})
            VERIFY_OK(m_session->execute("UPDATE run SET state=?, attempts=1, started_us=?, ended_us=? WHERE id=?",
                                         {value(state), value(ahead), value(ahead + 1min), value(run)}));
        VERIFY_OK(workflow::repairFuture(*m_session));
        const Run kept = *workflow::findRun(*m_session, done.run.id).value();
        QVERIFY(kept.state == RunState::Succeeded && kept.startedAt == ahead && kept.endedAt == ahead + 1min);
        QVERIFY(workflow::findRun(*m_session, failed.run.id).value()->state == RunState::Pending);
        QCOMPARE(workflow::repairFuture(*m_session).value(), 0);
    }

    /// The next answer of a host says when it was seen, also when the last one came from the future.
    void whatWasSeenFollowsTheNewestAnswer()
    {
        const TimePoint now = m_session->now().value();
        VERIFY_OK(m_session->execute("UPDATE host_state SET seen_us=?", {value(now + 48h)}));
        fleet::HostSample sample{m_rows.hosts[0].id, "ok", wire::HostFacts{}, {}, {}, 1};
        VERIFY_OK(fleet::storeSamples(*m_session, {sample}));
        reload();
        QVERIFY(*m_rows.hostStates[m_rows.hosts[0].id].seenAt < now + 1h);
    }
};

QTEST_GUILESS_MAIN(TestBoardRows)
#include "tst_boardrows.moc"
