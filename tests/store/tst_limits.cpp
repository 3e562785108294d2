// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workflow/runrepository.h"
#include "tests/store/repositorytest.h"

#include <array>
#include <atomic>
#include <barrier>
#include <thread>

using namespace zandb;
using namespace zandb::test;

/// Limits of concurrency when several programs begin runs in the same moment: each flavour that can be had.
class TestLimits : public RepositoryTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { bothFlavours(); }
    void initTestCase() {}
    void init() { prepare(); }
    void twoProgramsInTheSameMoment();
    void everyLimitCounts();
    void aRunCountsWhereItsStepsAre();
    void whatWaitsHoldsNoLock();

private:
    /// True: it was begun.
    static Result<bool> begin(store::Session &session, const Uuid &id, int number = 1)
    {
        const auto loaded = workflow::loadRun(session, id);
        if (!loaded)
            return fail(loaded.error());
        Run run = (*loaded)->run;
        Step step = (*loaded)->steps[static_cast<std::size_t>(number - 1)];
        Attempt attempt;
        attempt.runId = id;
        attempt.step = step.step;
        attempt.attempt = 1;
        attempt.hostId = step.hostId;
        return workflow::beginAttempt(session, run, step, attempt, workflow::Lock::Instance);
    }
    Uuid add(const RunDetail &detail)
    {
        const auto created = workflow::createRun(*m_session, detail);
        return created && *created ? detail.run.id : Uuid{};
    }
};

