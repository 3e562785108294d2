// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/remote/agentpool.h"
#include "models/fleet/fleet.h"
#include "models/sharding/shard.h"
#include "models/sharding/shardschemas.h"

#include <functional>
#include <stop_token>

namespace zandb::sharding {

/// The tables of these shards as their servers have them now, read through the agents, some at once; blocks until all have answered.  `told` is called after
/// each, on any thread, one at a time.  Errors of one: those of the call; not_found for a shard whose instance or schema nobody knows; protocol.malformed
/// when its tables are too many to compare.
void readShardTables(remote::AgentPool &pool, const Fleet &fleet, const std::vector<Shard> &shards, const std::function<void(const Shard &, Result<ShardTables>)> &told,
                     const std::stop_token &stop = {});

} // namespace zandb::sharding
