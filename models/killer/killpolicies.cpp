// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/killer/killpolicies.h"

#include "models/fleet/scope.h"

#include <algorithm>

namespace zandb {
namespace {

/// Ids from the instance up to the whole fleet.
std::vector<Uuid> placesAbove(const Fleet &fleet, const Uuid &instance)
{
    std::vector<Uuid> places{instance};
    const InstanceRecord *record = fleet.instance(instance);
    const Host *host = record ? fleet.host(record->instance.hostId) : nullptr;
    std::optional<Uuid> at = host ? host->groupId : std::nullopt;
    for (int depth = 0; at && depth < 64; ++depth) { // a cycle in hostile rows ends the walk
        places.push_back(*at);
        const auto found = std::ranges::find(fleet.groups, *at, &Group::id);
        at = found == fleet.groups.end() ? std::nullopt : found->parentId;
    }
    places.push_back(Uuid{});
    return places;
}

} // namespace

std::vector<KillPolicyThatHolds> killPoliciesOf(const Fleet &fleet, const std::vector<KillPolicyRow> &rows, const Uuid &instance)
{
    const auto places = placesAbove(fleet, instance);
    std::map<std::string, std::pair<std::ptrdiff_t, const KillPolicyRow *>> nearest;
    for (const KillPolicyRow &row : rows) {
        const auto distance = std::ranges::find(places, row.scope) - places.begin();
        if (distance == std::ssize(places))
            continue;
        auto &known = nearest[row.name];
        if (!known.second || distance < known.first)
            known = {distance, &row};
    }
    std::vector<KillPolicyThatHolds> holds;
    for (const auto &[name, found] : nearest) {
        const KillPolicyRow &row = *found.second;
        if (row.policy && wire::problemOf(*row.policy).empty() && holds.size() < wire::maxKillPolicies)
            holds.push_back({*row.policy, row.scope, row.kind});
    }
    return holds;
}

std::vector<Uuid> instancesBelow(const Fleet &fleet, KillScope kind, const Uuid &scope)
{
    static constexpr Scope::Kind kinds[] = {Scope::Kind::All, Scope::Kind::Group, Scope::Kind::Instance};
    const auto contents = contentsOf(fleet, {kinds[static_cast<int>(kind)], scope});
    std::vector<Uuid> ids;
    for (const InstanceRecord &record : fleet.instances) {
        if (contents.instances.contains(record.instance.id))
            ids.push_back(record.instance.id);
    }
    return ids;
}

std::string killScopePath(const Fleet &fleet, KillScope kind, const Uuid &scope)
{
    if (kind == KillScope::Fleet)
        return {};
    if (kind == KillScope::Instance)
        return fleet.pathOf(scope);
    const std::string path = groupPath(fleet, scope).toStdString();
    return path.empty() ? scope.toString() : path;
}

} // namespace zandb
