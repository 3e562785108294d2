// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/work.h"

namespace zandb::agent {

/// The work of kind `sql`.  First all statements are judged, by the role that this agent knows of who ordered: when one is refused, or needs a
/// confirmation that was not given, nothing is run.  Then one after the other: what only a running server can tell is checked, the statement runs
/// over a connection that is pinned anew, and its rows leave as items.  The first failure ends the script.  Bounded UPDATEs and DELETEs run in a
/// BoundedChange.
///
/// Errors: order.args, instance.unknown, instance.down, instance.access, sql.refused, cancelled, sql.statement_failed with the statement's own error as
/// its cause and with its class: `unknown` when the connection was lost while it wrote.
Result<Json> sqlWork(WorkContext &context);

/// The same for a script that only reads; another is sql.refused with the reason `not_reading`.
Result<Json> sqlReadWork(WorkContext &context);

} // namespace zandb::agent
