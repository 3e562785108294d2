// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/kind.h"

namespace zandb::agent {

/// Adds the kind `script`.
void addScriptKinds(Kinds &kinds);

} // namespace zandb::agent
