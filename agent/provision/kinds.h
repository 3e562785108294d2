// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/kind.h"

namespace zandb::agent {

/// Adds the steps of making an instance (agent/protocol/provision.h).
void addProvisionKinds(Kinds &kinds);

} // namespace zandb::agent
