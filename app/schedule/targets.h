// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleet/fleet.h"
#include "models/workflow/run.h"

/// Which instances a task means, evaluated at each occurrence.  Pure.
namespace zandb::schedule {

struct Target
{
    Uuid instance;
    Uuid host;
    auto operator<=>(const Target &) const = default;
};

/// Instances joined by replication, each set sorted; an instance alone is a set of one.  A replica's source is found
/// by the address, name or host name of a host of the fleet and the port; unknown sources join nothing.
std::vector<std::vector<Uuid>> replicationSets(const Fleet &fleet);

/// Whether a scheduled read of a set may go to it: its host answers, and what is known of it is at most `freshFor` old by the
/// store's clock; it is up, replicates without error, its lag is known and below 300 s.
bool isHealthyReplica(const InstanceRecord &record, const Fleet &fleet);

/// The instances a selector names and its conditions let pass, as the fleet is known now.  Those that are gone only when named themselves; `except`
/// always wins.  Conditions without anything they narrow narrow the whole fleet; what is not known of an instance fits no condition.
std::vector<Uuid> selected(const Selector &selector, const Fleet &fleet);

/// The targets of an occurrence.  With source "replica_else_primary" each replication set of which something is
/// selected is one target: the healthy replica with the least lag, else its primary, else what was selected.  With
/// "as_named", and where the selector asks for a role, each selected instance is one.  `except` is never chosen.
std::vector<Target> expandTargets(const Selector &selector, const std::string &source, const Fleet &fleet);

/// An instance of the fleet that is no target now, and why: "not_named", "except", "label", "flavour", "role", "name", "core", or "set": another
/// one of its replication set is read instead.
struct Miss
{
    Uuid instance;
    std::string reason;
};
/// All that are not among `targets`, but those that are gone.
std::vector<Miss> missed(const Selector &selector, const std::vector<Target> &targets, const Fleet &fleet);

inline constexpr std::int64_t healthyLagSeconds = 300;
inline constexpr std::chrono::seconds freshFor = 6 * sampleInterval;

} // namespace zandb::schedule
