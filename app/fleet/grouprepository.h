// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/fleet/fleet.h"

/// Groups of hosts.  All calls block; use on a thread that owns the session.  Errors: those of Session.
namespace zandb::fleet {

/// Compare-and-set by revision.  Errors: already_exists (a sister has the name), store.conflict, not_found.
Result<void> renameGroup(store::Session &session, const Group &group, const std::string &name);
/// Removes an empty group.  Errors: store.conflict when hosts or groups are in it, not_found.
Result<void> removeGroup(store::Session &session, const Group &group);

} // namespace zandb::fleet
