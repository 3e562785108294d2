// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/backups/backup.h"
#include "models/fleet/fleet.h"
#include "models/workflow/run.h"

/// How runs come into being, and how their orders are made.  Pure but for random ids.
namespace zandb::workflow {

/// Lower-case hex of SHA-256.
std::string sha256Hex(std::string_view bytes);
/// What a task's signature would stand over: kind, args, selector, schedule and policies in canonical JSON.
std::string definitionSha256(const Task &task);

/// One step runs started by hand, with a random id.  `now` is the store's clock.
struct ByHand
{
    std::string kind;
    Uuid hostId;
    Uuid targetId;
    Json args = Json::object();
    Policies policies;
    std::string author;
    std::string executor;   ///< "": the host's lease holder
    TimePoint now{};
};
RunDetail makeRun(const ByHand &wish);
/// A task's run of one occurrence on one target; its id is derived.
RunDetail makeTaskRun(const Task &task, TimePoint occurrence, TimePoint startAt, const Uuid &host, const Uuid &target);

/// Kinds that stand for one instance and must not meet another such run on it.
bool needsInstanceLock(std::string_view kind);
/// Kinds that only a person's key may order by default.
bool needsPerson(std::string_view kind);

/// The order of an attempt.  Derived ids (of the backup) depend on run, step and attempt only, so the same attempt
/// always makes the same order.
wire::Order makeOrder(const Run &run, const Step &step, int attempt, const wire::Fence &fence, const Fleet &fleet);
/// Longer results of agents are not stored.
inline constexpr std::size_t maxResultBytes = 1u << 20;
/// The catalogue's row of a backup that succeeded.  An agent is believed about the backup it was ordered to make and about no
/// other, and never that it proved one while making it.  Errors: protocol.bad_params when the result is not one of this order
/// or does not fit the catalogue.
Result<Backup> backupOf(const Run &run, const wire::Order &order, const wire::OrderStatus &status, const std::string &agentHost);
/// The backup whose bytes a failed proof tells of, when it is the one that was ordered.
std::optional<Uuid> foundBadBy(const wire::Order &order, const Error &error);
/// What an order to restore or verify proved: of the backup it names, level 2 at most.  Errors: protocol.bad_params.
Result<wire::RestoreResult> proofOf(const wire::Order &order, const wire::OrderStatus &status);

} // namespace zandb::workflow
