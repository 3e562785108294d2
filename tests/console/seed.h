// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"

namespace zandb::test {

/// Migrates an empty store and fills it with the sample fleet and five nights of its backups, moved to now.
Result<void> seed(store::Session &session);

} // namespace zandb::test
