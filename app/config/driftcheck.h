// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/platform/settings.h"
#include "app/remote/agentpool.h"
#include "models/fleet/fleet.h"

#include <functional>
#include <stop_token>

namespace zandb::config {

/// Reads the configurations of these instances now and stores what was read, several at a time.  `told` is called for each, one call after the other but on several threads:
/// what went wrong, or nothing.  The pool must know the hosts.  Blocks.
void checkDrift(const StoreSettings &store, remote::AgentPool &pool, const Fleet &fleet, const std::vector<Uuid> &instances, const std::function<void(const Uuid &, const std::optional<Error> &)> &told,
                const std::stop_token &stop = {});

} // namespace zandb::config
