// SPDX-License-Identifier: GPL-3.0-or-later
// Which backups a task proves, on which host, and what becomes of the scheduler's rows.
#include "app/backups/proofplan.h"
#include "app/workflow/scheduler.h"
#include "models/fleet/groupsettings.h"
#include "tests/support/same.h"

using namespace zandb;
using namespace zandb::backups;
using namespace std::chrono_literals;

namespace {

const TimePoint now = *fromIso("2026-03-01T12:00:00Z");
constexpr std::int64_t gib = 1LL << 30;

} // namespace

class TestProofPlan : public QObject
{
    Q_OBJECT

    Fleet m_fleet;
    std::map<Uuid, Provable> m_provable;
    std::vector<Uuid> m_instances;

    Uuid addHost(const std::string &name, std::int64_t free, std::int64_t memory = 4 * gib)
    {
        Host host;
        host.id = Uuid::v7();
        host.name = name;
        m_fleet.hosts.push_back(host);
        HostState &state = m_fleet.hostStates[host.id];
        state.hostId = host.id;
        state.state = "ok";
        state.facts = wire::HostFacts{};
        state.facts->hostName = name;
        state.facts->repositories = {"local"};
        state.facts->memoryAvailableBytes = memory;
        state.facts->disks = {{"/", "sda", 100 * gib, free}};
        return host.id;
    }
    Uuid addInstance(const Uuid &host, const std::string &name, std::int64_t bytes, int level = 0, std::optional<TimePoint> lastProved = {})
    {
        InstanceRecord record;
        record.instance.id = Uuid::v7();
        record.instance.hostId = host;
        record.instance.name = name;
        record.state = "up";
        m_fleet.instances.push_back(record);
        Backup backup;
        backup.id = Uuid::v7();
        backup.instanceId = record.instance.id;
        backup.hostId = host;
        backup.hostName = m_fleet.host(host)->name;
        backup.repository = "local";
        backup.bytes = bytes;
        backup.level = level;
        backup.sha256 = "abc";
        backup.detail.instance = name;
        m_provable[record.instance.id] = {backup, lastProved};
        m_instances.push_back(record.instance.id);
        return record.instance.id;
    }
    void mark(const Uuid &id, int core) { m_fleet.groupSettings[{id, std::string(coreMark)}] = core; }

private Q_SLOTS:
    void init()
    {
        m_fleet = {};
        m_provable.clear();
        m_instances.clear();
    }

    void coreEachTimeOthersWithinDays()
    {
        const Uuid host = addHost("db1", 50 * gib);
        const Uuid core = addInstance(host, "a", gib, 0, now - 1h);
        mark(core, 1);
        const Uuid fresh = addInstance(host, "b", gib, 0, now - 2 * 24h);
        const Uuid stale = addInstance(host, "c", gib, 0, now - 8 * 24h);
        const Uuid never = addInstance(host, "d", gib);
        addInstance(host, "e", gib, 2, now - 30 * 24h); // its newest is proved: nothing new to prove
        const auto plan = planProofs({}, m_instances, m_provable, m_fleet, now);
        std::set<Uuid> chosen;
        for (const PlannedProof &proof : plan.proofs)
            chosen.insert(proof.instance);
        QVERIFY(chosen == (std::set<Uuid>{core, stale, never}));
        QVERIFY(plan.unplaced.empty() && !chosen.contains(fresh));
        SAME(plan.proofs.front().host, host);
        SAME(plan.proofs.front().args.repository, "local");
        SAME(plan.proofs.front().args.sha256, "abc");
        SAME(planProofs({.withinDays = 1, .on = {}}, m_instances, m_provable, m_fleet, now).proofs.size(), 4u);
    }

    void neverBeyondDiskAndMemory()
    {
        const Uuid host = addHost("db1", 3 * gib);
        addInstance(host, "a", 2 * gib);
        addInstance(host, "b", 2 * gib);
        auto plan = planProofs({}, m_instances, m_provable, m_fleet, now);
        SAME(plan.proofs.size(), 1u); // both together do not fit
        SAME(plan.unplaced.size(), 1u);
        m_fleet.hostStates[host].facts->memoryAvailableBytes = 100 << 20;
        SAME(planProofs({}, m_instances, m_provable, m_fleet, now).unplaced.size(), 2u);
        m_fleet.hostStates[host].facts->memoryAvailableBytes = 4 * gib;
        m_fleet.hostStates[host].state = "unreachable";
        SAME(planProofs({}, m_instances, m_provable, m_fleet, now).unplaced.size(), 2u);
    }

    void verificationHostsShareTheWork()
    {
        const Uuid holder = addHost("backup1", 10 * gib), other = addHost("verify2", 50 * gib);
        m_fleet.hostStates[other].facts->repositories = {"local"}; // the same file system
        for (const char *name : {"a", "b", "c", "d"})
            addInstance(holder, name, gib);
        const auto plan = planProofs({.withinDays = 7, .on = {holder, other}}, m_instances, m_provable, m_fleet, now);
        std::map<Uuid, int> given;
        for (const PlannedProof &proof : plan.proofs)
            ++given[proof.host];
        SAME(given[holder], 2);
        SAME(given[other], 2);
    }

    void aMarkOfTheGroupIsInherited()
    {
        Group group{Uuid::v7(), std::nullopt, "production", 1};
        m_fleet.groups.push_back(group);
        const Uuid host = addHost("db1", 50 * gib);
        m_fleet.hosts.front().groupId = group.id;
        const Uuid instance = addInstance(host, "a", gib, 0, now - 1h);
        QVERIFY(!isCore(m_fleet, instance));
        mark(group.id, 1);
        QVERIFY(isCore(m_fleet, instance));
        mark(instance, 0);
        QVERIFY(!isCore(m_fleet, instance)); // its own word counts
    }

    /// What the kind chose stands in the runs; nothing to do is no failure and no success.
    void theOccurrenceTakesWhatWasChosen()
    {
        Task task;
        task.id = Uuid::v7();
        task.kind = "verify";
        task.selector.all = true;
        const auto schedule = Schedule::fromJson({{"every", "day"}, {"at", "02:30"}, {"zone", "UTC"}});
        QVERIFY(schedule);
        schedule::Planned planned;
        planned.due = planned.startAt = now;
        planned.state = "ran";
        const std::vector<workflow::Chosen> chosen{{Uuid::v7(), Uuid::v7(), {{"backupId", "x"}}}};
        const auto written = workflow::makeOccurrence(task, *schedule, planned, m_fleet, {}, &chosen);
        SAME(written.runs.size(), 1u);
        SAME(written.runs[0].run.hostId, chosen[0].host);
        SAME(written.runs[0].run.targetId, chosen[0].target);
        SAME(written.runs[0].steps[0].args, chosen[0].args);
        SAME(written.runs[0].steps[0].hostId, chosen[0].host);
        const std::vector<workflow::Chosen> nothing;
        const auto none = workflow::makeOccurrence(task, *schedule, planned, m_fleet, {}, &nothing);
        SAME(none.occurrence.state, "skipped");
        SAME(none.occurrence.reason, "nothing_due");
    }
};

QTEST_GUILESS_MAIN(TestProofPlan)
#include "tst_proofplan.moc"
