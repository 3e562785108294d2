// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/schedule/targets.h"

#include "agent/protocol/killer.h"
#include "models/fleet/fleetindex.h"
#include "models/fleet/groupsettings.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace zandb::schedule {
namespace {

bool contains(const std::vector<Uuid> &ids, const Uuid &id)
{
    return std::find(ids.begin(), ids.end(), id) != ids.end();
}

/// The group and everything below it; a cycle in hostile rows ends the walk.
bool isWithin(const Fleet &fleet, std::optional<Uuid> group, const std::vector<Uuid> &wanted)
{
    for (int depth = 0; group && depth < 64; ++depth) {
        if (contains(wanted, *group))
            return true;
        const auto found = std::find_if(fleet.groups.begin(), fleet.groups.end(), [&](const Group &g) { return g.id == *group; });
        group = found == fleet.groups.end() ? std::nullopt : found->parentId;
    }
    return false;
}

std::size_t rootOf(std::vector<std::size_t> &parents, std::size_t at)
{
    while (parents[at] != at) {
        parents[at] = parents[parents[at]];
        at = parents[at];
    }
    return at;
}

} // namespace

std::vector<std::vector<Uuid>> replicationSets(const Fleet &fleet)
{
    const FleetIndex index(fleet);
    std::map<std::pair<std::string, int>, std::size_t> byAddress;
    const auto &records = fleet.instances;
    for (std::size_t i = 0; i < records.size(); ++i) {
        const Host *host = index.host(records[i].instance.hostId);
        if (!host)
            continue;
        const int port = records[i].detail && records[i].detail->port ? records[i].detail->port : records[i].instance.port;
        byAddress.try_emplace({host->address, port}, i);
        byAddress.try_emplace({host->name, port}, i);
        const auto state = fleet.hostStates.find(host->id);
        if (state != fleet.hostStates.end() && state->second.facts && !state->second.facts->hostName.empty())
            byAddress.try_emplace({state->second.facts->hostName, port}, i);
    }
    std::vector<std::size_t> parents(records.size());
    std::iota(parents.begin(), parents.end(), std::size_t{0});
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (!records[i].detail || records[i].state == "gone")
            continue;
        for (const auto &source : records[i].detail->replication) {
            const auto found = byAddress.find({source.sourceHost, source.sourcePort});
            if (found != byAddress.end())
                parents[rootOf(parents, i)] = rootOf(parents, found->second);
        }
    }
    std::map<std::size_t, std::vector<Uuid>> sets;
    for (std::size_t i = 0; i < records.size(); ++i)
        sets[rootOf(parents, i)].push_back(records[i].instance.id);
    std::vector<std::vector<Uuid>> result;
    for (auto &[root, members] : sets) {
        std::sort(members.begin(), members.end());
        result.push_back(std::move(members));
    }
    std::sort(result.begin(), result.end());
    return result;
}

bool isHealthyReplica(const InstanceRecord &record, const Fleet &fleet)
{
    if (record.state != "up" || !record.detail || record.detail->replication.empty())
        return false;
    // a host that went away leaves behind what it last said of itself
    const auto host = fleet.hostStates.find(record.instance.hostId);
    if (host == fleet.hostStates.end() || host->second.state != "ok" || !record.seenAt || fleet.readAt - *record.seenAt > freshFor)
        return false;
    return std::all_of(record.detail->replication.begin(), record.detail->replication.end(), [](const wire::ReplicationState &r) {
        return r.ioRunning && r.sqlRunning && r.lagSeconds && *r.lagSeconds < healthyLagSeconds;
    });
}

