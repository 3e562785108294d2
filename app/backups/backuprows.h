// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/backups/backup.h"

namespace zandb::backups {

/// Adds a row to the catalogue in the caller's transaction; one that is there already stays as it is.
Result<void> insertBackup(store::Session &session, const Backup &backup);

} // namespace zandb::backups
