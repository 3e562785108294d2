// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/fleet/fleet.h"

namespace zandb::test {

/// Migrates an empty store and fills it with a sample fleet and some nights of its backups, moved to now; none: of any fleet.
Result<void> seed(store::Session &session, const Fleet &fleet, int nights);

} // namespace zandb::test
