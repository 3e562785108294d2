// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/backups/inventory.h"
#include "agent/backups/objects.h"

namespace zandb::agent {

/// What a dump program is known to lose of this server although it ends well, each object by name and with the reason:
/// "shop.visits.address (INET6)".  Seen with mydumper 0.10 and the dump programs of MariaDB 10.11 and MySQL 9.7; a version
/// nobody has tried counts as these.  Physical methods lose nothing.
/// Errors: instance.down, instance.not_permitted, sql.failed.
Result<std::vector<std::string>> toolLosses(SqlClient &client, const std::string &tool, const ServerObjects &objects, const Inventory &inventory);

/// Routines, triggers and events that mydumper restores with the default sql_mode instead of their own.  Errors: as above.
Result<std::vector<std::string>> lostSqlModes(SqlClient &client);

} // namespace zandb::agent
