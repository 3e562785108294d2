// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/config.h"
#include "app/remote/agentpool.h"
#include "app/store/session.h"
#include "app/workflow/kinds.h"
#include "models/workflow/wavepolicy.h"
#include "models/fleet/fleet.h"

#include <functional>
#include <stop_token>

/// Changes of configuration that go over many instances: one alone, then the others in waves, a run for each.
namespace zandb::config {

/// One instance of a change, and what became of it.  A value.
struct ConfigTarget
{
    Uuid instance;
    wire::ConfigArgs args;         ///< as previewed (asPreviewed()); the instance's name is filled in
    int wave = 0;                  ///< from 0; set by changeInWaves()
    std::string state = "pending"; ///< "pending" (nothing was sent), "running", "succeeded", "failed", "cancelled", "unknown"
    std::optional<Uuid> runId;
    std::optional<Error> error;
    std::optional<wire::ConfigResult> result;
};

struct WaveOptions
{
    const Fleet &fleet;
    const workflow::Kinds &kinds;
    std::string executor;          ///< this process
    std::string person;
    workflow::WavePolicy policy;   ///< what it says of lag and threads is not looked at
    std::function<void(std::size_t at)> changed; ///< this target stands elsewhere now; on the caller's thread
    std::stop_token cancel;        ///< what runs is cancelled, which takes it back; no further wave begins
    std::stop_token stop;          ///< ends the following: what is out goes on at its agent
};

/// Sends the targets in waves until all have ended or the policy's rule stops it; what was not begun stays "pending".  Nothing is sent twice.  Why it ended before
/// its time for another reason than a target's failure, which stands there: `cancelled`, not_found, those of Session.  Blocks; for the session's thread; the
/// pool's hosts are set.
std::optional<Error> changeInWaves(store::Session &session, remote::AgentPool &pool, std::vector<ConfigTarget> &targets, const WaveOptions &options);

} // namespace zandb::config