void TestLimits::twoProgramsInTheSameMoment()
{
    constexpr std::size_t rounds = 20;
    std::vector<std::array<Uuid, 2>> runs(rounds);
    for (auto &pair : runs) {
        const Uuid host = Uuid::v7(); // one backup at a time on each host, by default
        for (Uuid &id : pair)
            id = add(makeRun(host, Uuid::v7(), fromMicros(1'700'000'000'000'000)));
    }
    std::array<std::array<bool, rounds>, 2> begun{};
    std::atomic<int> failures = 0;
    std::barrier<> together(2);
    const auto race = [&](std::size_t who) {
        store::Session session(m_settings);
        for (std::size_t i = 0; i < rounds; ++i) {
            together.arrive_and_wait();
            const auto done = begin(session, runs[i][who]);
            failures += !done;
            begun[who][i] = done && *done;
        }
    };
    std::thread first(race, 0), second(race, 1);
    first.join();
    second.join();
    QCOMPARE(failures.load(), 0);
    for (std::size_t i = 0; i < rounds; ++i)
        QVERIFY2(begun[0][i] != begun[1][i], begun[0][i] ? "both began" : "none began");
}

void TestLimits::everyLimitCounts()
{
    const Uuid task = Uuid::v7();
    const auto made = [&](int perTask, int perHost, int perRepository, std::optional<Uuid> ofTask = {}) {
        RunDetail detail = makeRun(Uuid::v7(), Uuid::v7(), fromMicros(1'700'000'000'000'000), ofTask);
        detail.run.policies.perTask = perTask;
        detail.run.policies.perHost = perHost;
        detail.run.policies.perRepository = perRepository;
        detail.run.args = Json{{"repository", "local"}};
        return add(detail);
    };
    const Uuid first = made(2, 1, 0, task), second = made(2, 1, 0, task), third = made(2, 1, 0, task);
    QCOMPARE(begin(*m_session, first).value(), true);
    QCOMPARE(begin(*m_session, second).value(), true);
    QCOMPARE(begin(*m_session, third).value(), false);
    QCOMPARE(begin(*m_session, made(0, 0, 2)).value(), false);
    QCOMPARE(begin(*m_session, made(0, 0, 3)).value(), true);
    QCOMPARE(begin(*m_session, made(0, 0, 0)).value(), true);
    VERIFY_OK(m_session->execute("UPDATE run SET state='succeeded' WHERE id=?", {store::value(first)}));
    QCOMPARE(begin(*m_session, third).value(), true);
}

/// Two steps on two hosts: each host has room for one run at a time, and a run is on a host while a step of it is.
void TestLimits::aRunCountsWhereItsStepsAre()
{
    const auto due = fromMicros(1'700'000'000'000'000);
    const Uuid sends = Uuid::v7(), takes = Uuid::v7();
    const auto two = [&](const char *dependsOn) {
        RunDetail detail = makeRun(sends, Uuid::v7(), due);
        Step second = detail.steps.front();
        second.step = 2;
        second.hostId = takes;
        second.dependsOn = dependsOn;
        detail.steps.push_back(second);
        return add(detail);
    };
    const auto one = [&](const Uuid &host) { return add(makeRun(host, Uuid::v7(), due)); };
    const auto ended = [&](const Uuid &run, int number) {
        VERIFY_OK(m_session->execute("UPDATE attempt SET ended_us=1, state='succeeded' WHERE run_id=? AND step=?",
                                     {store::value(run), store::value(number)}));
    };
    const Uuid both = two(""), afterwards = two("1");
    QCOMPARE(begin(*m_session, both, 1).value(), true);
    const Uuid there = one(takes);
    QCOMPARE(begin(*m_session, there).value(), true); // nothing of the other run is on this host yet
    QCOMPARE(begin(*m_session, both, 2).value(), false);
    ended(there, 1);
    VERIFY_OK(m_session->execute("UPDATE run SET state='succeeded' WHERE id=?", {store::value(there)}));
    QCOMPARE(begin(*m_session, both, 2).value(), true); // a second place of a run that is at work
    QCOMPARE(begin(*m_session, one(takes)).value(), false);
    QCOMPARE(begin(*m_session, one(sends)).value(), false);
    ended(both, 1);
    QCOMPARE(begin(*m_session, afterwards, 1).value(), true); // its own host is free again, whatever is on the other one
    QCOMPARE(begin(*m_session, one(takes)).value(), false);
    ended(both, 2);
    VERIFY_OK(m_session->execute("UPDATE run SET state='succeeded' WHERE id=?", {store::value(both)}));
    ended(afterwards, 1);
    QCOMPARE(begin(*m_session, afterwards, 2).value(), true);
    QCOMPARE(begin(*m_session, one(sends)).value(), true);
    QCOMPARE(begin(*m_session, one(takes)).value(), false);
}

/// A run that a limit keeps from beginning must not keep others from its instance meanwhile.
void TestLimits::whatWaitsHoldsNoLock()
{
    const auto due = fromMicros(1'700'000'000'000'000);
    const Uuid task = Uuid::v7(), instance = Uuid::v7();
    const auto made = [&](const Uuid &target, int perTask) {
        RunDetail detail = makeRun(Uuid::v7(), target, due, perTask > 0 ? std::optional(task) : std::nullopt);
        detail.run.policies.perTask = perTask;
        return add(detail);
    };
    QCOMPARE(begin(*m_session, made(Uuid::v7(), 1)).value(), true);
    const Uuid waits = made(instance, 1);
    QCOMPARE(begin(*m_session, waits).value(), false);
    const Uuid goes = made(instance, 0);
    QCOMPARE(begin(*m_session, goes).value(), true);
    // and that one holds it
    QCOMPARE(begin(*m_session, made(instance, 0)).value(), false);
    VERIFY_OK(workflow::releaseLock(*m_session, instance, waits)); // not its own
    QCOMPARE(begin(*m_session, made(instance, 0)).value(), false);
    VERIFY_OK(workflow::releaseLock(*m_session, instance, goes));
    QCOMPARE(begin(*m_session, made(instance, 0)).value(), true);
    // what a run that has ended forgot to release
    VERIFY_OK(m_session->execute("UPDATE run SET state='failed' WHERE target_id=?", {store::value(instance)}));
    QCOMPARE(begin(*m_session, made(instance, 0)).value(), true);
}

QTEST_GUILESS_MAIN(TestLimits)
#include "tst_limits.moc"
