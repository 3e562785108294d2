// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/provision.h"
#include "agent/runtime/work.h"

namespace zandb::agent {

/// Whether this server can be a primary of a new replica: binlogs, GTIDs, and an account of ours that may make the replication account.  Touches nothing.
/// Errors: instance.unknown.
Result<std::vector<wire::PreflightCheck>> checkSource(const Config &config, const std::string &instance);

/// On the primary's host: makes the replication account, whose verifier is in the arguments.  Errors: order.args, instance.*, sql.failed.
Result<wire::ProvisionResult> provisionSource(WorkContext &context, const wire::ProvisionArgs &args);
Result<wire::ProvisionResult> provisionSourceUndo(WorkContext &context, const wire::ProvisionArgs &args);
/// On the new server's host: replicates from the position of the backup, and waits until it is not behind.  Errors: provision.foreign, provision.failed (with
/// what the server says of it), instance.*, sql.failed, cancelled.
Result<wire::ProvisionResult> provisionReplicate(WorkContext &context, const wire::ProvisionArgs &args);

} // namespace zandb::agent
