// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/workflow/kinds.h"
#include "models/backups/backup.h"

/// What is written of backups when an attempt ends.
namespace zandb::backups {

/// What the end of one attempt means for the catalogue.
struct CatalogueChange
{
    std::optional<Backup> backup;            ///< one that was made
    std::vector<Uuid> expired;               ///< removed by the agent; of backups of its own host only
    std::optional<wire::RestoreResult> restored; ///< a proving restore: raises the backup's level
    /// What the attempt, a restore or a verification, found wrong with the bytes of the backup that it was ordered to prove.
    std::optional<Uuid> foundBad;
    std::vector<wire::BackupFinding> found;  ///< what a backup's agent found wrong with older ones of its host
};

/// Writes it all, the catalogue's row last; empty when there is nothing to write.
workflow::Recorder recorder(CatalogueChange change);

} // namespace zandb::backups
