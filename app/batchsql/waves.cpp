// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/batchsql/waves.h"

#include "agent/protocol/sessions.h"
#include "agent/protocol/sqlerrors.h"
#include "app/batchsql/sqlpreview.h"
#include "app/batchsql/sqlrun.h"
#include "app/fleet/fleetrepository.h"
#include "app/workflow/consent.h"
#include "app/workflow/execution.h"
#include "app/workflow/runrepository.h"

#include <algorithm>
#include <thread>

namespace zandb::batchsql {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto answerWithin = 15s;
constexpr auto storePatience = 120s;

bool isOfStore(const Error &error)
{
    return error.code.starts_with("store.") && !error.is(errors::storeConflict);
}

std::string stateOf(const Run &run)
{
    if (run.state == RunState::Failed && run.error && run.error->errorClass == ErrorClass::Unknown)
        return "unknown"; // its connection was lost while it wrote
    switch (run.state) {
    case RunState::Succeeded:
        return "succeeded";
    case RunState::Cancelled:
        return "cancelled";
    case RunState::Unknown:
        return "unknown";
    default:
        return "failed";
    }
}

class Drive
{
public:
    Drive(store::Session &session, remote::AgentPool &pool, const Uuid &id, const WaveOptions &options) : m_session(session), m_pool(pool), m_id(id), m_options(options) {}

    Result<SqlPlan> run()
    {
        if (auto read = reload(); !read)
            return fail(read.error());
        int waves = 0;
        for (const PlanTarget &target : m_plan.targets)
            waves = std::max(waves, target.wave + 1);
        bool begun = std::ranges::any_of(m_plan.targets, &PlanTarget::hasEnded);
        if (m_plan.state == "cancelling") {
            // its program is gone, and what it has begun is still to be ended
            std::vector<PlanTarget> begunOnes;
            for (const PlanTarget &target : m_plan.targets) {
                if (!target.runId || target.hasEnded())
                    continue;
                const auto run = workflow::findRun(m_session, *target.runId);
                if (!run)
                    return fail(run.error());
                if (*run)
                    begunOnes.push_back(target);
                else if (auto set = endTarget(m_session, m_id, target.position, "cancelled"); !set) // it was never written
                    return fail(set.error());
            }
            if (auto done = begunOnes.empty() ? Result<void>() : runWave(begunOnes); !done)
                return fail(done.error());
            return end({"cancelled", {}});
        }
        for (int wave = 0; wave < waves; ++wave) {
            const auto open = ofWave(wave);
            if (open.empty())
                continue;
            if (const auto stop = mayBegin(wave, begun); !stop)
                return fail(stop.error());
            else if (*stop)
                return end(**stop);
            begun = true;
            if (auto done = runWave(open); !done)
                return fail(done.error());
        }
        if (const auto stop = whatStops(); !stop)
            return fail(stop.error());
        else if (*stop)
            return end(**stop);
        return end({"finished", {}});
    }

private:
    /// How the plan ends.
    struct End
    {
        std::string state;
        std::optional<Error> reason;
    };

    Result<void> reload()
    {
        const auto plan = loadPlan(m_session, m_id);
        if (!plan)
            return fail(plan.error());
        if (!*plan)
            return fail(errors::notFound, {{"what", "plan"}, {"name", m_id.toString()}});
        m_plan = **plan;
        if (m_plan.executor != m_options.executor)
            return fail(errors::storeConflict, {{"what", m_id.toString()}});
        if (m_options.changed)
            m_options.changed(m_plan);
        return {};
    }

    std::vector<PlanTarget> ofWave(int wave) const
    {
        std::vector<PlanTarget> open;
        for (const PlanTarget &target : m_plan.targets) {
            if (target.wave == wave && !target.hasEnded())
                open.push_back(target);
        }
        return open;
    }

    Result<SqlPlan> end(const End &end)
    {
        if (auto set = setPlanState(m_session, m_id, m_options.executor, end.state, end.reason); !set)
            return fail(set.error());
        if (auto read = reload(); !read)
            return fail(read.error());
        return m_plan;
    }

    /// A person's wish, or too many failures.
    Result<std::optional<End>> whatStops()
    {
        if (auto read = reload(); !read)
            return fail(read.error());
        if (m_plan.state == "cancelling")
            return std::optional(End{"cancelled", {}});
        if (workflow::hasFailedTooOften(m_plan.targets, m_plan.policy)) {
            const auto bad = std::ranges::count_if(m_plan.targets, [](const PlanTarget &target) { return target.hasEnded() && target.state != "succeeded"; });
            return std::optional(End{"stopped", makeError(errors::sqlWavesStopped, {{"failed", std::to_string(bad)}, {"of", std::to_string(m_plan.targets.size())}})});
        }
        if (m_options.stop.stop_requested())
            return std::optional(End{"stopped", makeError(errors::cancelled, {})});
        return std::optional<End>();
    }

