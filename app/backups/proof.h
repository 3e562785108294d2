// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/backups/backup.h"
#include "models/fleet/fleet.h"
#include "models/workflow/run.h"

namespace zandb::backups {

/// A repository of a host that can read it.
struct Place
{
    Uuid hostId;
    std::string repository; ///< its name there
};
/// Where a backup's bytes lie, as far as the hosts' facts tell: on the host it was taken on, or on the one its repository
/// there is the way to.  Of several that answer to that name or address the one with the configured SSH port is taken, else
/// the first by name.  Errors: backup.place_unknown, backup.repository_host_unknown.
Result<Place> placeOf(const Backup &backup, const Fleet &fleet);
/// The name of the repository a host would look for the backup in.  A repository of the same name may be another one: only
/// its agent can tell.  Errors: backup.elsewhere, those of placeOf().
Result<std::string> repositoryOn(const Uuid &hostId, const Backup &backup, const Fleet &fleet);

/// A run by hand that proves a backup: with `to` a restore that stays (kind `restore`, needs a person's key), without
/// one a restore into a scratch directory that is removed again (kind `verify`), on the host that holds the bytes.  Its times
/// are for the caller to set, from the store's clock.  Errors: those of repositoryOn() and placeOf().
Result<RunDetail> makeProof(const Backup &backup, const std::optional<RestoreRequest> &to, const std::string &author, const Fleet &fleet);

} // namespace zandb::backups
