// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/workflow/kinds.h"

namespace zandb::rotation {

/// Adds the kind `rotate`.
void addRotationKinds(workflow::Kinds &kinds);

} // namespace zandb::rotation
