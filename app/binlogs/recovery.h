// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/binlogs/binlogrepository.h"
#include "models/fleet/fleet.h"
#include "models/workflow/run.h"

namespace zandb::binlogs {

/// What a person wants.
struct RecoveryWish
{
    Uuid instance;
    wire::RecoverTarget target;
    std::string directory; ///< on the instance's host, absolute, absent or empty; "": only a plan
    std::string author;
};
/// A recovery of an instance on its own host, where backups and archive lie, with the whole way it takes.
struct PreparedRecovery
{
    RunDetail run;
    BinlogRoute route;
    std::optional<Microseconds> restoreTook; ///< of the backup, where it was measured
    std::int64_t backupBytes = 0;            ///< before compression
};
/// Errors: binlog.target, binlog.gap (binlogRoute), not_found, those of Session.
Result<PreparedRecovery> prepareRecovery(store::Session &session, const Fleet &fleet, const RecoveryWish &wish);

} // namespace zandb::binlogs
