// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workflow/waits.h"

#include "app/schedule/decide.h"
#include "app/workflow/memberrepository.h"
#include "app/workflow/newrun.h"
#include "app/workflow/rules.h"
#include "app/workflow/runrows.h"

#include <algorithm>

namespace zandb::workflow {
namespace {

/// Where the run begins, or goes on.
Uuid hostOf(const Run &run, const WaitingFacts &facts)
{
    const auto next = facts.next.find(run.id);
    return next == facts.next.end() ? run.hostId : next->second;
}

/// By the same rule as Tokens::take().
bool worksOn(const Run &run, const Uuid &host, const WaitingFacts &facts)
{
    const auto out = facts.out.find(run.id);
    return out == facts.out.end() ? run.hostId == host : out->second.contains(host);
}

/// The limit that keeps a run from beginning, by the same counting as Tokens does it; none when there is room.
std::optional<Waiting> whoseTurn(const Run &run, const WaitingFacts &facts)
{
    const std::string repository = Tokens::repositoryOf(run);
    const auto limited = [&](Waiting::Why why, int limit, const auto &counts) -> std::optional<Waiting> {
        int busy = 0;
        const Run *one = nullptr;
        for (const Run &other : facts.open) {
            if (other.id == run.id || other.state == RunState::Pending || !counts(other))
                continue;
            ++busy;
            one = &other;
        }
        return limit > 0 && busy >= limit ? std::optional(Waiting{why, {}, one->id, one->targetId}) : std::nullopt;
    };
    if (run.taskId) {
        if (auto found = limited(Waiting::Why::TaskLimit, run.policies.perTask, [&](const Run &other) { return other.taskId == run.taskId; }))
            return found;
    }
    if (auto found = limited(Waiting::Why::HostLimit, run.policies.perHost, [&, host = hostOf(run, facts)](const Run &other) { return worksOn(other, host, facts); }))
        return found;
    if (repository.empty())
        return std::nullopt;
    return limited(Waiting::Why::RepositoryLimit, run.policies.perRepository,
                   [&](const Run &other) { return Tokens::repositoryOf(other) == repository; });
}

} // namespace

Result<WaitingFacts> loadWaitingFacts(store::Session &session, const Fleet &fleet)
{
    WaitingFacts facts;
    const auto members = loadMembers(session);
    if (!members)
        return fail(members.error());
    facts.now = members->now;
    for (const Lease &lease : members->leases) {
        if (members->alive(lease.memberId))
            facts.served.insert(lease.hostId);
    }
    for (const auto &[host, state] : fleet.hostStates) {
        if (state.state != "ok" && state.checkedAt)
            facts.away.insert(host);
    }
    const auto runs = session.query("SELECT " + runColumns + " FROM run WHERE state IN " + std::string(openStates));
    if (!runs)
        return fail(runs.error());
    for (const store::Row &row : *runs)
        facts.open.push_back(runOf(row));
    const auto out = session.query("SELECT a.run_id, a.host_id FROM run r JOIN attempt a ON a.run_id = r.id WHERE r.state IN " + std::string(openStates)
                                   + " AND a.ended_us IS NULL");
    if (!out)
        return fail(out.error());
    for (const store::Row &row : *out)
        facts.out[row.uuid(0)].insert(row.uuid(1));
    const auto steps = session.query("SELECT " + stepColumns + " FROM run r JOIN run_step s ON s.run_id = r.id WHERE r.state = 'pending' AND EXISTS "
                                     "(SELECT 1 FROM run_step x WHERE x.run_id = r.id AND x.host_id <> r.host_id) ORDER BY s.run_id, s.step");
    if (!steps)
        return fail(steps.error());
    std::map<Uuid, RunDetail> several;
    for (const store::Row &row : *steps)
        several[row.uuid(0)].steps.push_back(stepOf(row));
    for (const auto &[id, detail] : several) {
        if (const Step *next = nextStep(detail))
            facts.next[id] = next->hostId;
    }
    const auto locks = session.query("SELECT instance_id, run_id FROM resource_lock WHERE run_id IS NOT NULL");
    if (!locks)
        return fail(locks.error());
    for (const store::Row &row : *locks)
        facts.locks[row.uuid(0)] = row.uuid(1);
    return facts;
}

std::optional<Waiting> whyItWaits(const Kinds &kinds, const Run &run, const WaitingFacts &facts)
{
    using Why = Waiting::Why;
    if (run.state != RunState::Pending || run.cancelRequested)
        return std::nullopt;
    if (facts.now < run.due) // a window moves the start behind the occurrence
        return Waiting{run.due > run.occurrence ? Why::Window : Why::Time, run.due, {}, {}};
    if (!run.executor.empty())
        return Waiting{Why::Executor, {}, {}, {}};
    const Uuid host = hostOf(run, facts);
    if (!facts.served.contains(host))
        return Waiting{Why::Lease, {}, {}, {}};
    if (facts.away.contains(host))
        return Waiting{Why::HostAway, run.nextTry, {}, {}};
    const auto window = schedule::windowOf(run.policies);
    if (run.taskId && window && *window && !(*window)->contains(std::max(facts.now, run.nextTry.value_or(facts.now))))
        return Waiting{Why::Window, (*window)->nextOpen(std::max(facts.now, run.nextTry.value_or(facts.now))), {}, {}};
    if (run.nextTry && facts.now < *run.nextTry && !run.retryRequested)
        return Waiting{Why::Retry, run.nextTry, {}, {}};
    if (run.taskId && run.policies.overlap != "allow") {
        const auto other = std::ranges::find_if(facts.open, [&](const Run &one) {
            return one.id != run.id && one.taskId == run.taskId && one.targetId == run.targetId
                && (one.occurrence < run.occurrence || one.state != RunState::Pending);
        });
        if (other != facts.open.end())
            return Waiting{Why::Overlap, {}, other->id, other->targetId};
    }
    if (kindNamed(kinds, run.kind).lock == Lock::Instance) {
        const auto lock = facts.locks.find(run.targetId);
        const auto holder = lock == facts.locks.end() ? facts.open.end() : std::ranges::find(facts.open, lock->second, &Run::id);
        if (holder != facts.open.end() && holder->id != run.id)
            return Waiting{Why::Lock, {}, holder->id, holder->targetId};
    }
    return whoseTurn(run, facts);
}

} // namespace zandb::workflow
