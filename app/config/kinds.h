// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/workflow/kinds.h"

namespace zandb::config {

/// Adds the kind `drift`, which schedules may order and whose result is kept as what was read last, and `configure`: only a person's key orders it, nothing of it is repeated by itself; what it changed is written down with its end.
void addConfigKinds(workflow::Kinds &kinds);

} // namespace zandb::config