    /// Waits the pause out, and looks whether the wave may begin.  What hinders it, or nothing.
    Result<std::optional<End>> mayBegin(int wave, bool begun)
    {
        const auto until = Clock::now() + std::chrono::seconds(begun ? m_plan.policy.pauseSeconds : 0);
        while (true) {
            auto stop = whatStops();
            if (!stop || *stop)
                return stop;
            if (Clock::now() >= until)
                break;
            std::this_thread::sleep_for(std::min<Clock::duration>(500ms, until - Clock::now()));
        }
        // those before it count too: their replicas come to it only now
        std::vector<Uuid> looked;
        for (const PlanTarget &target : m_plan.targets) {
            if (target.wave == wave || target.state == "succeeded")
                looked.push_back(target.instance);
        }
        return health(looked);
    }

    Result<std::optional<End>> health(const std::vector<Uuid> &instances)
    {
        const WavePolicy &policy = m_plan.policy;
        if (!policy.maxLagSeconds && !policy.maxThreadsRunning)
            return std::optional<End>();
        const auto fleet = fleet::loadFleet(m_session);
        if (!fleet)
            return fail(fleet.error());
        m_pool.setHosts(remote::addressesOf(*fleet));
        std::vector<Uuid> asked = instances;
        for (const Uuid &instance : instances) {
            for (const Uuid &replica : replicasOf(*fleet, instance)) {
                if (std::ranges::find(asked, replica) == asked.end())
                    asked.push_back(replica);
            }
        }
        for (const Uuid &id : asked) {
            const InstanceRecord *record = fleet->instance(id);
            if (!record)
                continue;
            const std::string path = fleet->pathOf(id);
            if (policy.maxLagSeconds) {
                const auto lag = lagOf(*record);
                if (!lag)
                    return std::optional(End{"stopped", lag.error()});
                if (!*lag || **lag > *policy.maxLagSeconds)
                    return std::optional(End{"stopped", makeError(errors::sqlReplicasLag, {{"instance", path}, {"seconds", *lag ? std::to_string(**lag) : "?"},
                                                                                           {"limit", std::to_string(*policy.maxLagSeconds)}})});
            }
            if (policy.maxThreadsRunning && std::ranges::find(instances, id) != instances.end()) {
                const auto running = threadsOf(*record);
                if (!running)
                    return std::optional(End{"stopped", running.error()});
                if (*running > *policy.maxThreadsRunning)
                    return std::optional(End{"stopped", makeError(errors::sqlServerBusy, {{"instance", path}, {"running", std::to_string(*running)},
                                                                                         {"limit", std::to_string(*policy.maxThreadsRunning)}})});
            }
        }
        return std::optional<End>();
    }

    /// Of one that replicates, the largest of its sources; 0 of another; nothing where its server cannot tell.  Asked of the server now: what the agent saw last may be older
    /// than the wave before.
    Result<std::optional<std::int64_t>> lagOf(const InstanceRecord &record)
    {
        const auto preview = previewAnswer(m_pool.callAndWait(record.instance.hostId, previewMethod, previewParams(record.instance, "", {"SELECT 1"}), answerWithin));
        if (!preview)
            return fail(preview.error());
        return preview->role == "replica" ? preview->lagSeconds : std::optional<std::int64_t>(0);
    }

    Result<std::int64_t> threadsOf(const InstanceRecord &record)
    {
        const auto answer = m_pool.callAndWait(record.instance.hostId, "sessions.list", Json{{"instance", record.instance.name}, {"idle", false}, {"limit", 1000}}, answerWithin);
        if (!answer)
            return fail(answer.error());
        const auto list = decode<wire::SessionList>(*answer);
        if (!list)
            return fail(list.error());
        const auto running = std::ranges::count_if(list->sessions, [](const wire::Session &session) {
            return session.protection.empty() && session.command != "Sleep" && !session.command.starts_with("Binlog Dump");
        });
        return static_cast<std::int64_t>(running) + list->more;
    }

    /// Makes the run of an instance, or finds the one that is there; then it is followed.
    Result<void> take(PlanTarget target, const Fleet &fleet, workflow::OwnRuns &own)
    {
        if (!target.runId) {
            target.runId = Uuid::v7();
            const auto ordered = orderTarget(m_session, m_id, target.position, *target.runId);
            if (!ordered)
                return fail(ordered.error());
            if (!*ordered)
                return {}; // somebody else took it, and the next look at the plan says what became of it
        }
        const InstanceRecord *record = fleet.instance(target.instance);
        if (!record)
            return fail(errors::notFound, {{"what", "instance"}, {"name", target.instance.toString()}});
        RunDetail wanted = makeSqlRun(record->instance, m_plan.args, m_options.person, fleet.readAt);
        auto there = workflow::loadRun(m_session, *target.runId);
        if (!there)
            return fail(there.error());
        if (!*there) {
            wanted.run.id = *target.runId;
            for (Step &step : wanted.steps)
                step.runId = *target.runId;
            auto begun = workflow::beginByHand(m_session, *m_options.kinds, std::move(wanted), m_options.executor);
            if (!begun)
                return fail(begun.error());
            return own.add(*target.runId, workflow::consentDigest(*begun, fleet));
        }
        const RunDetail &run = **there;
        if (isFinal(run.run.state))
            return {};
        if (run.run.executor != m_options.executor) {
            if (auto taken = workflow::takeOver(m_session, *target.runId, run.run.revision, m_options.person, m_options.executor); !taken)
                return taken;
        }
        // only what says what the plan says, which its person has seen, may be sent under this key
        const bool same = run.steps.size() == wanted.steps.size() && run.steps.front().args == wanted.steps.front().args && run.run.targetId == target.instance;
        return own.add(*target.runId, same ? workflow::consentDigest(run, fleet) : std::string());
    }

