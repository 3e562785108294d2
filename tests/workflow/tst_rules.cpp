// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/backups/kinds.h"
#include "app/backups/results.h"
#include "app/platform/errors.h"
#include "app/workflow/newrun.h"
#include "app/workflow/rules.h"

#include "tests/support/same.h"

using namespace zandb;
using namespace zandb::workflow;
using namespace std::chrono_literals;

namespace {

const TimePoint noon = *fromIso("2026-03-01T12:00:00Z");

Kinds backupKinds()
{
    Kinds kinds;
    backups::addBackupKinds(kinds);
    return kinds;
}

RunDetail oneStep(RunState state = RunState::Pending)
{
    ByHand wish;
    wish.kind = "backup";
    wish.hostId = Uuid::v7();
    wish.targetId = Uuid::v7();
    wish.now = noon;
    RunDetail detail = makeRun(wish);
    detail.run.state = state;
    return detail;
}

/// The same with an attempt out.
RunDetail sent(RunState state = RunState::Running)
{
    RunDetail detail = oneStep(state);
    detail.run.attempts = 1;
    detail.steps[0].state = RunState::Running;
    detail.steps[0].attempts = 1;
    Attempt attempt;
    attempt.runId = detail.run.id;
    attempt.sentAt = noon;
    detail.attempts.push_back(attempt);
    return detail;
}

Circumstances ready()
{
    Circumstances facts;
    facts.now = noon;
    facts.mayOrder = true;
    facts.reachable = true;
    return facts;
}

} // namespace

