// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/workflow/kinds.h"

namespace zandb::provision {

/// Adds the kind `new_instance` of whole runs and those of their steps (agent/protocol/provision.h).
void addProvisionKinds(workflow::Kinds &kinds);

} // namespace zandb::provision
