// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/config.h"
#include "models/fleet/fleet.h"

namespace zandb {

/// Why these changes may not give the instance the server_id they ask for: another instance of the fleet has it, or `targets` instances would all get it.
/// A replica throws away what comes with its own id, so two servers of one replication that share one lose each other's changes without a word.  None: they may, or they do
/// not change it.  config.forbidden (instance, variable, detail).
std::optional<Error> serverIdClash(const Fleet &fleet, const Uuid &instance, const wire::ConfigArgs &args, std::size_t targets);

/// The instance of the fleet that has this server_id, as far as is known; none: nobody.
std::optional<Uuid> serverIdHolder(const Fleet &fleet, std::int64_t id);
/// A server_id that no known instance has: `wished` where it is free.
std::int64_t freeServerId(const Fleet &fleet, std::int64_t wished);

} // namespace zandb