class TestRules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void retryDelayGrowsAndIsBounded()
    {
        SAME(retryDelay(1, 0.5), Microseconds(60s));
        SAME(retryDelay(2, 0.5), Microseconds(120s));
        SAME(retryDelay(3, 0.5), Microseconds(240s));
        SAME(retryDelay(1, 0.0), Microseconds(30s));
        QVERIFY(retryDelay(1, 0.999) <= Microseconds(90s));
        SAME(retryDelay(50, 0.5), Microseconds(1h));
    }

    void onlyTransientErrorsAreRetriedThreeTimes()
    {
        const Run run = oneStep().run;
        const Error blocked = makeError(errors::backupBlocked);
        QVERIFY(retriesByItself(run, 1, blocked));
        QVERIFY(retriesByItself(run, 3, blocked));
        QVERIFY(!retriesByItself(run, 4, blocked));
        QVERIFY(!retriesByItself(run, 1, makeError(errors::backupCoverage)));
        QVERIFY(!retriesByItself(run, 1, makeError(errors::toolFailed))); // class unknown: a person decides
        Run none = run;
        none.policies.maxRetries = 0;
        QVERIFY(!retriesByItself(none, 1, blocked));
        Run many = run;
        many.policies.maxRetries = 99;
        QVERIFY(!retriesByItself(many, 4, blocked));
        Run cancelled = run;
        cancelled.cancelRequested = true;
        QVERIFY(!retriesByItself(cancelled, 1, blocked));
    }

    void stepsFollowTheirDependencies()
    {
        RunDetail detail = oneStep();
        detail.steps.push_back(detail.steps[0]);
        detail.steps.push_back(detail.steps[0]);
        detail.steps[1].step = 2;
        detail.steps[1].dependsOn = "1";
        detail.steps[2].step = 3;
        detail.steps[2].dependsOn = "1, 2";
        SAME(nextStep(detail)->step, 1);
        detail.steps[0].state = RunState::Running;
        QVERIFY(!nextStep(detail));
        detail.steps[0].state = RunState::Succeeded;
        SAME(nextStep(detail)->step, 2);
        SAME(stateAfterStep(detail, 2, RunState::Succeeded), RunState::Pending);
        SAME(stateAfterStep(detail, 2, RunState::Failed), RunState::Failed);
        detail.steps[1].state = RunState::Failed; // asked to be tried again: the workflow goes on from that step
        SAME(nextStep(detail)->step, 2);
        detail.steps[1].state = RunState::Succeeded;
        SAME(nextStep(detail)->step, 3);
        SAME(stateAfterStep(detail, 3, RunState::Succeeded), RunState::Succeeded);
    }

    /// 1 -> 2 and 3 side by side -> 4
    static RunDetail diamond()
    {
        RunDetail detail = oneStep();
        for (int number = 2; number <= 4; ++number) {
            detail.steps.push_back(detail.steps[0]);
            detail.steps.back().step = number;
            detail.steps.back().dependsOn = number == 4 ? "2,3" : "1";
        }
        return detail;
    }
    static void send(RunDetail &detail, int number)
    {
        detail.run.state = RunState::Running;
        detail.steps[static_cast<std::size_t>(number - 1)].state = RunState::Running;
        detail.attempts.push_back({detail.run.id, number, 1, detail.run.hostId, RunState::Running, 0, noon, {}, {}, {}, {}, 0, {}});
    }
    static void end(RunDetail &detail, int number, RunState state)
    {
        Step &step = detail.steps[static_cast<std::size_t>(number - 1)];
        step.state = state;
        step.endedAt = noon + std::chrono::seconds{number};
        for (Attempt &attempt : detail.attempts) {
            if (attempt.step == number)
                attempt.endedAt = step.endedAt;
        }
    }
    static std::vector<int> numbers(const std::vector<const Step *> &steps)
    {
        std::vector<int> found;
        for (const Step *step : steps)
            found.push_back(step->step);
        return found;
    }

    void independentStepsRunSideBySide()
    {
        RunDetail detail = diamond();
        QVERIFY(numbers(readySteps(detail)) == std::vector<int>{1});
        send(detail, 1);
        QVERIFY(readySteps(detail).empty());
        end(detail, 1, RunState::Succeeded);
        QVERIFY((numbers(readySteps(detail)) == std::vector<int>{2, 3}));
        send(detail, 2);
        QVERIFY((numbers(readySteps(detail)) == std::vector<int>{3}));
        SAME(nextMove(detail, ready(), stepNumbered(detail, 3)), Move::Start);
        send(detail, 3);
        QVERIFY((numbers(stepsOut(detail)) == std::vector<int>{2, 3}));
        SAME(stateAfterStep(detail, 2, RunState::Succeeded), RunState::Running);
        SAME(stateAfterStep(detail, 2, RunState::Failed), RunState::Running); // until the other has ended
        // one has failed for good: the other ends, nothing else begins, and the run has failed
        end(detail, 2, RunState::Failed);
        detail.steps.push_back(detail.steps[0]);
        detail.steps.back().step = 5;
        detail.steps.back().dependsOn.clear();
        detail.steps.back().state = RunState::Pending;
        QVERIFY(readySteps(detail).empty());
        SAME(stateAfterStep(detail, 3, RunState::Succeeded), RunState::Failed);
        end(detail, 2, RunState::Succeeded);
        SAME(stateAfterStep(detail, 3, RunState::Succeeded), RunState::Pending);
    }

    void oneSilentHostMakesTheRunUnknownUntilItAnswers()
    {
        RunDetail detail = diamond();
        end(detail, 1, RunState::Succeeded);
        send(detail, 2);
        send(detail, 3);
        Circumstances silent = ready();
        silent.reachable = false;
        silent.silentFor = 60s;
        const auto step = [&](int number) { return stepNumbered(std::as_const(detail), number); };
        SAME(nextMove(detail, silent, step(2)), Move::MarkUnknown);
        detail.run.state = detail.steps[1].state = RunState::Unknown;
        SAME(nextMove(detail, silent, step(2)), Move::Wait);
        SAME(nextMove(detail, ready(), step(3)), Move::Wait); // its own host is fine, and does not speak for the other
        SAME(nextMove(detail, ready(), step(2)), Move::MarkRunning);
    }

    void whatHasSucceededIsUndoneLastFirst()
    {
        RunDetail detail = diamond();
        for (const int number : {1, 2, 3})
            end(detail, number, RunState::Succeeded);
        detail.run.cancelRequested = true;
        SAME(nextMove(detail, ready()), Move::EndCancelled); // no kind names a compensation
        for (const int number : {1, 2, 3}) {
            detail.steps.push_back(detail.steps[0]);
            detail.steps.back().step = firstCompensation + number;
            detail.steps.back().state = RunState::Pending;
        }
        const auto next = [&] { return numbers(readySteps(detail)); };
        QVERIFY((next() == std::vector<int>{firstCompensation + 3}));
        SAME(nextMove(detail, ready()), Move::Start);
        SAME(stateAfterStep(detail, firstCompensation + 3, RunState::Succeeded), RunState::Pending);
        SAME(stateAfterStep(detail, firstCompensation + 3, RunState::Failed), RunState::Failed);
        const auto undo = [&](int number) {
            stepNumbered(detail, firstCompensation + number)->state = RunState::Succeeded;
            stepNumbered(detail, number)->state = RunState::Cancelled;
        };
        undo(3);
        QVERIFY((next() == std::vector<int>{firstCompensation + 2}));
        undo(2);
        SAME(stateAfterStep(detail, firstCompensation + 1, RunState::Succeeded), RunState::Cancelled);
        // tried again, it begins with the steps themselves, and what undid them is no work left
        detail.run.cancelRequested = false;
        detail.steps[0].state = RunState::Pending;
        QVERIFY(next() == std::vector<int>{1});
    }

    void aDueRunStartsOnlyWhenItMay()
    {
        const RunDetail run = oneStep();
        SAME(nextMove(run, ready()), Move::Start);
        Circumstances facts = ready();
        facts.now = noon - 1s;
        SAME(nextMove(run, facts), Move::Wait);
        for (bool Circumstances::*needed : {&Circumstances::mayOrder, &Circumstances::tokensFree, &Circumstances::windowOpen}) {
            facts = ready();
            facts.*needed = false;
            SAME(nextMove(run, facts), Move::Wait);
        }
        facts = ready();
        facts.overlapped = true;
        SAME(nextMove(run, facts), Move::Wait);
        // an unreachable host is found out by sending: the run fails with the reason instead of hiding it
        facts = ready();
        facts.reachable = false;
        SAME(nextMove(run, facts), Move::Start);
    }

    void retriesWaitForTheirTime()
    {
        RunDetail run = oneStep();
        run.run.attempts = 1;
        run.run.nextTry = noon + 60s;
        SAME(nextMove(run, ready()), Move::Wait);
        run.run.retryRequested = true; // by hand: at once
        SAME(nextMove(run, ready()), Move::Start);
        run.run.retryRequested = false;
        Circumstances later = ready();
        later.now = noon + 61s;
        SAME(nextMove(run, later), Move::Start);
    }

    void aRunThatWasNeverTriedInTimeIsMissed()
    {
        RunDetail run = oneStep();
        run.run.taskId = Uuid::v7();
        Circumstances facts = ready();
        facts.now = noon + 601s;
        facts.startDeadline = noon + 600s;
        SAME(nextMove(run, facts), Move::EndMissed);
        run.run.attempts = 1; // retries are never missed
        SAME(nextMove(run, facts), Move::Start);
    }

    void cancelOfAPendingRunNeedsNoAgent()
    {
        RunDetail run = oneStep();
        run.run.cancelRequested = true;
        Circumstances facts = ready();
        facts.reachable = false;
        facts.mayOrder = false;
        SAME(nextMove(run, facts), Move::EndCancelled);
        RunDetail running = sent();
        running.run.cancelRequested = true;
        SAME(nextMove(running, ready()), Move::OrderCancel);
        SAME(nextMove(running, facts), Move::Wait);
    }

    void silenceMakesARunUnknownAndAnAnswerResolvesIt()
    {
        Circumstances silent = ready();
        silent.reachable = false;
        silent.silentFor = 59s;
        SAME(nextMove(sent(), silent), Move::Wait);
        silent.silentFor = 60s;
        SAME(nextMove(sent(), silent), Move::MarkUnknown);
        SAME(nextMove(sent(RunState::Unknown), silent), Move::Wait);
        SAME(nextMove(sent(RunState::Unknown), ready()), Move::MarkRunning);
        // asked to try again while unknown: nothing new is sent before the agent was heard
        SAME(nextMove(sent(RunState::Pending), silent), Move::MarkUnknown);
        SAME(nextMove(sent(RunState::Pending), ready()), Move::MarkRunning);
    }

    void anEndedRunStaysAsItIs()
    {
        for (const RunState state : {RunState::Succeeded, RunState::Failed, RunState::Cancelled, RunState::Skipped, RunState::Missed})
            SAME(nextMove(oneStep(state), ready()), Move::Wait);
    }

    void windowEndCancelsOnlyWhenAsked()
    {
        RunDetail run = sent();
        run.run.taskId = Uuid::v7();
        Circumstances facts = ready();
        facts.windowOpen = false;
        SAME(nextMove(run, facts), Move::Wait);
        run.run.policies.atWindowEnd = "cancel";
        SAME(nextMove(run, facts), Move::CancelAtWindowEnd);
    }

    void tokensLimitTaskHostAndRepository()
    {
        Run run = oneStep().run;
        run.taskId = Uuid::v7();
        run.args["repository"] = "vault";
        Tokens tokens;
        QVERIFY(tokens.free(run, run.hostId));
        tokens.take(run, {run.hostId});
        QVERIFY(tokens.free(run, run.hostId)); // the place is its own
        Run other = run;
        other.id = Uuid::v7();
        QVERIFY(!tokens.free(other, run.hostId)); // one per host by default
        const Uuid elsewhere = Uuid::v7();
        QVERIFY(tokens.free(other, elsewhere));
        other.policies.perTask = 1;
        QVERIFY(!tokens.free(other, elsewhere));
        other.policies.perTask = 0;
        other.policies.perRepository = 1;
        QVERIFY(!tokens.free(other, elsewhere));
        other.args["repository"] = "local";
        QVERIFY(tokens.free(other, elsewhere));
        // a run fills a place where its steps are out, and not where it is filed
        Run restores = run;
        restores.id = Uuid::v7();
        restores.policies.perHost = 2;
        tokens.take(restores, {elsewhere});
        QVERIFY(!tokens.free(other, elsewhere));
        other.policies.perHost = 2;
        QVERIFY(tokens.free(other, elsewhere) && tokens.free(other, run.hostId));
        tokens.take(restores, {run.hostId}); // a second step of it
        QVERIFY(tokens.free(other, elsewhere) && !tokens.free(other, run.hostId));
        tokens.take(restores, {run.hostId, elsewhere}); // counted once
        QVERIFY(tokens.free(other, elsewhere));
    }

    void theSameAttemptMakesTheSameOrder()
    {
        RunDetail detail = oneStep();
        const wire::Fence fence{Uuid::v7(), detail.run.hostId, 7};
        const Fleet fleet;
        const auto one = makeOrder(backupKinds(), detail.run, detail.steps[0], 1, fence, fleet);
        const auto again = makeOrder(backupKinds(), detail.run, detail.steps[0], 1, fence, fleet);
        const auto second = makeOrder(backupKinds(), detail.run, detail.steps[0], 2, fence, fleet);
        SAME(dumpJson(Json(one)), dumpJson(Json(again)));
        QVERIFY(one.args["backupId"] != second.args["backupId"]);
        SAME(one.argsSha256, sha256Hex(dumpJson(one.args)));
        SAME(sha256Hex("abc"), std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    }

    void anAgentIsBelievedAboutItsOrderOnly()
    {
        const RunDetail detail = oneStep();
        const auto order = makeOrder(backupKinds(), detail.run, detail.steps[0], 1, {}, {});
        const Uuid ordered = *Uuid::parse(order.args["backupId"].get<std::string>());
        wire::OrderStatus status;
        wire::BackupResult made;
        made.backupId = ordered;
        made.path = "/backups/db1/my3306/x";
        status.data = made;
        const auto good = backups::backupOf(detail.run, order, status, "db1");
        QVERIFY(good);
        SAME(good->id, ordered);
        SAME(good->level, 0);
        const auto refused = [&](const wire::BackupResult &claimed) {
            status.data = claimed;
            const auto answer = backups::backupOf(detail.run, order, status, "db1");
            return !answer && answer.error().is(errors::protocolBadParams);
        };
        auto other = made;
        other.backupId = Uuid::v7();
        QVERIFY(refused(other));
        other = made;
        other.level = 2;
        QVERIFY(refused(other));
        other = made;
        other.path.clear();
        QVERIFY(refused(other));
        // what no column holds is a failed attempt, not a row that cannot be written
        for (std::string wire::BackupResult::*text : {&wire::BackupResult::path, &wire::BackupResult::method, &wire::BackupResult::repository,
                                                      &wire::BackupResult::sha256, &wire::BackupResult::toolVersion}) {
            other = made;
            other.*text = std::string(text == &wire::BackupResult::toolVersion ? 2'000'000 : 5000, 'x');
            QVERIFY(refused(other));
        }
        for (const double seconds : {-1.0, 1e300}) {
            other = made;
            other.durationSeconds = seconds;
            QVERIFY(refused(other));
        }
        other = made;
        other.storedBytes = -1;
        QVERIFY(refused(other));
        status.data = made;
        QVERIFY(!backups::backupOf(detail.run, order, status, std::string(101, 'h')));

        wire::Order restore;
        restore.kind = "restore";
        restore.args = wire::RestoreArgs{ordered, "local", "my3306", "db1", "/restore"};
        wire::RestoreResult proof;
        proof.backupId = ordered;
        proof.level = 2;
        status.data = proof;
        QVERIFY(backups::proofOf(restore, status));
        proof.level = 4;
        status.data = proof;
        QVERIFY(!backups::proofOf(restore, status));
        proof.level = 2;
        proof.backupId = Uuid::v7();
        status.data = proof;
        QVERIFY(!backups::proofOf(restore, status));
        restore.args = {{"backupId", 7}};
        QVERIFY(!backups::proofOf(restore, status));
    }

    void linkErrorsAreToldFromAnswers()
    {
        QVERIFY(neverSent(makeError(errors::sshUnreachable)));
        QVERIFY(!neverSent(makeError(errors::sshLost)));
        QVERIFY(isLinkError(makeError(errors::sshLost)));
        QVERIFY(!isLinkError(makeError(errors::kindNotAllowed)));
        SAME(hostStateOf(makeError(errors::agentMissing)), std::string("no_agent"));
        QVERIFY(isLinkError(makeError(errors::agentNotRunning)) && neverSent(makeError(errors::agentNotRunning)));
        SAME(hostStateOf(makeError(errors::agentNotRunning)), std::string("no_agent"));
        QVERIFY(isLinkError(makeError(errors::agentBusy)) && neverSent(makeError(errors::agentBusy)));
        SAME(hostStateOf(makeError(errors::agentBusy)), std::string("unreachable"));
        SAME(hostStateOf(makeError(errors::sshHostKeyChanged)), std::string("refused"));
        SAME(hostStateOf(makeError(errors::timeout)), std::string("unreachable"));
    }
};

QTEST_GUILESS_MAIN(TestRules)
#include "tst_rules.moc"
