// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/backups/backup.h"
#include "models/workflow/run.h"

namespace zandb::backups {

/// A run by hand that proves a backup: with `to` a restore that stays (kind `restore`, needs a person's key), without
/// one a restore into a scratch directory that is removed again (kind `verify`).  Its times are for
/// the caller to set, from the store's clock.
RunDetail makeProof(const Backup &backup, const std::optional<RestoreRequest> &to, const std::string &author);

} // namespace zandb::backups
