// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/config.h"

#include <string>
#include <vector>

namespace zandb::agent {

/// Removes what workers left behind that were killed: partial backups in this host's repositories, clones' staging
/// directories, scratch of dumps and verifies, the socket directories of restores' servers, and lock requests that a server
/// still keeps for a tool that is gone.  Each is locked by its worker, so nothing of a living one is touched.  Returns one
/// line for each thing that was done.  Takes as long as the removals do.
std::vector<std::string> cleanRemains(const Config &config);

} // namespace zandb::agent
