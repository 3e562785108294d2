// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/config.h"

namespace zandb::agent {

/// Removes what clones left behind whose worker was killed: each writes the path of its staging directory into a
/// locked marker under STATE/clones first.  Returns what was removed.  Called before every backup; `serve` may call
/// it at its start too.
std::vector<std::string> cleanCloneRemains(const Config &config);

} // namespace zandb::agent
