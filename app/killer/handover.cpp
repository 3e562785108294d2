// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/killer/handover.h"

#include "agent/protocol/killererrors.h"
#include "app/fleet/agentcall.h"
#include "app/killer/policyrepository.h"

#include <algorithm>
#include <future>

namespace zandb::killer {

using namespace std::chrono_literals;

namespace {

std::vector<HandedOver> tellAll(remote::AgentPool &pool, const Fleet &fleet, const std::map<Uuid, wire::KillSet> &sets, const std::stop_token &stop)
{
    std::vector<std::uint64_t> calls;
    std::vector<std::promise<Result<Json>>> promises(sets.size());
    auto promise = promises.begin();
    for (const auto &[id, set] : sets) {
        const InstanceRecord *record = fleet.instance(id);
        auto answered = [&one = *promise++](Result<Json> answer) { one.set_value(std::move(answer)); };
        if (record)
            calls.push_back(pool.call(record->instance.hostId, "killer.set", {{"instance", record->instance.name}, {"set", set}}, std::move(answered), 30s));
        else
            answered(fail(errors::notFound, {{"what", "instance"}, {"name", id.toString()}}));
    }
    const std::stop_callback stopped(stop, [&] {
        for (const std::uint64_t call : calls)
            pool.cancel(call);
    });
    std::vector<HandedOver> all;
    promise = promises.begin();
    for (const auto &[id, set] : sets) {
        const auto answer = promise++->get_future().get();
        all.push_back({id, set.revision, answer ? decode<wire::KillerState>(*answer) : Result<wire::KillerState>(fail(answer.error()))});
    }
    return all;
}

} // namespace

Result<std::vector<HandedOver>> handOver(store::Session &session, remote::AgentPool &pool, const Fleet &fleet, const std::vector<Uuid> &instances,
                                         const std::stop_token &stop)
{
    const auto sets = killSets(session, fleet, instances);
    if (!sets)
        return fail(sets.error());
    auto all = tellAll(pool, fleet, *sets, stop);
    // agents that hold what a store said before it was restored
    std::map<Uuid, wire::KillSet> newer;
    for (const HandedOver &one : all) {
        if (one.state || !one.state.error().is(errors::killerOlder))
            continue;
        const auto set = raiseRevision(session, one.instance, sets->at(one.instance));
        if (!set)
            return fail(set.error());
        newer.emplace(one.instance, *set);
    }
    for (HandedOver &again : tellAll(pool, fleet, newer, stop))
        *std::ranges::find(all, again.instance, &HandedOver::instance) = std::move(again);
    return all;
}

std::map<Uuid, Result<std::vector<wire::KillerState>>> askStates(remote::AgentPool &pool, const std::vector<Uuid> &hosts)
{
    const auto answers = fleet::askAll(pool, hosts, "killer.state", Json::object());
    std::map<Uuid, Result<std::vector<wire::KillerState>>> states;
    for (std::size_t i = 0; i < hosts.size(); ++i) {
        const auto &answer = answers[i];
        if (answer && answer->is_object())
            states.emplace(hosts[i], decode<std::vector<wire::KillerState>>(answer->value("instances", Json::array())));
        else if (!answer && answer.error().is(errors::protocolUnknownMethod))
            states.emplace(hosts[i], std::vector<wire::KillerState>{});
        else
            states.emplace(hosts[i], fail(answer ? makeError(errors::protocolBadParams, {{"method", "killer.state"}, {"detail", "the answer is not an object"}}) : answer.error()));
    }
    return states;
}

} // namespace zandb::killer
