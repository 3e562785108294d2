// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/instances.h"
#include "agent/protocol/consistency.h"

#include <stop_token>

/// What agent/protocol/consistency.h asks, on one instance.  Each call has a connection of its own with the rights of backups, in a session that cannot write:
/// time zone +00:00, values as the bytes that are stored, at most three seconds of waiting for a metadata lock and 45 for a statement.  A stop ends the
/// connection.  Errors besides those named there: order.args.
namespace zandb::agent {

Result<wire::ConsistencyTables> consistencyTables(const Config &config, const wire::ConsistencyTablesAsk &ask, const std::stop_token &stop);
Result<wire::ConsistencyState> consistencyState(const Config &config, const wire::ConsistencyStateAsk &ask, const std::stop_token &stop);
Result<wire::ConsistencyChunk> consistencyChunk(const Config &config, const wire::ConsistencyChunkAsk &ask, const std::stop_token &stop);
Result<wire::ConsistencyRows> consistencyRows(const Config &config, const wire::ConsistencyRowsAsk &ask, const std::stop_token &stop);

} // namespace zandb::agent
