// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/kind.h"

namespace zandb::agent {

/// Adds the kind `keycheck`.
void addCheckKinds(Kinds &kinds);

} // namespace zandb::agent
