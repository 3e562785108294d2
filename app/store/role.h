// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/common/storerole.h"

namespace zandb::store {

/// What this session's account may do, tried by statements that match no row: grants are spelt differently on every
/// server, and only the server knows which roles are active.  Unknown where it cannot be told (a read-only store).
/// Errors: those of Session but store.denied.
Result<StoreRole> roleOf(Session &session);

} // namespace zandb::store