    Result<void> runWave(const std::vector<PlanTarget> &targets)
    {
        workflow::OwnRuns own(m_session, m_pool, *m_options.kinds, m_options.executor);
        auto fleet = fleet::loadFleet(m_session);
        if (!fleet)
            return fail(fleet.error());
        for (const PlanTarget &target : targets) {
            if (auto taken = take(target, *fleet, own); !taken) {
                if (isOfStore(taken.error()))
                    return taken;
                // its host or instance is gone from the fleet: no run of it was written
                if (auto set = endTarget(m_session, m_id, target.position, "failed"); !set)
                    return set;
            }
        }
        auto away = Clock::time_point::max();
        bool cancelled = false;
        auto looked = Clock::time_point{};
        while (!own.finished() && !m_options.stop.stop_requested()) {
            auto done = own.round();
            if (done && Clock::now() - looked > 1s) {
                looked = Clock::now();
                done = look(targets, &own);
                if (done && m_plan.state == "cancelling" && !cancelled) {
                    cancelled = true;
                    cancelAll(targets);
                }
            }
            if (done) {
                away = Clock::time_point::max();
                continue;
            }
            if (!isOfStore(done.error()))
                return done;
            // the work goes on without us
            away = std::min(away, Clock::now());
            if (Clock::now() - away > storePatience)
                return done;
            std::this_thread::sleep_for(1s);
        }
        return look(targets);
    }

    void cancelAll(const std::vector<PlanTarget> &targets)
    {
        for (const PlanTarget &target : m_plan.targets) {
            const bool isOpen = target.runId && !target.hasEnded() && std::ranges::find(targets, target.position, &PlanTarget::position) != targets.end();
            if (isOpen)
                (void)workflow::requestCancel(m_session, *target.runId, m_options.person); // one that has just ended needs none
        }
    }

    /// Writes down which runs have ended.
    Result<void> look(const std::vector<PlanTarget> &targets, workflow::OwnRuns *own = nullptr)
    {
        if (auto read = reload(); !read)
            return read;
        bool ended = false;
        for (const PlanTarget &target : m_plan.targets) {
            if (target.hasEnded() || !target.runId || std::ranges::find(targets, target.position, &PlanTarget::position) == targets.end())
                continue;
            const auto run = workflow::findRun(m_session, *target.runId);
            if (!run)
                return fail(run.error());
            if (!*run)
                continue;
            // what cannot be asked for now may still end; it is waited for, but not for ever
            const bool isUnknown = (*run)->state == RunState::Unknown;
            auto &since = m_unknownSince[target.position];
            since = isUnknown ? (since ? since : std::optional(Clock::now())) : std::nullopt;
            const bool isGivenUp = isUnknown && Clock::now() - *since > m_options.unknownPatience;
            if (!isFinal((*run)->state) && !isGivenUp)
                continue;
            if (isGivenUp && own)
                own->drop(*target.runId);
            if (auto set = endTarget(m_session, m_id, target.position, stateOf(**run)); !set)
                return set;
            ended = true;
        }
        return ended ? reload() : Result<void>();
    }

    store::Session &m_session;
    remote::AgentPool &m_pool;
    const Uuid m_id;
    const WaveOptions &m_options;
    SqlPlan m_plan;
    std::map<int, std::optional<Clock::time_point>> m_unknownSince;
};

} // namespace

Result<SqlPlan> drivePlan(store::Session &session, remote::AgentPool &pool, const Uuid &id, const WaveOptions &options)
{
    return Drive(session, pool, id, options).run();
}

std::vector<Uuid> replicasOf(const Fleet &fleet, const Uuid &instance)
{
    const InstanceRecord *source = fleet.instance(instance);
    const Host *host = source ? fleet.host(source->instance.hostId) : nullptr;
    std::vector<Uuid> replicas;
    if (!host)
        return replicas;
    for (const InstanceRecord &record : fleet.instances) {
        if (!record.detail || record.instance.id == instance)
            continue;
        const bool local = record.instance.hostId == host->id;
        for (const wire::ReplicationState &state : record.detail->replication) {
            const bool here = state.sourceHost == host->name || state.sourceHost == host->address || (local && (state.sourceHost == "127.0.0.1" || state.sourceHost == "localhost"));
            if (here && state.sourcePort == source->instance.port) {
                replicas.push_back(record.instance.id);
                break;
            }
        }
    }
    return replicas;
}

} // namespace zandb::batchsql
