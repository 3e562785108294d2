// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/workflow/kinds.h"

namespace zandb::checks {

/// Adds the kind `keycheck`.
void addCheckKinds(workflow::Kinds &kinds);

} // namespace zandb::checks
