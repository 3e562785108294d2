// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/workflow/kinds.h"

namespace zandb::snapshots {

/// Adds the kind `snapshot`: when an attempt has succeeded it is noted that its items are to be fetched (fetching.h).
void addSnapshotKinds(workflow::Kinds &kinds);

} // namespace zandb::snapshots