namespace {

std::int64_t lagOf(const InstanceRecord &record)
{
    std::int64_t worst = 0;
    for (const auto &r : record.detail->replication)
        worst = std::max(worst, r.lagSeconds.value_or(0));
    return worst;
}

/// Why an instance is not selected, before the lags of replicas are compared; empty: it is.
/// `host`: its own; null: it is of none.
std::string whyNot(const Selector &selector, const Fleet &fleet, const InstanceRecord &record, const Host *host)
{
    const Uuid &id = record.instance.id;
    if (!host)
        return "not_named";
    if (contains(selector.except, id))
        return "except";
    const bool all = selector.all
        || (selector.hasConditions() && selector.groups.empty() && selector.hosts.empty() && selector.instances.empty());
    const bool swept = record.state != "gone" && (all || contains(selector.hosts, host->id) || isWithin(fleet, host->groupId, selector.groups));
    if (!swept && !contains(selector.instances, id))
        return "not_named";
    const auto labels = selector.labels.empty() ? std::vector<std::string>() : fleet.instanceLabels(id);
    if (!std::ranges::all_of(selector.labels, [&](const std::string &label) { return std::ranges::binary_search(labels, label); }))
        return "label";
    if (!selector.flavours.empty() && (!record.detail || std::ranges::find(selector.flavours, record.detail->flavour) == selector.flavours.end()))
        return "flavour";
    if (!selector.names.empty()) {
        const std::string path = fleet.pathOf(id);
        if (std::ranges::none_of(selector.names, [&](const std::string &pattern) { return wire::matchesPattern(pattern, path); }))
            return "name";
    }
    if (selector.core && isCore(fleet, id) != *selector.core)
        return "core";
    if (!selector.role.empty()) {
        if (!record.detail)
            return "role";
        const bool replica = !record.detail->replication.empty();
        if (selector.role == "least_lag" ? !isHealthyReplica(record, fleet) : selector.role == "replica" ? !replica : selector.role != "primary" || replica)
            return "role";
    }
    return {};
}

} // namespace

std::vector<Uuid> selected(const Selector &selector, const Fleet &fleet)
{
    const FleetIndex index(fleet);
    std::vector<Uuid> ids;
    for (const InstanceRecord &record : fleet.instances) {
        if (whyNot(selector, fleet, record, index.host(record.instance.hostId)).empty())
            ids.push_back(record.instance.id);
    }
    std::sort(ids.begin(), ids.end());
    if (selector.role != "least_lag" || ids.empty())
        return ids;
    std::vector<Uuid> best;
    for (const auto &set : replicationSets(fleet)) {
        std::optional<Uuid> least;
        for (const Uuid &id : set) {
            if (std::ranges::binary_search(ids, id) && (!least || lagOf(*index.instance(id)) < lagOf(*index.instance(*least))))
                least = id;
        }
        if (least)
            best.push_back(*least);
    }
    std::sort(best.begin(), best.end());
    return best;
}

std::vector<Miss> missed(const Selector &selector, const std::vector<Target> &targets, const Fleet &fleet)
{
    const FleetIndex index(fleet);
    std::set<Uuid> hit;
    for (const Target &target : targets)
        hit.insert(target.instance);
    std::vector<Miss> misses;
    for (const InstanceRecord &record : fleet.instances) {
        const Uuid &id = record.instance.id;
        if (record.state == "gone" || hit.contains(id))
            continue;
        const std::string why = whyNot(selector, fleet, record, index.host(record.instance.hostId));
        misses.push_back({id, why.empty() ? "set" : why});
    }
    return misses;
}

std::vector<Target> expandTargets(const Selector &selector, const std::string &source, const Fleet &fleet)
{
    const auto ids = selected(selector, fleet);
    const FleetIndex index(fleet);
    const auto target = [&](const Uuid &id) { return Target{id, index.instance(id)->instance.hostId}; };
    std::vector<Target> targets;
    if (source == "as_named" || !selector.role.empty()) {
        for (const Uuid &id : ids)
            targets.push_back(target(id));
        return targets;
    }
    const std::set<Uuid> chosen(ids.begin(), ids.end());
    for (const auto &set : replicationSets(fleet)) {
        const auto first = std::find_if(set.begin(), set.end(), [&](const Uuid &id) { return chosen.count(id) > 0; });
        if (first == set.end())
            continue;
        const auto lag = [&](const Uuid &id) { return lagOf(*index.instance(id)); };
        std::optional<Uuid> best;
        std::optional<Uuid> primary;
        for (const Uuid &id : set) {
            const InstanceRecord &record = *index.instance(id);
            if (record.state == "gone" || contains(selector.except, id))
                continue;
            if (isHealthyReplica(record, fleet) && (!best || lag(id) < lag(*best)))
                best = id;
            if (record.detail && record.detail->replication.empty() && !primary)
                primary = id;
        }
        targets.push_back(target(best ? *best : primary ? *primary : *first));
    }
    std::sort(targets.begin(), targets.end());
    return targets;
}

} // namespace zandb::schedule
