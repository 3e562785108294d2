// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/provision.h"
#include "agent/runtime/work.h"

/// The steps of making an instance.  Each may be done again: what an earlier attempt of the same run has done stands, what one has begun and not ended
/// is removed and done anew.  A file in the instance's directory tells which run made it; nothing of another run is touched.
namespace zandb::agent {

/// Everything is looked at, nothing is touched.  Errors: provision.clash, order.args, cancelled.
Result<wire::ProvisionResult> provisionCheck(WorkContext &context, const wire::ProvisionArgs &args);
/// Directories and my.cnf, which appear in one step.  Errors: those of provisionCheck, provision.foreign, io.failed, io.disk_full.
Result<wire::ProvisionResult> provisionLayout(WorkContext &context, const wire::ProvisionArgs &args);
/// The data directory: initialised, or restored from the backup and proved; with the agent's accounts, which are made before anybody else can reach the
/// server.  Errors: provision.foreign, provision.failed, those of a restore and of a private server.
Result<wire::ProvisionResult> provisionData(WorkContext &context, const wire::ProvisionArgs &args);
/// Errors: provision.foreign, provision.not_started, tool.failed.
Result<wire::ProvisionResult> provisionStart(WorkContext &context, const wire::ProvisionArgs &args);
/// Ends the server and removes what this run has made, nothing else.  Errors: provision.failed, io.failed.
Result<wire::ProvisionResult> provisionUndo(WorkContext &context, const wire::ProvisionArgs &args);

} // namespace zandb::agent
