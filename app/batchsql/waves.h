// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/batchsql/sqlplan.h"
#include "app/remote/agentpool.h"
#include "app/workflow/kinds.h"
#include "models/fleet/fleet.h"

#include <functional>
#include <stop_token>

namespace zandb::batchsql {

struct WaveOptions
{
    const workflow::Kinds *kinds = nullptr;
    std::string executor;              ///< this process
    std::string person;
    std::function<void(const SqlPlan &)> changed; ///< after each change of a target or of the plan's state
    std::chrono::milliseconds unknownPatience = std::chrono::seconds{60}; ///< for an agent that cannot be asked how its attempt ended
    std::stop_token stop;              ///< ends the drive: what is out goes on at its agent, and the plan is "stopped"
};

/// Drives a plan that names `executor` (createPlan(), takePlan()) until it has finished, stopped or been cancelled.  Each instance of a wave is a run of
/// its own; they go side by side.  Nothing is sent twice: an instance's run id stands in the plan before the run is written, an instance that has a run is
/// only followed, and one that is "unknown" is never repeated by itself.  A cancel kills the statements that run on the servers.
///
/// The plan as it ended.  Its `reason`: sql.waves_stopped (failed, of), sql.replicas_lag, sql.server_busy, or why an instance could not be asked.
/// Errors: not_found, store.conflict (somebody else drives it now), those of Session.  Blocks; for the session's thread.
Result<SqlPlan> drivePlan(store::Session &session, remote::AgentPool &pool, const Uuid &id, const WaveOptions &options);

/// Instances that replicate from this one, by what the store last heard of them.  Pure.
std::vector<Uuid> replicasOf(const Fleet &fleet, const Uuid &instance);

} // namespace zandb::batchsql
