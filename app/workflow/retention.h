// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/fleet/fleet.h"

#include <stop_token>

namespace zandb::workflow {

/// The host that built-in work of the store belongs to: it has no row and no agent, only a lease, so that one headless
/// instance does that work.
inline constexpr Uuid storeHost{{0, 0, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 1}};

/// Rows removed, by table.
using RemovedRows = std::map<std::string, std::int64_t>;
/// Removes what has ended and is older than the fleet's settings say (models/fleet/groupsettings.h): 1,000 rows a statement, each statement a
/// transaction of its own, found by the beginning of a key, since ids of version 7 sort by time.  What is still open stays,
/// however old it is.  Stops between two statements.  Errors: those of Session; what was removed until then stays removed.
Result<RemovedRows> removeExpired(store::Session &session, const Fleet &fleet, TimePoint now, std::stop_token stop = {});

} // namespace zandb::workflow
