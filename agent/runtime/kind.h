// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"
#include "agent/runtime/role.h"

#include <functional>
#include <map>
#include <string>

namespace zandb::agent {

class WorkContext;

/// A kind's work: returns its result (BackupResult as JSON, ...) or why it failed.  `cancelled` when stopped.  Must
/// not leave processes behind: whatever it started is in its session and is ended before it returns.
using WorkFunction = std::function<Result<Json>(WorkContext &)>;

/// Whether a key of role dispatcher, which is a program's and no person's, may order a kind.
enum class ByDispatcher {
    No,     ///< only with a definition that a person has signed, and only where the configuration lists the kind
    Listed, ///< where the configuration's list of kinds names it
    Yes     ///< where the configuration has no list of kinds, or lists it
};

/// Workers of one pool never wait for those of another.  Each has its own limit in the configuration.
enum class Pool {
    Short, ///< seconds to a few minutes: limits.max_short_workers
    Long   ///< what copies or reads data, for hours perhaps: limits.max_workers
};

/// How much an attempt may leave piece by piece (WorkContext::item).  What goes beyond is cut and counted.
struct ItemLimits
{
    std::int64_t count = 1'000'000;
    std::int64_t bytes = 64LL << 20;
};

/// All that the agent knows of one kind of order.  The noun that it belongs to registers it (agent/<noun>/kinds.h); no other file
/// knows a kind by its name.
struct Kind
{
    WorkFunction run = {};           ///< empty in `serve`'s tests that have workers of their own
    bool isIdempotent = false;       ///< may be done again without harm: an interrupted attempt is `transient`, of all others `unknown`
    Role leastRole = Role::Admin;    ///< of the person who orders it
    ByDispatcher dispatcher = ByDispatcher::No;
    Pool pool = Pool::Short;
    /// At most one attempt of exclusive kinds works at a time for one `instance` of the arguments ("" where there is none); the next
    /// one waits, within its time to live.
    bool exclusive = false;
    ItemLimits items = {};
    bool leavesBackups = false;      ///< what it leaves in a repository is to be read in full soon (ServeOptions::reader)
};

/// By name.  Filled by the composition root; never changed afterwards.
using Kinds = std::map<std::string, Kind, std::less<>>;

/// What is registered of the kind.  Of one that is not, as the journal of another version may name, the strictest.  The reference is
/// valid as long as `kinds`.
const Kind &kindNamed(const Kinds &kinds, std::string_view name);

} // namespace zandb::agent
