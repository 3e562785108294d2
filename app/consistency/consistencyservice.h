// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/consistency/comparison.h"
#include "app/remote/agentpool.h"
#include "app/store/session.h"
#include "models/fleet/fleet.h"

/// Comparisons of instances of the fleet, through their agents, written down in the store.
namespace zandb::consistency {

struct Pair
{
    Uuid primary;
    Uuid replica;
};
/// An instance that replicates from one of the fleet: it and its primary.  One that does not: each of its replicas.  Pure.
/// Errors: consistency.no_primary (neither is known).
Result<std::vector<Pair>> pairsOf(const Fleet &fleet, const Uuid &instance);

/// Compares and keeps the store informed every few seconds, where a wish to cancel is looked for too.  `id` is the check's.  Blocks until the end; the pool knows both
/// hosts.  How it ended stands in the check; an error of this call is one of the store.
Result<ConsistencyCheck> runCheck(store::Session &session, remote::AgentPool &pool, const Fleet &fleet, const Pair &pair, const Uuid &id, const CompareOptions &options,
                                  const std::function<void(const CheckProgress &)> &progress, const std::stop_token &stop);

/// What makes the replica's row the primary's, for each difference: text for a person, who runs it on the replica.  The rows are read anew from the primary.  One that cannot be
/// written is empty.  Errors: those of AgentPool and of the agent.
Result<std::vector<std::string>> repairStatements(remote::AgentPool &pool, const Fleet &fleet, const Uuid &primary, const std::string &schema, const std::string &table,
                                                  const std::vector<wire::ConsistencyKey> &keys);

} // namespace zandb::consistency
