// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/workflow/kinds.h"

namespace zandb::binlogs {

/// Adds the kind `recover`.
void addBinlogKinds(workflow::Kinds &kinds);

} // namespace zandb::binlogs
