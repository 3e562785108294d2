// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/killer.h"
#include "models/fleet/fleet.h"

/// Kill policies of the fleet, and which of them hold for an instance.  Pure.
namespace zandb {

enum class KillScope { Fleet = 0, Group = 1, Instance = 2 };

/// What the whole fleet, a group or an instance says about the policy of one name.
struct KillPolicyRow
{
    Uuid scope;                             ///< the null id: the whole fleet
    KillScope kind = KillScope::Fleet;
    std::string name;
    std::optional<wire::KillPolicy> policy; ///< none: what is said above does not hold here
    std::int64_t revision = 0;
    std::string editor;
    TimePoint editedAt{};
};

/// A policy that holds for an instance, and who says so.
struct KillPolicyThatHolds
{
    wire::KillPolicy policy;
    Uuid from;
    KillScope kind = KillScope::Fleet;
};
/// By name: of each the nearest of the instance itself, the groups above its host and the whole fleet.  At most wire::maxKillPolicies.
std::vector<KillPolicyThatHolds> killPoliciesOf(const Fleet &fleet, const std::vector<KillPolicyRow> &rows, const Uuid &instance);
/// Instances for which a change at this place matters, in the fleet's order.
std::vector<Uuid> instancesBelow(const Fleet &fleet, KillScope kind, const Uuid &scope);
/// "the whole fleet" is empty, "production/shop", "db1/my3306"; the id's text for what is not of this fleet.
std::string killScopePath(const Fleet &fleet, KillScope kind, const Uuid &scope);

} // namespace zandb
