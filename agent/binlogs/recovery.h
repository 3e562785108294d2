// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/binlogs.h"
#include "agent/runtime/work.h"

namespace zandb::agent {

/// Brings a backup to a point in time in a directory of its own.  First the archived binlogs are unpacked and read as a whole: a gap, other bytes than were
/// archived, or a target that is not in them end it before anything is restored.  Then the backup is restored and checked, a private server is started on it,
/// and what was committed from the backup's own position to the target is applied in one session of the server's own client; the tables are checked
/// once more.  With planOnly it ends after the reading.
/// Errors: binlog.gap, binlog.damaged, binlog.not_here, binlog.target, those of restoreBackup(), tool.missing, tool.failed, restore.failed (step "replay").
Result<wire::RecoverResult> runRecover(WorkContext &context, const wire::RecoverArgs &args);

/// Adds the kind `recover`.
void addBinlogKinds(Kinds &kinds);

} // namespace zandb::agent
