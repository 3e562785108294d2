// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/backups.h"
#include "agent/runtime/work.h"

namespace zandb::agent {

/// Adds the kinds `backup`, `verify` and `restore`.
void addBackupKinds(Kinds &kinds);

/// One backup from order to committed directory.  Errors: the whole list of "backups" in protocol/errors.h; the
/// field `remains` names what could not be cleaned.
Result<wire::BackupResult> runBackup(WorkContext &context, const wire::BackupArgs &args);

} // namespace zandb::agent
