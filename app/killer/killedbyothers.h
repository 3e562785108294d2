// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/killer/killed.h"

namespace zandb::killer {

/// At most so many instances are looked at; of a larger scope nothing is told.
inline constexpr std::size_t mostCounted = 200;

/// Adds to the steps of killedOverTime() what the servers themselves count: statements that KILL ended beyond those that policies killed, and those that ran into the
/// server's limit of time.  From the samples of these instances, so up to a minute late.  Blocks; uses the session of its caller.
Result<KillCounters> addByOthers(store::Session &session, const std::vector<Uuid> &instances, std::vector<KilledStep> &steps, std::chrono::seconds step);

} // namespace zandb::killer
