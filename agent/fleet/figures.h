// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/instances.h"
#include "agent/fleet/sqlclient.h"
#include "agent/protocol/collected.h"

namespace zandb::agent {

/// One value for each of wire::instanceFigures or wire::hostFigures; none where the server or the system does not tell.
using Figures = std::vector<std::optional<std::int64_t>>;

/// Asks a server for its figures with one statement (SHOW GLOBAL STATUS, which every account may; MySQL: one more of performance_schema) and adds what its state holds already: uptime and lag.
/// Disk space is that of the data directory's file system.  Blocks for a millisecond or less on a healthy server.
/// Errors: instance.down, sql.failed.
Result<Figures> askFigures(SqlClient &client, const wire::InstanceState &state);

/// This host's figures, from /proc/stat and /proc/meminfo.
Figures readHostFigures();

} // namespace zandb::agent
