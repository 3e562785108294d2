// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/workflow/kinds.h"

namespace zandb::scripts {

/// Adds the kind `script`: a program of the host's catalogue, for each instance of a task or once on each of their hosts.
void addScriptKinds(workflow::Kinds &kinds);

} // namespace zandb::scripts
