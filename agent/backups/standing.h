// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/sqlclient.h"
#include "agent/protocol/backups.h"

namespace zandb::agent {

/// Where the binlog of a MySQL 8.0 or later stands, with every transaction it counts visible to others: the server's own
/// log_status, which lets commits under way end and needs no lock that others could wait for.  Needs BACKUP_ADMIN.
///
/// With `replica` the source's coordinates too: the GTID set, and file and offset when the applier has executed
/// all that was received (while it works they are ahead of or behind what is committed, so they stay empty then).
/// Errors: instance.not_permitted, backup.no_position, those of the connection.
Result<wire::BackupPosition> mysqlStanding(SqlClient &client, bool replica);

} // namespace zandb::agent
