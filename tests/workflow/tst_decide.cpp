// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/schedule/decide.h"
#include "app/schedule/dueheap.h"
#include "app/schedule/storeclock.h"
#include "app/schedule/targets.h"
#include "app/workflow/scheduler.h"
#include "models/workflow/runid.h"

#include "tests/support/same.h"

using namespace zandb;
using namespace zandb::schedule;
using namespace std::chrono_literals;

namespace {

TimePoint at(const char *text)
{
    return *fromIso(text);
}

Schedule parsed(const char *json)
{
    return *Schedule::fromJson(*parseJson(json));
}

const char *nightly = R"({"every":"day","at":"02:30","zone":"UTC"})";
const char *minutely = R"({"every":"interval","seconds":60,"anchor":"2026-01-01T00:00:00Z"})";

struct TestFleetRows
{
    Fleet fleet;
    TestFleetRows() { fleet.readAt = at("2026-03-01T00:00:00Z"); }
    Uuid host(const std::string &name, const std::string &address)
    {
        Host host;
        host.id = Uuid::v7();
        host.name = name;
        host.address = address;
        fleet.hosts.push_back(host);
        fleet.hostStates[host.id] = {host.id, "ok", fleet.readAt, fleet.readAt, {}, {}};
        return host.id;
    }
    Uuid instance(const Uuid &hostId, const std::string &name, int port, const std::string &sourceAddress = {}, int sourcePort = 0,
                  std::optional<std::int64_t> lag = 0)
    {
        InstanceRecord record;
        record.instance = {Uuid::v7(), hostId, name, port, {}, 1};
        record.state = "up";
        record.seenAt = fleet.readAt - 10s;
        record.detail = wire::InstanceState{};
        record.detail->port = port;
        if (!sourceAddress.empty()) {
            wire::ReplicationState r;
            r.sourceHost = sourceAddress;
            r.sourcePort = sourcePort;
            r.ioRunning = r.sqlRunning = true;
            r.lagSeconds = lag;
            record.detail->replication.push_back(r);
        }
        fleet.instances.push_back(record);
        return record.instance.id;
    }
    InstanceRecord &record(const Uuid &id)
    {
        for (auto &one : fleet.instances) {
            if (one.instance.id == id)
                return one;
        }
        qFatal("no such instance");
    }
};

} // namespace

