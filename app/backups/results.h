// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/backups/backup.h"
#include "models/workflow/run.h"

/// What agents say of backups that they were ordered to make or to prove.  Pure.
namespace zandb::backups {

/// The catalogue's row of a backup that succeeded.  An agent is believed about the backup it was ordered to make and about no
/// other, and never that it proved one while making it.  Errors: protocol.bad_params when the result is not one of this order
/// or does not fit the catalogue.
Result<Backup> backupOf(const Run &run, const wire::Order &order, const wire::OrderStatus &status, const std::string &agentHost);
/// The backup whose bytes a failed proof tells of, when it is the one that was ordered.
std::optional<Uuid> foundBadBy(const wire::Order &order, const Error &error);
/// What an order to restore or verify proved: of the backup it names, level 2 at most.  Errors: protocol.bad_params.
Result<wire::RestoreResult> proofOf(const wire::Order &order, const wire::OrderStatus &status);

} // namespace zandb::backups
