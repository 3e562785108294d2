// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/sqlclient.h"
#include "agent/protocol/fleet.h"

namespace zandb::agent {

/// What the server says of each source it replicates from; empty when it is no replica.  The statement is chosen by
/// flavour and version (MySQL 8.4 and later know only SHOW REPLICA STATUS).  Group Replication's internal channels do
/// not count.  Errors: instance.not_permitted, instance.down, sql.failed.
Result<std::vector<wire::ReplicationState>> replicationStates(SqlClient &client);

/// How many replicas (or others that read its binlog) are connected.  Without PROCESS a server shows only one's own
/// threads and says nothing, so the caller must know that the account has it.
/// Errors: instance.down, sql.failed.
Result<int> connectedReplicas(SqlClient &client);

} // namespace zandb::agent
