// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/explain.h"
#include "app/remote/agentpool.h"
#include "app/store/session.h"
#include "models/fleet/fleet.h"
#include "models/slowlog/slowreport.h"

/// Raw statements and plans, through agents with the caller's own key; both are for operators, and audited before they are asked for.
namespace zandb::slowlog {

/// Where a plan is asked for by default: a healthy replica of the instance, else the instance itself.  Pure.
Uuid explainInstance(const Fleet &fleet, const Uuid &seenOn);

/// The example to take: the newest one, on `instance` where that is given.  None when nothing is kept.
const SlowExample *exampleOf(const SlowDigestDetail &detail, const std::optional<Uuid> &instance = std::nullopt);

/// An entry of a slow log as it was written, and the statement in it.
struct RawEntry
{
    std::string text;
    std::optional<std::string> statement; ///< none: the entry has none, or not the whole of it
    std::string schema;
};
/// Of `slowlog.raw`.  Errors: protocol.bad_params.
Result<RawEntry> rawEntryOf(const Json &answer);
Json rawParams(const Fleet &fleet, const SlowExample &example);

/// "slow.raw" in the audit, with the instance as its subject.
Result<void> auditRaw(store::Session &store, const Fleet &fleet, const SlowExample &example, const SlowChecksum &digest);
/// "slow.explain" in the audit: the fingerprint's checksum, or that a text was typed; no literal.
Result<void> auditExplain(store::Session &store, const Fleet &fleet, const Uuid &instance, const std::optional<SlowChecksum> &digest);

/// Blocks; the host must be in the pool's set.  Errors: those of AgentPool, slowlog.gone, those of the store.
Result<RawEntry> readRaw(store::Session &store, remote::AgentPool &pool, const Fleet &fleet, const SlowExample &example, const SlowChecksum &digest);
/// Blocks; the host must be in the pool's set.  Errors: those of AgentPool, explain.refused, those of the store.
Result<wire::Explained> explain(store::Session &store, remote::AgentPool &pool, const Fleet &fleet, const Uuid &instance, const std::string &schema, const std::string &statement,
                                const std::optional<SlowChecksum> &digest);

/// The agent's own limits, and a connection's time.
inline constexpr std::chrono::seconds explainTimeout{50};

} // namespace zandb::slowlog
