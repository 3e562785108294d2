// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/backups/backup.h"
#include "app/backups/proofplan.h"
#include "models/backups/coverage.h"

/// The catalogue of good backups.  Rows are written when an attempt ends (catalogue.h).  Errors: those of Session.
namespace zandb::backups {

struct BackupFilter
{
    std::optional<TimePoint> from;   ///< by end
    std::optional<TimePoint> until;
    std::vector<Uuid> instances;     ///< empty: all
    bool withExpired = false;
    bool foundBad = false;           ///< only those whose bytes were found bad
    int limit = 10000;
};
/// Newest first.
Result<std::vector<Backup>> listBackups(store::Session &session, const BackupFilter &filter);
/// Of each instance of the fleet that has any: when its newest good backup that is still there ended, and when the newest one of those that
/// were proved was.  One that was found bad is neither.
Result<std::map<Uuid, LastBackups>> lastBackups(store::Session &session);
/// The newest good backup of each instance of the fleet, and when one of its backups was last proved.
Result<std::map<Uuid, Provable>> provableBackups(store::Session &session);
/// Of each instance the newest proofs, newest first, at most `each`: expired backups too, for how long restores took.
Result<std::map<Uuid, std::vector<Backup>>> provedBackups(store::Session &session, int each);
Result<std::optional<Backup>> findBackup(store::Session &session, const Uuid &id);

} // namespace zandb::backups
