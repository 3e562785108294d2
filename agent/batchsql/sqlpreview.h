// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/instances.h"
#include "agent/protocol/batchsql.h"
#include "agent/rules/sqlguard.h"

namespace zandb::agent {

/// What a script would meet on the instance.  Reads only: verdicts by the role, what the server holds against each statement, EXPLAIN, sizes, replication and
/// long transactions.  Some tens of cheap queries; a server that says nothing for ten seconds ends it.
/// Errors: order.args (no statement, too many), those of connectTo(), instance.down.
Result<wire::SqlPreview> previewScript(const Config &config, const LocalInstance &instance, const wire::SqlPreviewArgs &args, rules::GuardRole role);

} // namespace zandb::agent
