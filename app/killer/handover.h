// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/remote/agentpool.h"
#include "app/store/session.h"
#include "models/killer/killpolicies.h"

#include <stop_token>

/// From the store to the agents, with the key of a person.
namespace zandb::killer {

struct HandedOver
{
    Uuid instance;
    std::int64_t revision = 0;
    Result<wire::KillerState> state; ///< what the agent holds now, or why it could not be told
};
/// Tells the agents of these instances all of their policies, with the key the pool enters hosts with: an administrator's makes them kill.  All at once; waits for
/// all.  Instances that never had a policy are left out.  `stop` ends the waiting with `cancelled` for whom has not answered.  Errors: those of the
/// store.
Result<std::vector<HandedOver>> handOver(store::Session &session, remote::AgentPool &pool, const Fleet &fleet, const std::vector<Uuid> &instances,
                                         const std::stop_token &stop = {});
/// What the agents of these hosts hold; an older agent holds nothing.  Errors by host.
std::map<Uuid, Result<std::vector<wire::KillerState>>> askStates(remote::AgentPool &pool, const std::vector<Uuid> &hosts);

} // namespace zandb::killer
