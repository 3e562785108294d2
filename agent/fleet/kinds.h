// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/kind.h"

namespace zandb::agent {

/// Adds the kinds that need nothing but the host: `facts`.
void addHostKinds(Kinds &kinds);

} // namespace zandb::agent
