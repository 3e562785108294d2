// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/backups/backuprepository.h"
#include "app/fleet/fleetrepository.h"
#include "app/store/changefeed.h"
#include "app/workflow/memberrepository.h"
#include "app/workflow/runrepository.h"
#include "models/schedule/schedule.h"
#include "tests/store/repositorytest.h"
#include "tests/support/backupend.h"


using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;
using store::Session;
using store::value;

/// The repositories of tasks, runs and backups on a real server: each flavour that can be had.
class TestStoreRepositories : public RepositoryTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { bothFlavours(); }
    void initTestCase() {}
    void init() { prepare(); }
    void tasks();
    void everyEditOfATaskWritesARevision();
    void occurrencesAreCreatedOnce();
    void runsFollowFenceAndRevision();
    void attemptsEndOnce();
    void aBackupIsNotFromTheFuture();
    void expiryOnlyOfOwnHost();
    void logsKeepTheirEnd();
    void lists();
    void medians();
    void feed();
};

void TestStoreRepositories::tasks()
{
    Task task;
    task.id = Uuid::v7();
    task.name = "nightly";
    task.kind = "backup";
    task.args = Json{{"repository", "local"}};
    task.selector.hosts = {Uuid::v7()};
    task.schedule = Json{{"every", "day"}, {"at", "02:30"}};
    task.policies.keep = 3;
    task.policies.startDeadlineSeconds = 77;
    task.author = "ann";
    VERIFY_OK(workflow::addTask(*m_session, task));
    QCOMPARE(changed(), std::vector<std::string>{"task"});
    Task twin = task;
    twin.id = Uuid::v7();
    COMPARE_CODE(workflow::addTask(*m_session, twin), errors::alreadyExists);

    auto loaded = workflow::loadTasks(*m_session);
    VERIFY_OK(loaded);
    QCOMPARE(loaded->size(), 1u);
    Task read = loaded->front();
    QCOMPARE(read.policies.keep, 3);
    QCOMPARE(read.policies.startDeadlineSeconds, std::optional<std::int64_t>(77));
    QCOMPARE(read.selector.hosts, task.selector.hosts);
    QVERIFY(read.schedule == task.schedule);
    QCOMPARE(read.revision, 1);
    QVERIFY(std::chrono::abs(read.editedAt - systemNow()) < 5s);

    // only a changed schedule, or being enabled again, counts from the edit
    const auto editedAfter = [&] { return workflow::loadTasks(*m_session).value().front().editedAt > read.editedAt; };
    Task edit = read;
    edit.policies.keep = 5;
    VERIFY_OK(workflow::updateTask(*m_session, edit));
    QVERIFY(!editedAfter());
    edit.revision = 2;
    edit.schedule["at"] = "03:30";
    VERIFY_OK(workflow::updateTask(*m_session, edit));
    QVERIFY(editedAfter());
    read = workflow::loadTasks(*m_session).value().front();
    read.enabled = false;
    VERIFY_OK(workflow::updateTask(*m_session, read));
    QVERIFY(!editedAfter());
    edit = read;
    edit.revision = 4;
    edit.enabled = true;
    VERIFY_OK(workflow::updateTask(*m_session, edit));
    QVERIFY(editedAfter());
    edit.revision = 5;
    edit.enabled = false;
    VERIFY_OK(workflow::updateTask(*m_session, edit));
    COMPARE_CODE(workflow::updateTask(*m_session, read), errors::storeConflict);
    COMPARE_CODE(workflow::updateTask(*m_session, twin), errors::notFound);
    const auto due = fromMicros(1'800'000'000'000'000);
    VERIFY_OK(workflow::setNextDue(*m_session, {{task.id, due}}));
    loaded = workflow::loadTasks(*m_session);
    QCOMPARE(loaded->front().nextDue, std::optional(due));
    QCOMPARE(loaded->front().revision, 6); // the cache is no edit
    QVERIFY(!loaded->front().enabled);
    VERIFY_OK(m_session->execute("UPDATE task SET policies='[]', selector='7', args='{', schedule=''"));
    loaded = workflow::loadTasks(*m_session);
    VERIFY_OK(loaded);
    QVERIFY(loaded->front().unreadable);
    COMPARE_CODE(workflow::updateTask(*m_session, loaded->front()), errors::scheduleInvalid);
    // one wrong member, or a word that is none, and the rest is still read
    for (const char *policies : {R"({"keep":"3","windowFrom":"22:00"})", R"({"keep":4294967297,"windowFrom":"22:00"})",
                                 R"({"overlap":"skp","windowFrom":"22:00"})", R"({"perHost":-1,"windowFrom":"22:00"})"}) {
        VERIFY_OK(m_session->execute("UPDATE task SET policies=?, selector='{}', args='{}'", {value(policies)}));
        const Task odd = workflow::loadTasks(*m_session).value().front();
        QVERIFY2(odd.unreadable, policies);
        QCOMPARE(odd.policies.windowFrom, std::string("22:00"));
    }
    VERIFY_OK(m_session->execute("UPDATE task SET policies='{}'"));
    QVERIFY(!workflow::loadTasks(*m_session).value().front().unreadable);
    VERIFY_OK(workflow::removeTask(*m_session, task.id));
    COMPARE_CODE(workflow::removeTask(*m_session, task.id), errors::notFound);
}

void TestStoreRepositories::everyEditOfATaskWritesARevision()
{
    Task task;
    task.id = Uuid::v7();
    task.name = "nightly";
    task.kind = "backup";
    task.selector.all = true;
    task.schedule = Json{{"every", "day"}, {"at", "02:30"}, {"zone", "UTC"}};
    task.author = "ann";
    VERIFY_OK(workflow::addTask(*m_session, task));
    const auto read = [&] { return workflow::loadTasks(*m_session).value().front(); };
    Task edit = read();
    edit.schedule["at"] = "03:30";
    VERIFY_OK(workflow::updateTask(*m_session, edit, "bob"));
    COMPARE_CODE(workflow::updateTask(*m_session, edit, "eve"), errors::storeConflict); // and writes none
    edit = read();
    edit.policies.keep = 5;
    VERIFY_OK(workflow::updateTask(*m_session, edit));
    const TimePoint edited = read().editedAt;
    VERIFY_OK(workflow::removeTask(*m_session, task.id, "carl"));

    const auto all = workflow::loadTaskRevisions(*m_session, {}).value();
    QCOMPARE(all.size(), 4u);
    std::string told;
    for (const TaskRevision &one : all) {
        QVERIFY(one.taskId == task.id && one.name == "nightly" && one.kind == "backup" && one.selector.all && !one.unreadable);
        told += std::to_string(one.revision) + one.editor + one.schedule["at"].get<std::string>() + (one.enabled ? "+ " : "- ");
    }
    QCOMPARE(told, std::string("1ann02:30+ 2bob03:30+ 3ann03:30+ 4carl03:30- "));
    QVERIFY(all[0].from < all[1].from && all[1].from < all[2].from && all[2].from < all[3].from);
    QCOMPARE(all[1].from, edited); // the schedule counts from the same instant for the scheduler and for the board
    // from an instant on: the one that held then, and what came later
    QCOMPARE(workflow::loadTaskRevisions(*m_session, all[2].from).value().size(), 2u);
    QCOMPARE(workflow::loadTaskRevisions(*m_session, all[2].from - 1us).value().size(), 3u);
    QCOMPARE(workflow::loadTaskRevisions(*m_session, systemNow() + 1h).value().size(), 1u);
    // what cannot be read is told and stops nobody
    VERIFY_OK(m_session->execute("UPDATE task_revision SET policies='{\"keep\":\"x\"}' WHERE revision=2"));
    VERIFY_OK(m_session->execute("UPDATE task_revision SET selector='7' WHERE revision=3"));
    const auto odd = workflow::loadTaskRevisions(*m_session, {}).value();
    QVERIFY(!odd[0].unreadable && odd[1].unreadable && odd[2].unreadable && !odd[3].unreadable);
}

void TestStoreRepositories::occurrencesAreCreatedOnce()
{
    const Uuid task = Uuid::v7(), host = Uuid::v7();
    workflow::Occurrence occurrence{task, fromMicros(1'700'000'000'000'000), 1, "ran", "", 250, 0, {}};
    std::vector<RunDetail> runs;
    for (int i = 0; i < 250; ++i)
        runs.push_back(makeRun(host, Uuid::v7(), occurrence.due, task));
    QCOMPARE(workflow::createOccurrence(*m_session, occurrence, runs).value(), true);
    QCOMPARE(changed(), std::vector<std::string>{"run"});
    QCOMPARE(workflow::createOccurrence(*m_session, occurrence, {makeRun(host, host, occurrence.due, task)}).value(), false);
    QVERIFY(changed().empty());
    QCOMPARE(workflow::openRuns(*m_session, {}).value().size(), 250u);
    QCOMPARE(workflow::openRuns(*m_session, {host}).value().front().steps.size(), 1u);
    QVERIFY(workflow::openRuns(*m_session, {Uuid::v7()}).value().empty());

    // a run that is there already (its id is derived) stays as it is
    occurrence.due += 1h;
    runs.resize(1);
    runs[0].run.author = "somebody else";
    QCOMPARE(workflow::createOccurrence(*m_session, occurrence, runs).value(), true);
    QCOMPARE(workflow::findRun(*m_session, runs[0].run.id).value()->author, std::string("ann"));

    occurrence.due += 1h;
    occurrence.state = "missed";
    occurrence.reason = "deadline";
    occurrence.missedCount = 12;
    occurrence.missedSince = occurrence.due - 30min;
    occurrence.targetIds = std::vector{host, task};
    QCOMPARE(workflow::createOccurrence(*m_session, occurrence, {}).value(), true);
    const auto latest = workflow::latestOccurrences(*m_session).value();
    QCOMPARE(latest.size(), 1u);
    QCOMPARE(latest.at(task).missedCount, 12);
    QCOMPARE(latest.at(task).missedSince, occurrence.missedSince);
    QVERIFY(latest.at(task).targetIds == occurrence.targetIds);
    // by overlap: the series began within the hour
    QCOMPARE(workflow::listOccurrences(*m_session, occurrence.due - 1h, occurrence.due).value().size(), 2u);
    QCOMPARE(workflow::listOccurrences(*m_session, occurrence.due - 1h, occurrence.due - 30min).value().size(), 1u);
}

void TestStoreRepositories::runsFollowFenceAndRevision()
{
    const RunDetail detail = makeRun(Uuid::v7(), Uuid::v7(), fromMicros(1'700'000'000'000'000));
    QCOMPARE(workflow::createRun(*m_session, detail).value(), true);
    QCOMPARE(workflow::createRun(*m_session, detail).value(), false);
    Run run = workflow::findRun(*m_session, detail.run.id).value().value();
    QVERIFY(run.state == RunState::Pending);
    QVERIFY(std::chrono::abs(run.createdAt - systemNow()) < 5s);

    Run stale = run;
    run.fence = 3;
    run.nextTry = fromMicros(42);
    run.error = makeError(errors::instanceDown, {{"instance", "it's \\ down"}}, makeError(errors::timeout));
    QCOMPARE(workflow::updateRun(*m_session, run).value(), true);
    QCOMPARE(run.revision, 2);
    QCOMPARE(workflow::updateRun(*m_session, run).value(), true); // nothing differs, and it still counts
    stale.fence = 9;
    QCOMPARE(workflow::updateRun(*m_session, stale).value(), false);
    Run fenced = run;
    fenced.fence = 2;
    QCOMPARE(workflow::updateRun(*m_session, fenced).value(), false);
    run = workflow::findRun(*m_session, run.id).value().value();
    QCOMPARE(run.revision, 3);
    QCOMPARE(run.error->cause->code, std::string("timeout"));
    QCOMPARE(run.error->fields.at("instance"), std::string("it's \\ down"));

    VERIFY_OK(workflow::stampFence(*m_session, run.hostId, 7));
    QCOMPARE(workflow::updateRun(*m_session, run).value(), false); // fence 3 is old now
    RunDetail now = workflow::loadRun(*m_session, run.id).value().value();
    QCOMPARE(now.run.fence, 7);
    QCOMPARE(now.steps[0].fence, 7);
    VERIFY_OK(workflow::stampFence(*m_session, run.hostId, 6)); // never backwards
    QCOMPARE(workflow::findRun(*m_session, run.id).value()->fence, 7);

    COMPARE_CODE(workflow::requestRetry(*m_session, run.id, "bob"), errors::storeConflict); // it is pending
    (void)changed();
    // with an attempt out only its executor can end it
    const std::string attempts = "INSERT INTO attempt (run_id, step, attempt, host_id, state, fence, sent_us, log_size) VALUES (?, 1, 1, ?, 'running', 7, 1, 0)";
    VERIFY_OK(m_session->execute(attempts, {store::value(run.id), store::value(run.hostId)}));
    VERIFY_OK(workflow::requestCancel(*m_session, run.id, "bob"));
    QCOMPARE(changed(), std::vector<std::string>{"run"});
    QVERIFY(workflow::findRun(*m_session, run.id).value()->cancelRequested);
    QVERIFY(workflow::findRun(*m_session, run.id).value()->state == RunState::Pending);
    QCOMPARE(m_session->query("SELECT person FROM audit WHERE act='run.cancel'").value().front().text(0), std::string("bob"));
    COMPARE_CODE(workflow::requestCancel(*m_session, Uuid::v7(), "bob"), errors::notFound);
    // and without one it is over at once, whoever its executor was
    VERIFY_OK(m_session->execute("DELETE FROM attempt"));
    VERIFY_OK(workflow::requestCancel(*m_session, run.id, "bob"));
    const Run over = workflow::findRun(*m_session, run.id).value().value();
    QVERIFY(over.state == RunState::Cancelled && over.endedAt && over.error && over.error->is(errors::cancelled));
    COMPARE_CODE(workflow::requestCancel(*m_session, run.id, "bob"), errors::storeConflict);
    VERIFY_OK(m_session->execute("UPDATE run SET state='failed', ended_us=1"));
    VERIFY_OK(m_session->execute("UPDATE run_step SET state='failed'"));
    VERIFY_OK(workflow::requestRetry(*m_session, run.id, "bob"));
    now = workflow::loadRun(*m_session, run.id).value().value();
    QVERIFY(now.run.state == RunState::Pending);
    QVERIFY(now.run.retryRequested && !now.run.cancelRequested && !now.run.endedAt);
    QVERIFY(now.steps[0].state == RunState::Pending);
    VERIFY_OK(m_session->execute("UPDATE run SET state='bogus', args='x', policies='', progress='{', error='3'"));
    QVERIFY(workflow::findRun(*m_session, run.id).value()->state == RunState::Unknown);
}

void TestStoreRepositories::attemptsEndOnce()
{
    RunDetail detail = makeRun(Uuid::v7(), Uuid::v7(), fromMicros(1'700'000'000'000'000));
    detail.run.retryRequested = true;
    VERIFY_OK(workflow::createRun(*m_session, detail));
    Run run = detail.run;
    Step step = detail.steps[0];
    run.fence = step.fence = 4;
    test::BackupEnd end;
    end.attempt = {run.id, 1, 1, run.hostId, RunState::Running, 4, {}, {}, {}, {}, {}, 0, {}};
    Run loser = run;
    Step loserStep = step;
    QCOMPARE(workflow::beginAttempt(*m_session, run, step, end.attempt).value(), true);
    QCOMPARE(run.revision, 2);
    QVERIFY(run.state == RunState::Running);
    QVERIFY(!run.retryRequested && run.startedAt);
    QCOMPARE(workflow::beginAttempt(*m_session, loser, loserStep, end.attempt).value(), false);
    QCOMPARE(loser.revision, 1);
    Run again = run;
    QCOMPARE(workflow::beginAttempt(*m_session, again, step, end.attempt).value(), false); // that attempt exists

    wire::Progress progress;
    progress.phase = "copying";
    progress.bytesDone = 1234;
    VERIFY_OK(workflow::storeProgress(*m_session, run.id, progress, 3)); // an old fence: nothing
    QVERIFY(!workflow::findRun(*m_session, run.id).value()->progress);
    VERIFY_OK(workflow::storeProgress(*m_session, run.id, progress, 4));
    QCOMPARE(workflow::findRun(*m_session, run.id).value()->progress->bytesDone, 1234);

    end.attempt.state = run.state = step.state = RunState::Succeeded;
    end.attempt.endedAt = run.endedAt = step.endedAt = systemNow();
    end.attempt.result = Json{{"ok", true}};
    Backup backup;
    backup.id = Uuid::v7();
    backup.instanceId = run.targetId;
    backup.hostId = run.hostId;
    backup.runId = run.id;
    backup.path = "/b/\xc3\xa4'x";
    backup.storedBytes = 99;
    backup.position.file = "binlog.000007";
    backup.position.offset = 1LL << 40;
    backup.endedAt = *run.endedAt;
    backup.level = 1;
    end.backup = backup;
    (void)changed();
    Run late = run;
    Step lateStep = step;
    late.revision = 1;
    QCOMPARE(workflow::endAttempt(*m_session, late, lateStep, end.sealed()).value(), false); // lost the race: nothing is written
    QVERIFY(backups::listBackups(*m_session, {}).value().empty());
    QVERIFY(changed().empty());
    QCOMPARE(workflow::endAttempt(*m_session, run, step, end.sealed()).value(), true);
    QCOMPARE(changed(), (std::vector<std::string>{"backup", "run"}));
    QCOMPARE(run.revision, 3);
    QCOMPARE(workflow::endAttempt(*m_session, run, step, end.sealed()).value(), true); // once more changes nothing
    QVERIFY(changed().empty());
    QCOMPARE(run.revision, 3);

    const RunDetail now = workflow::loadRun(*m_session, run.id).value().value();
    QVERIFY(now.run.state == RunState::Succeeded);
    QCOMPARE(now.run.revision, 3);
    QCOMPARE(now.attempts.size(), 1u);
    QVERIFY(now.attempts[0].result == end.attempt.result);
    const auto list = backups::listBackups(*m_session, {});
    QCOMPARE(list->size(), 1u);
    QCOMPARE(list->front().path, backup.path);
    QCOMPARE(list->front().position.offset, backup.position.offset);
    QVERIFY(!list->front().verifiedAt);
    QVERIFY(list->front().endedAt == backup.endedAt);

    // a proving restore raises the level and never lowers it
    RunDetail verify = makeRun(run.hostId, run.targetId, fromMicros(1'700'000'100'000'000));
    VERIFY_OK(workflow::createRun(*m_session, verify));
    test::BackupEnd proof;
    proof.attempt = {verify.run.id, 1, 1, run.hostId, RunState::Running, 4, {}, {}, {}, {}, {}, 0, {}};
    QCOMPARE(workflow::beginAttempt(*m_session, verify.run, verify.steps[0], proof.attempt).value(), true);
    proof.restored = wire::RestoreResult{};
    proof.restored->backupId = backup.id;
    proof.restored->level = 2;
    proof.restored->durationSeconds = 1.5;
    proof.attempt.state = verify.run.state = verify.steps[0].state = RunState::Succeeded;
    QCOMPARE(workflow::endAttempt(*m_session, verify.run, verify.steps[0], proof.sealed()).value(), true);
    const auto proved = backups::findBackup(*m_session, backup.id).value();
    QCOMPARE(proved->level, 2);
    QCOMPARE(proved->restoreDuration, std::optional<Microseconds>(1'500'000us));
    QVERIFY(proved->verifiedAt && *proved->verifiedAt != proved->endedAt);
    VERIFY_OK(m_session->execute("INSERT INTO instance (id, host_id, name, port, created_us, revision) VALUES (?,?,'my3306',3306,1,1)",
                                 {store::value(backup.instanceId), store::value(run.hostId)}));
    const LastBackups last = backups::lastBackups(*m_session).value().at(backup.instanceId);
    QVERIFY(last.good == proved->endedAt && last.proved == proved->verifiedAt);
    QVERIFY(!backups::findBackup(*m_session, Uuid::v7()).value());

    // one that fails says what it found, and the next good one takes it back
    const auto prove = [&](const std::function<void(test::BackupEnd &)> &how) {
        RunDetail next = makeRun(run.hostId, run.targetId, fromMicros(1'700'000'200'000'000));
        if (!workflow::createRun(*m_session, next))
            return false;
        test::BackupEnd ended;
        ended.attempt = {next.run.id, 1, 1, run.hostId, RunState::Succeeded, 4, {}, {}, {}, {}, {}, 0, {}};
        next.run.state = next.steps[0].state = RunState::Succeeded;
        how(ended);
        (void)changed();
        return workflow::endAttempt(*m_session, next.run, next.steps[0], ended.sealed()).value_or(false);
    };
    QVERIFY(prove([&](auto &ended) {
        ended.attempt.state = RunState::Failed;
        ended.attempt.error = makeError(errors::backupReplaced, {{"path", "/b"}});
        ended.foundBad = backup.id;
    }));
    QCOMPARE(changed(), (std::vector<std::string>{"backup", "run"}));
    auto found = backups::findBackup(*m_session, backup.id).value();
    QVERIFY(found->finding && found->finding->is(errors::backupReplaced) && found->foundAt);
    QCOMPARE(found->level, 2); // what was proved once was proved
    QVERIFY(!backups::lastBackups(*m_session).value().contains(backup.instanceId)); // but it covers nobody
    QVERIFY(prove([&](auto &ended) { ended.restored = proof.restored; }));
    found = backups::findBackup(*m_session, backup.id).value();
    QVERIFY(!found->finding && !found->foundAt);
    QVERIFY(backups::lastBackups(*m_session).value().contains(backup.instanceId));

    // what an agent read by itself: of its own host's backups, and nothing that a later verify has answered
    const auto tells = [&](const Uuid &host, TimePoint sent) {
        return prove([&](auto &ended) {
            ended.attempt.hostId = host;
            ended.attempt.sentAt = sent; // the store's clock; the agent's own may say what it likes
            ended.found = {{backup.id, fromMicros(0), errorToJson(makeError(errors::backupInvalid, {{"path", "/b"}, {"detail", "changed"}}))}};
        });
    };
    QVERIFY(tells(run.hostId, *found->verifiedAt - 1s));
    QVERIFY(tells(Uuid::v7(), *found->verifiedAt + 1s));
    QVERIFY(!backups::findBackup(*m_session, backup.id).value()->finding);
    QVERIFY(tells(run.hostId, *found->verifiedAt + 1s));
    QVERIFY(backups::findBackup(*m_session, backup.id).value()->finding->is(errors::backupInvalid));
}

/// A host a year ahead would else be covered for a year by one backup.
void TestStoreRepositories::aBackupIsNotFromTheFuture()
{
    RunDetail detail = makeRun(Uuid::v7(), Uuid::v7(), fromMicros(1'700'000'000'000'000));
    VERIFY_OK(workflow::createRun(*m_session, detail));
    test::BackupEnd end;
    end.attempt = {detail.run.id, 1, 1, detail.run.hostId, RunState::Succeeded, 0, {}, {}, {}, {}, {}, 0, {}};
    Backup made;
    made.id = Uuid::v7();
    made.instanceId = detail.run.targetId;
    made.hostId = detail.run.hostId;
    made.startedAt = made.endedAt = systemNow() + std::chrono::hours{24 * 365};
    end.backup = made;
    detail.run.state = RunState::Succeeded;
    QCOMPARE(workflow::endAttempt(*m_session, detail.run, detail.steps[0], end.sealed()).value(), true);
    const auto now = m_session->now().value();
    const auto there = backups::findBackup(*m_session, made.id).value();
    QVERIFY(there->startedAt <= now && there->endedAt <= now);
    QVERIFY(there->endedAt > now - std::chrono::minutes{5});
}

void TestStoreRepositories::expiryOnlyOfOwnHost()
{
    std::vector<Backup> made(2);
    std::vector<Uuid> hosts{Uuid::v7(), Uuid::v7()};
    for (std::size_t i = 0; i < 2; ++i) {
        RunDetail detail = makeRun(hosts[i], Uuid::v7(), fromMicros(1'700'000'000'000'000));
        VERIFY_OK(workflow::createRun(*m_session, detail));
        test::BackupEnd end;
        end.attempt = {detail.run.id, 1, 1, hosts[i], RunState::Succeeded, 0, {}, {}, {}, {}, {}, 0, {}};
        made[i].id = Uuid::v7();
        made[i].hostId = hosts[i];
        end.backup = made[i];
        if (i == 1) // the second host claims to have removed both
            end.expired = {made[0].id, made[1].id};
        detail.run.state = RunState::Succeeded;
        QCOMPARE(workflow::endAttempt(*m_session, detail.run, detail.steps[0], end.sealed()).value(), true);
    }
    QVERIFY(!backups::findBackup(*m_session, made[0].id).value()->expiredAt);
    RunDetail detail = makeRun(hosts[0], Uuid::v7(), fromMicros(1'700'000'000'000'000));
    VERIFY_OK(workflow::createRun(*m_session, detail));
    test::BackupEnd end;
    end.attempt = {detail.run.id, 1, 1, hosts[0], RunState::Succeeded, 0, {}, {}, {}, {}, {}, 0, {}};
    end.expired = {made[0].id};
    VERIFY_OK(workflow::endAttempt(*m_session, detail.run, detail.steps[0], end.sealed()));
    QVERIFY(backups::findBackup(*m_session, made[0].id).value()->expiredAt);
    QCOMPARE(backups::listBackups(*m_session, {}).value().size(), 1u);
    backups::BackupFilter all;
    all.withExpired = true;
    QCOMPARE(backups::listBackups(*m_session, all).value().size(), 2u);
}

void TestStoreRepositories::logsKeepTheirEnd()
{
    const wire::OrderKey key{Uuid::v7(), 1, 1};
    std::string all;
    for (int i = 0; i < 30; ++i)
        all += "line " + std::to_string(i) + " it's \\ \xff\xfe" + std::string(1, '\0') + '\n';
    VERIFY_OK(workflow::appendLog(*m_session, key, 0, std::string_view(all).substr(0, 100)));
    VERIFY_OK(workflow::appendLog(*m_session, key, 50, std::string_view(all).substr(50))); // partly again
    VERIFY_OK(workflow::appendLog(*m_session, key, 0, all));                               // wholly again
    auto log = workflow::loadLog(*m_session, key);
    VERIFY_OK(log);
    QCOMPARE(log->offset, 0);
    QVERIFY(log->bytes == all);
    QCOMPARE(m_session->query("SELECT COUNT(*) FROM attempt_log").value().front().integer(0), 1);

    // a megabyte of everything: the newest 256 KiB stay
    std::string big(1 << 20, '\0');
    for (std::size_t i = 0; i < big.size(); ++i)
        big[i] = static_cast<char>(i * 2654435761u >> 13);
    VERIFY_OK(workflow::appendLog(*m_session, key, static_cast<std::int64_t>(all.size()), big));
    log = workflow::loadLog(*m_session, key);
    QCOMPARE(log->bytes.size(), std::size_t{256 * 1024});
    QCOMPARE(log->offset, static_cast<std::int64_t>(all.size() + big.size()) - 256 * 1024);
    QVERIFY(log->bytes == big.substr(big.size() - 256 * 1024));
    QVERIFY(m_session->query("SELECT COUNT(*) FROM attempt_log").value().front().integer(0) <= 9);
    QVERIFY(workflow::loadLog(*m_session, {Uuid::v7(), 1, 1}).value().bytes.empty());
    QVERIFY(!workflow::appendLog(*m_session, key, -1, "x"));
}

void TestStoreRepositories::lists()
{
    const auto base = fromMicros(1'700'000'000'000'000);
    const Uuid host = Uuid::v7(), task = Uuid::v7();
    std::vector<RunDetail> runs;
    for (int i = 0; i < 5; ++i) {
        runs.push_back(makeRun(host, Uuid::v7(), base + std::chrono::hours(i), task));
        VERIFY_OK(workflow::createRun(*m_session, runs.back()));
    }
    VERIFY_OK(m_session->execute("UPDATE run SET state='failed' WHERE id=?", {value(runs[0].run.id)}));
    workflow::RunFilter filter;
    QCOMPARE(workflow::listRuns(*m_session, filter).value().size(), 5u);
    filter.from = base + 2h;
    filter.until = base + 4h;
    auto found = workflow::listRuns(*m_session, filter).value(); // 2, 3, and 1 which is still open
    QCOMPARE(found.size(), 3u);
    QCOMPARE(found.front().id, runs[3].run.id); // newest first
    QCOMPARE(found.back().id, runs[1].run.id);
    filter.instances = {runs[2].run.targetId, runs[0].run.targetId};
    QCOMPARE(workflow::listRuns(*m_session, filter).value().size(), 1u);
    filter = {};
    filter.taskId = task;
    filter.hosts = {host};
    filter.kind = "backup";
    filter.limit = 2;
    QCOMPARE(workflow::listRuns(*m_session, filter).value().size(), 2u);
    filter.kind = "verify";
    QVERIFY(workflow::listRuns(*m_session, filter).value().empty());
}

void TestStoreRepositories::medians()
{
    const Uuid task = Uuid::v7(), target = Uuid::v7();
    const auto base = fromMicros(1'700'000'000'000'000);
    std::vector<Run> open;
    for (int i = 0; i < 10; ++i) { // durations 10, 1, 2, ... 9 s: the first three are too old to count
        RunDetail detail = makeRun(Uuid::v7(), target, base + std::chrono::hours(i), task);
        detail.run.state = RunState::Succeeded;
        detail.run.startedAt = detail.run.occurrence;
        detail.run.endedAt = detail.run.occurrence + std::chrono::seconds(i == 0 ? 10 : i);
        VERIFY_OK(workflow::createRun(*m_session, detail));
    }
    for (int i = 0; i < 3; ++i) { // neither a failed one nor another task's counts
        RunDetail detail = makeRun(Uuid::v7(), target, base + std::chrono::hours(20 + i), i == 0 ? std::optional(Uuid::v7()) : task);
        detail.run.state = i == 0 ? RunState::Succeeded : RunState::Failed;
        detail.run.startedAt = detail.run.occurrence;
        detail.run.endedAt = detail.run.occurrence + 1h;
        VERIFY_OK(workflow::createRun(*m_session, detail));
    }
    for (int i = 0; i < 90; ++i)
        open.push_back(makeRun(Uuid::v7(), i == 0 ? target : Uuid::v7(), base, task).run);
    open.push_back(makeRun(Uuid::v7(), target, base).run); // by hand
    const auto medians = workflow::medianDurations(*m_session, open);
    VERIFY_OK(medians);
    QCOMPARE(medians->size(), 1u);
    QCOMPARE((medians->at({task, target})), Microseconds(6s));
}

void TestStoreRepositories::feed()
{
    QCOMPARE(m_feed.size(), 27u);
    VERIFY_OK(store::raiseFeed(*m_session, "run", 7));
    VERIFY_OK(store::raiseFeed(*m_session, "run", 7));
    const auto feed = store::loadFeed(*m_session).value();
    QCOMPARE((feed.at({"run", 7})), (m_feed.at({"run", 7}) + 2));
    QCOMPARE(changed(), std::vector<std::string>{"run"});
    QVERIFY(store::changedTopics(feed, feed).empty());
    QCOMPARE(store::changedTopics({}, feed).size(), 12u);
}

QTEST_GUILESS_MAIN(TestStoreRepositories)
#include "tst_storerepositories.moc"
