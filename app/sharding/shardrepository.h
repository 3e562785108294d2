// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/fleet/fleet.h"
#include "models/sharding/shard.h"

#include <functional>

/// The sharding map in the store.  Every function blocks and uses the session of its caller.  Errors: those of Session.
namespace zandb::sharding {

/// By logical database and pattern.
Result<std::vector<ShardRule>> listRules(store::Session &session);

struct ShardFilter
{
    std::string database;                       ///< exactly; empty: all
    std::optional<std::vector<Uuid>> instances; ///< owners; none: all, also unknown ones
};
/// By database and number, at most `limit`.
Result<std::vector<Shard>> listShards(store::Session &session, const ShardFilter &filter, std::size_t limit);
/// Those a person looks for: first those of the number, then all whose database and schema hold every word.
Result<std::vector<Shard>> findShards(store::Session &session, std::string_view text, std::size_t limit);

/// One rule that is set (a new one, or another form of one with the same id) or removed.
struct RuleChange
{
    std::optional<ShardRule> set;
    std::optional<ShardRule> removed;
};
/// What would become of the map; nothing is written yet.
struct ShardPlan
{
    std::int64_t version = 0;            ///< of the map that it was made of
    std::vector<ShardChange> changes;
    ShardCounts counts;                  ///< of changes; `same`: what stays
    RuleChange rule;
    std::vector<Uuid> unseen;            ///< instances that a rule looks at and whose schemas nobody has collected
    std::vector<std::string> unknownOwners; ///< of an import: not of this fleet; at most a hundred
    std::int64_t unknownOwnerCount = 0;  ///< shards of such
};
/// What all rules say now, or with a change only what that rule says: schemas of the newest snapshots, of instances that are no replicas.  What is known of an
/// instance without a snapshot, or whose role nobody knows, stays.
Result<ShardPlan> planRules(store::Session &session, const Fleet &fleet, const RuleChange &change = {});
/// The shards take the place of all that were imported of the databases they name; with `keepOthers` of themselves only.
Result<ShardPlan> planImport(store::Session &session, const Fleet &fleet, std::vector<Shard> shards, bool keepOthers);
/// Carries it out in one transaction, exactly as planned.  Audited ("shard.rule", "shard.apply", "shard.import").  Errors: also store.conflict when the map has
/// changed since it was planned.
Result<void> apply(store::Session &session, const ShardPlan &plan);

/// What is wrong with the map, of one database or all; with what rules would change.
Result<std::vector<ShardFinding>> audit(store::Session &session, const Fleet &fleet, const std::string &database);

} // namespace zandb::sharding
