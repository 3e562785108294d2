// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/backups/backuprepository.h"
#include "app/workflow/execution.h"
#include "app/workflow/runrepository.h"
#include "tests/store/repositorytest.h"
#include "tests/support/backupend.h"

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;
using store::value;

/// Runs of which nobody will learn how they ended, and what their agents say of them after all: each flavour that can be had.
class TestGivenUp : public RepositoryTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { bothFlavours(); }
    void initTestCase() {}
    void init()
    {
        prepare();
        m_detail = makeRun(Uuid::v7(), Uuid::v7(), fromMicros(1'700'000'000'000'000));
    }
    void onlyUnknownRuns();
    void aLateResult();
    void anyOpenRun();
    void theHostIsGone();
    void aStepsHostIsGone();

private:
    /// The run with an attempt out, in a state.
    void begin(const char *state)
    {
        QCOMPARE(workflow::createRun(*m_session, m_detail).value(), true);
        Run run = now().run;
        Step step = now().steps.front();
        Attempt attempt;
        attempt.runId = run.id;
        attempt.step = step.step;
        attempt.attempt = 1;
        attempt.hostId = run.hostId;
        attempt.sentAt = m_session->now().value();
        QCOMPARE(workflow::beginAttempt(*m_session, run, step, attempt).value(), true);
        VERIFY_OK(m_session->execute("UPDATE run SET state=?", {value(state)}));
        (void)changed();
    }
    RunDetail now() { return workflow::loadRun(*m_session, m_detail.run.id).value().value(); }
    workflow::AttemptEnd lateEnd()
    {
        test::BackupEnd end;
        end.attempt = now().attempts.at(0);
        end.attempt.state = RunState::Succeeded;
        end.attempt.endedAt = end.attempt.sentAt + 5s;
        end.attempt.error.reset();
        end.attempt.result = Json{{"path", "/b/x"}};
        Backup backup;
        backup.id = Uuid::v7();
        backup.instanceId = m_detail.run.targetId;
        backup.hostId = m_detail.run.hostId;
        backup.runId = m_detail.run.id;
        backup.path = "/b/x";
        backup.sha256 = std::string(64, 'a');
        end.backup = backup;
        return end.sealed();
    }
    std::string audited()
    {
        std::string acts;
        const auto rows = m_session->query("SELECT act, person FROM audit WHERE subject=? AND act<>'run.begin' ORDER BY id", {value(m_detail.run.id.toString())});
        for (const auto &row : rows.value_or(store::Rows{}))
            acts += row.text(0) + ':' + row.text(1) + ' ';
        return acts;
    }

    RunDetail m_detail;
};

void TestGivenUp::onlyUnknownRuns()
{
    COMPARE_CODE(workflow::giveUp(*m_session, Uuid::v7(), "bob"), errors::notFound);
    begin("running");
    const auto early = workflow::giveUp(*m_session, m_detail.run.id, "bob");
    COMPARE_CODE(early, errors::runNotUnknown);
    QCOMPARE(early.error().fields.at("state"), std::string("running"));
    QVERIFY(now().run.state == RunState::Running);
    QVERIFY(changed().empty());

    VERIFY_OK(m_session->execute("UPDATE run SET state='unknown', cancel_requested=1"));
    Run seen = now().run;
    VERIFY_OK(workflow::giveUp(*m_session, m_detail.run.id, "bob"));
    QCOMPARE(changed(), std::vector<std::string>{"run"});
    const RunDetail given = now();
    QVERIFY(given.run.state == RunState::Failed);
    QCOMPARE(given.run.error->code, std::string(errors::runGivenUp.text));
    QCOMPARE(given.run.error->fields.at("person"), std::string("bob"));
    QVERIFY(given.run.endedAt && !given.run.cancelRequested);
    QVERIFY(given.steps[0].state == RunState::Failed && given.steps[0].endedAt);
    QVERIFY(given.attempts[0].state == RunState::Failed && given.attempts[0].endedAt);
    QCOMPARE(given.attempts[0].error->code, std::string(errors::runGivenUp.text));
    QCOMPARE(audited(), std::string("run.give_up:bob "));
    QVERIFY(workflow::openRuns(*m_session, {}).value().empty());
    QCOMPARE(workflow::updateRun(*m_session, seen).value(), false); // whoever still has the old row loses
    COMPARE_CODE(workflow::giveUp(*m_session, m_detail.run.id, "bob"), errors::runNotUnknown);

    VERIFY_OK(workflow::requestRetry(*m_session, m_detail.run.id, "bob"));
    QVERIFY(now().run.state == RunState::Pending);
    QVERIFY(now().steps[0].state == RunState::Pending);
}

void TestGivenUp::aLateResult()
{
    begin("unknown");
    Run run = now().run;
    Step step = now().steps[0];
    QCOMPARE(workflow::recordLateEnd(*m_session, lateEnd()).value(), false); // nobody gave it up
    VERIFY_OK(workflow::giveUp(*m_session, m_detail.run.id, "bob"));
    (void)changed();

    // a process that knew nothing of it does not take the result for recorded
    run.revision = now().run.revision;
    step.revision = now().steps[0].revision;
    QCOMPARE(workflow::endAttempt(*m_session, run, step, lateEnd()).value(), false);
    QVERIFY(now().run.state == RunState::Failed);
    QVERIFY(changed().empty());

    const workflow::AttemptEnd end = lateEnd();
    QCOMPARE(workflow::recordLateEnd(*m_session, end).value(), true);
    QCOMPARE(changed(), (std::vector<std::string>{"backup", "run"}));
    const RunDetail after = now();
    QVERIFY(after.run.state == RunState::Failed);
    QCOMPARE(after.run.error->code, std::string(errors::runGivenUp.text));
    QVERIFY(after.steps[0].state == RunState::Failed);
    QVERIFY(after.attempts[0].state == RunState::Succeeded && !after.attempts[0].error);
    QCOMPARE(after.attempts[0].endedAt, end.attempt.endedAt);
    QVERIFY(after.attempts[0].result == end.attempt.result);
    QCOMPARE(m_session->query("SELECT COUNT(*) FROM backup").value().front().integer(0), 1);
    QCOMPARE(audited(), std::string("run.give_up:bob run.late_result: "));
    QCOMPARE(workflow::recordLateEnd(*m_session, end).value(), false); // once
}

void TestGivenUp::anyOpenRun()
{
    QCOMPARE(workflow::createRun(*m_session, m_detail).value(), true);
    VERIFY_OK(workflow::giveUp(*m_session, m_detail.run.id, "bob", true));
    QVERIFY(now().run.state == RunState::Failed);
    COMPARE_CODE(workflow::giveUp(*m_session, m_detail.run.id, "bob", true), errors::runNotUnknown);
    m_detail = makeRun(Uuid::v7(), Uuid::v7(), fromMicros(1'700'000'000'000'000));
    begin("running");
    VERIFY_OK(workflow::giveUp(*m_session, m_detail.run.id, "bob", true));
    QVERIFY(now().attempts[0].endedAt);
}

/// Whoever makes a run of a host that is removed in the same moment: it does not stay open for ever.
void TestGivenUp::theHostIsGone()
{
    const Host host = addHost("db1"), gone = addHost("db2");
    const RunDetail kept = makeRun(host.id, Uuid::v7(), fromMicros(1'700'000'000'000'000));
    QCOMPARE(workflow::createRun(*m_session, kept).value(), true);
    m_detail.run.hostId = gone.id;
    for (Step &step : m_detail.steps)
        step.hostId = gone.id;
    QVERIFY(workflow::openRuns(*m_session, {gone.id}).value().empty()); // the remover looks,
    QCOMPARE(workflow::createRun(*m_session, m_detail).value(), true);    // somebody makes a run,
    VERIFY_OK(fleet::removeHost(*m_session, gone.id));                    // and the host goes
    (void)changed();
    QCOMPARE(workflow::endRunsWithoutHost(*m_session).value(), 1);
    QVERIFY(now().run.state == RunState::Failed);
    QVERIFY(now().run.error && now().run.error->is(errors::runHostGone));
    QCOMPARE(changed(), std::vector<std::string>{"run"});
    QCOMPARE(workflow::endRunsWithoutHost(*m_session).value(), 0);
    QVERIFY(workflow::findRun(*m_session, kept.run.id).value()->state == RunState::Pending);

    // one that is begun by hand after the removal is refused, and leaves nothing open
    const RunDetail late = makeRun(gone.id, Uuid::v7(), {});
    const auto refused = workflow::beginByHand(*m_session, {}, late, "somebody@here:1");
    QVERIFY(!refused && refused.error().is(errors::notFound));
    QCOMPARE(workflow::openRuns(*m_session, {}).value().size(), std::size_t{1});
}

/// A run of two hosts cannot end without the second one: it does not wait for it for ever, and what is at work on the first one is recorded.
void TestGivenUp::aStepsHostIsGone()
{
    const Host host = addHost("db1"), gone = addHost("db2");
    const auto ofTwoHosts = [&] {
        RunDetail detail = makeRun(host.id, Uuid::v7(), fromMicros(1'700'000'000'000'000));
        Step second = detail.steps.front();
        second.step = 2;
        second.hostId = gone.id;
        second.dependsOn = "1";
        detail.steps.push_back(second);
        return detail;
    };
    m_detail = ofTwoHosts();
    begin("running");
    RunDetail done = ofTwoHosts(); // of this one only the host that stays is still needed
    done.steps[1].dependsOn.clear();
    done.steps[1].state = RunState::Succeeded;
    QCOMPARE(workflow::createRun(*m_session, done).value(), true);
    QCOMPARE(workflow::openRuns(*m_session, {gone.id}).value().size(), std::size_t{2}); // the remover sees them
    QCOMPARE(workflow::openRuns(*m_session, {Uuid::v7()}).value().size(), std::size_t{0});
    VERIFY_OK(fleet::removeHost(*m_session, gone.id));
    QCOMPARE(workflow::endRunsWithoutHost(*m_session).value(), 0); // its first step is at work
    QVERIFY(now().run.state == RunState::Running);
    VERIFY_OK(m_session->execute("UPDATE attempt SET state='succeeded', ended_us=1 WHERE run_id=?", {store::value(m_detail.run.id)}));
    VERIFY_OK(m_session->execute("UPDATE run_step SET state='succeeded' WHERE run_id=? AND step=1", {store::value(m_detail.run.id)}));
    VERIFY_OK(m_session->execute("UPDATE run SET state='pending' WHERE id=?", {store::value(m_detail.run.id)}));
    QCOMPARE(workflow::endRunsWithoutHost(*m_session).value(), 1);
    QVERIFY(now().run.state == RunState::Failed);
    QVERIFY(now().run.error && now().run.error->is(errors::runHostGone));
    QVERIFY(now().attempts[0].state == RunState::Succeeded);
    QVERIFY(workflow::findRun(*m_session, done.run.id).value()->state == RunState::Pending);

    const auto refused = workflow::beginByHand(*m_session, {}, ofTwoHosts(), "somebody@here:1");
    QVERIFY(!refused && refused.error().is(errors::notFound));
    QCOMPARE(workflow::openRuns(*m_session, {}).value().size(), std::size_t{1});
}

QTEST_GUILESS_MAIN(TestGivenUp)
#include "tst_givenup.moc"