class TestDecide : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingIsDueBeforeItsTime()
    {
        QVERIFY(decide({}, parsed(nightly), {}, at("2026-03-01T02:30:00Z"), at("2026-03-02T02:29:59Z")).empty());
    }

    void whatIsDueRuns()
    {
        const auto rows = decide({}, parsed(nightly), {}, at("2026-03-01T02:30:00Z"), at("2026-03-02T02:30:01Z"));
        SAME(rows.size(), 1u);
        SAME(rows[0].due, at("2026-03-02T02:30:00Z"));
        SAME(rows[0].startAt, rows[0].due);
        SAME(rows[0].state, std::string("ran"));
    }

    void afterAnOutageOnlyTheLatestRunsAndTheRestIsOneRow()
    {
        const auto rows = decide({}, parsed(nightly), {}, at("2026-03-01T02:30:00Z"), at("2026-03-05T04:00:00Z"));
        SAME(rows.size(), 2u);
        SAME(rows[0].state, std::string("missed"));
        SAME(rows[0].missedCount, 3);
        SAME(*rows[0].missedSince, at("2026-03-02T02:30:00Z"));
        SAME(rows[0].due, at("2026-03-04T02:30:00Z"));
        SAME(rows[1].state, std::string("ran"));
        SAME(rows[1].due, at("2026-03-05T02:30:00Z"));
    }

    void pastTheStartDeadlineAllOfItIsMissed()
    {
        const auto rows = decide({}, parsed(nightly), {}, at("2026-03-01T02:30:00Z"), at("2026-03-03T09:00:00Z"));
        SAME(rows.size(), 1u);
        SAME(rows[0].state, std::string("missed"));
        SAME(rows[0].reason, std::string("deadline"));
        SAME(rows[0].missedCount, 2);
        Policies patient;
        patient.startDeadlineSeconds = 12 * 3600;
        const auto late = decide(patient, parsed(nightly), {}, at("2026-03-01T02:30:00Z"), at("2026-03-02T09:00:00Z"));
        SAME(late.size(), 1u);
        SAME(late[0].state, std::string("ran"));
    }

    void catchUpSkipRunsOnlyWhatIsOnTime()
    {
        Policies policies;
        policies.catchUp = "skip";
        SAME(decide(policies, parsed(nightly), {}, at("2026-03-01T02:30:00Z"), at("2026-03-02T02:30:30Z"))[0].state, std::string("ran"));
        const auto rows = decide(policies, parsed(nightly), {}, at("2026-03-01T02:30:00Z"), at("2026-03-02T03:30:00Z"));
        SAME(rows.size(), 1u);
        SAME(rows[0].state, std::string("missed"));
        SAME(rows[0].reason, std::string("catch_up"));
    }

    void catchUpAllStopsAtAHundred()
    {
        Policies policies;
        policies.catchUp = "all";
        policies.startDeadlineSeconds = 24 * 3600;
        const auto rows = decide(policies, parsed(minutely), {}, at("2026-03-01T00:00:00Z"), at("2026-03-01T05:00:30Z"));
        SAME(rows.size(), 101u);
        SAME(rows[0].state, std::string("missed"));
        SAME(rows[0].missedCount, 200);
        SAME(rows[1].state, std::string("ran"));
        SAME(rows[1].due, at("2026-03-01T03:21:00Z"));
        SAME(rows.back().due, at("2026-03-01T05:00:00Z"));
    }

    void twoWeeksOfMinutesAreCaughtUpQuickly()
    {
        const auto before = test::cpuTime();
        const auto rows = decide({}, parsed(minutely), {}, at("2026-03-01T00:00:00Z"), at("2026-03-15T00:00:30Z"));
        SAME(rows.size(), 2u);
        SAME(rows[0].missedCount, 14 * 1440 - 1);
        SAME(rows[1].due, at("2026-03-15T00:00:00Z"));
        QVERIFY2(test::cpuTime() - before < std::chrono::seconds{1}, qPrintable(QString::number((test::cpuTime() - before).count())));
    }

    void outsideItsWindowItWaitsForTheOpening()
    {
        Policies policies;
        policies.windowFrom = "05:00";
        policies.windowTo = "07:00";
        policies.windowZone = "UTC";
        const auto window = windowOf(policies);
        QVERIFY(window && *window);
        const auto rows = decide(policies, parsed(nightly), *window, at("2026-03-01T02:30:00Z"), at("2026-03-02T02:30:01Z"));
        SAME(rows.size(), 1u);
        SAME(rows[0].state, std::string("ran"));
        SAME(rows[0].startAt, at("2026-03-02T05:00:00Z"));
        policies.windowFrom = "12:00";
        policies.windowTo = "13:00";
        const auto missed = decide(policies, parsed(nightly), *windowOf(policies), at("2026-03-01T02:30:00Z"), at("2026-03-02T02:30:01Z"));
        SAME(missed[0].state, std::string("missed"));
        SAME(missed[0].reason, std::string("window"));
    }

    void theStoresClockIsWatchedForJumps()
    {
        StoreClock clock;
        auto steady = StoreClock::Steady{} + 1000s;
        TimePoint store = at("2026-03-01T00:00:00Z");
        SAME(clock.observe(store, steady), StoreClock::Verdict::Go);
        SAME(clock.observe(store + 1s, steady += 1s), StoreClock::Verdict::Go);
        SAME(clock.observe(store - 3s, steady += 1s), StoreClock::Verdict::Go); // 4 s back: harmless
        SAME(clock.observe(store - 10s, steady += 1s), StoreClock::Verdict::HoldBack);
        SAME(clock.observe(store - 5s, steady += 5s), StoreClock::Verdict::HoldBack);
        SAME(clock.observe(store + 2s, steady += 7s), StoreClock::Verdict::Go);
        SAME(clock.observe(store + 20min, steady += 1s), StoreClock::Verdict::HoldForward);
        SAME(clock.observe(store + 20min + 30s, steady += 30s), StoreClock::Verdict::HoldForward);
        SAME(clock.observe(store + 21min, steady += 31s), StoreClock::Verdict::Go);
        // an outage of the program itself is no jump: both clocks went on
        SAME(clock.observe(store + 5h, steady += 4h + 39min), StoreClock::Verdict::Go);
    }

    /// Back by two days: whoever was ahead was wrong.  It is believed when it has kept its time for a minute, not after two days.
    void aClockThatComesBackIsBelievedAgain()
    {
        StoreClock clock;
        auto steady = StoreClock::Steady{} + 1000s;
        const TimePoint store = at("2026-03-01T00:00:00Z");
        SAME(clock.observe(store + 48h, steady), StoreClock::Verdict::Go);
        SAME(clock.observe(store, steady += 1s), StoreClock::Verdict::HoldBack);
        SAME(clock.observe(store + 30s, steady += 30s), StoreClock::Verdict::HoldBack);
        SAME(clock.observe(store + 59s, steady += 29s), StoreClock::Verdict::HoldBack);
        SAME(clock.observe(store + 61s, steady += 2s), StoreClock::Verdict::Go);
        SAME(clock.observe(store + 62s, steady += 1s), StoreClock::Verdict::Go);
        // it moves once more while it is watched: the minute begins anew
        SAME(clock.observe(store - 24h, steady += 1s), StoreClock::Verdict::HoldBack);
        SAME(clock.observe(store - 48h, steady += 50s), StoreClock::Verdict::HoldBack);
        SAME(clock.observe(store - 48h + 50s, steady += 50s), StoreClock::Verdict::HoldBack);
        SAME(clock.observe(store - 48h + 61s, steady += 11s), StoreClock::Verdict::Go);
        // and where it was right before it is believed at once
        SAME(clock.observe(store - 49h, steady += 1s), StoreClock::Verdict::HoldBack);
        SAME(clock.observe(store - 48h + 63s, steady += 1s), StoreClock::Verdict::Go);
    }

    void replicationSetsAreJoinedByAddressAndPort()
    {
        TestFleetRows rows;
        const Uuid a = rows.host("db1", "10.0.0.1");
        const Uuid b = rows.host("db2", "10.0.0.2");
        const Uuid primary = rows.instance(a, "my3306", 3306);
        const Uuid replica = rows.instance(b, "my3306", 3306, "10.0.0.1", 3306);
        const Uuid second = rows.instance(b, "my3308", 3308, "db1", 3306, 5);
        const Uuid alone = rows.instance(b, "my3307", 3307);
        const auto sets = replicationSets(rows.fleet);
        SAME(sets.size(), 2u);

        Selector all;
        all.all = true;
        auto targets = expandTargets(all, "replica_else_primary", rows.fleet);
        SAME(targets.size(), 2u);
        QVERIFY(targets[0].instance == replica || targets[1].instance == replica);
        QVERIFY(targets[0].instance == alone || targets[1].instance == alone);
        SAME(expandTargets(all, "as_named", rows.fleet).size(), 4u);

        Selector named;
        named.instances = {primary};
        SAME(expandTargets(named, "replica_else_primary", rows.fleet).at(0).instance, replica);
        SAME(expandTargets(named, "as_named", rows.fleet).at(0).instance, primary);
        named.except = {replica};
        SAME(expandTargets(named, "replica_else_primary", rows.fleet).at(0).instance, second);
        // unknown or high lag, or a stopped thread: back to the primary
        rows.record(replica).detail->replication[0].lagSeconds.reset();
        rows.record(second).detail->replication[0].lagSeconds = 300;
        named.except.clear();
        SAME(expandTargets(named, "replica_else_primary", rows.fleet).at(0).instance, primary);
        rows.record(second).detail->replication[0].lagSeconds = 299;
        SAME(expandTargets(named, "replica_else_primary", rows.fleet).at(0).instance, second);
        rows.record(second).detail->replication[0].sqlRunning = false;
        SAME(expandTargets(named, "replica_else_primary", rows.fleet).at(0).instance, primary);
        rows.record(alone).state = "gone";
        SAME(expandTargets(all, "as_named", rows.fleet).size(), 3u);
    }

    void aReplicaNobodyHearsOfIsNotChosen_data()
    {
        QTest::addColumn<QString>("hostState");
        QTest::addColumn<int>("age");
        QTest::addColumn<bool>("chosen");
        QTest::newRow("fresh") << "ok" << 60 << true;
        QTest::newRow("old") << "ok" << 61 << false;
        QTest::newRow("its host is gone") << "unreachable" << 10 << false;
        QTest::newRow("its agent is gone") << "no_agent" << 10 << false;
        QTest::newRow("its host was never asked") << "" << 10 << false;
    }
    void aReplicaNobodyHearsOfIsNotChosen()
    {
        QFETCH(QString, hostState);
        QFETCH(int, age);
        QFETCH(bool, chosen);
        TestFleetRows rows;
        const Uuid a = rows.host("db1", "10.0.0.1");
        const Uuid b = rows.host("db2", "10.0.0.2");
        const Uuid primary = rows.instance(a, "my3306", 3306);
        const Uuid replica = rows.instance(b, "my3306", 3306, "10.0.0.1", 3306);
        if (hostState.isEmpty())
            rows.fleet.hostStates.erase(b);
        else
            rows.fleet.hostStates[b].state = hostState.toStdString();
        rows.record(replica).seenAt = rows.fleet.readAt - std::chrono::seconds{age};
        Selector all;
        all.all = true;
        const auto targets = expandTargets(all, "replica_else_primary", rows.fleet);
        SAME(targets.size(), 1u);
        SAME(targets[0].instance, chosen ? replica : primary);
        rows.record(replica).seenAt.reset();
        SAME(expandTargets(all, "replica_else_primary", rows.fleet).at(0).instance, primary);
    }

    void overlapSkipsQueuesOrCancels()
    {
        TestFleetRows rows;
        const Uuid host = rows.host("db1", "10.0.0.1");
        const Uuid one = rows.instance(host, "my3306", 3306);
        const Uuid two = rows.instance(host, "my3307", 3307);
        Task task;
        task.id = Uuid::v7();
        task.kind = "backup";
        task.selector.all = true;
        Planned planned;
        planned.due = planned.startAt = at("2026-03-02T02:30:00Z");
        planned.state = "ran";
        const Uuid other = Uuid::v7();
        const auto make = [&](const std::vector<workflow::OpenOfTask> &open) {
            return workflow::makeOccurrence(task, parsed(nightly), planned, rows.fleet, open);
        };
        auto written = make({});
        SAME(written.runs.size(), 2u);
        SAME(written.occurrence.targets, 2);
        SAME(written.runs[0].run.id, runIdFor(task.id, planned.due, written.runs[0].run.targetId));
        SAME(*written.runs[0].run.policies.startDeadlineSeconds, std::int64_t{6 * 3600});

        written = make({{other, one, RunState::Running}});
        SAME(written.occurrence.state, std::string("ran"));
        SAME(std::count_if(written.runs.begin(), written.runs.end(), [](const auto &r) { return r.run.state == RunState::Skipped; }), 1);
        written = make({{other, one, RunState::Running}, {Uuid::v7(), two, RunState::Unknown}});
        SAME(written.occurrence.state, std::string("skipped"));
        SAME(written.occurrence.reason, std::string("overlap"));
        QVERIFY(written.runs.empty());

        task.policies.overlap = "queue_one";
        written = make({{other, one, RunState::Running}});
        SAME(std::count_if(written.runs.begin(), written.runs.end(), [](const auto &r) { return r.run.state == RunState::Pending; }), 2);
        written = make({{other, one, RunState::Running}, {Uuid::v7(), one, RunState::Pending}});
        SAME(std::count_if(written.runs.begin(), written.runs.end(), [](const auto &r) { return r.run.state == RunState::Skipped; }), 1);

        task.policies.overlap = "cancel_other";
        written = make({{other, one, RunState::Running}});
        SAME(written.cancelOthers, std::vector<Uuid>{other});
        task.policies.overlap = "allow";
        QVERIFY(make({{other, one, RunState::Running}}).cancelOthers.empty());
    }

    void theHeapGivesWhatIsDueInOrder()
    {
        DueHeap heap;
        std::vector<Uuid> ids;
        for (int i = 0; i < 100; ++i) {
            ids.push_back(Uuid::v7());
            heap.set(ids.back(), at("2026-03-01T00:00:00Z") + std::chrono::seconds{(i * 37) % 100});
        }
        SAME(*heap.next(), at("2026-03-01T00:00:00Z"));
        heap.set(ids[0], at("2026-03-01T01:00:00Z")); // replaced, not doubled
        heap.set(ids[1], std::nullopt);
        SAME(heap.size(), 99u);
        const auto due = heap.takeDue(at("2026-03-01T00:00:49Z"));
        SAME(due.size(), 48u);
        SAME(heap.size(), 51u);
        QVERIFY(heap.takeDue(at("2026-03-01T00:00:49Z")).empty());
    }
};

QTEST_GUILESS_MAIN(TestDecide)
#include "tst_decide.moc"
