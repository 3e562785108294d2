// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/kind.h"

namespace zandb::agent {

/// Adds the kinds `configure`, a change of an instance's configuration, and `drift`, which reads it (agent/protocol/config.h).
void addConfigKinds(Kinds &kinds);

} // namespace zandb::agent
