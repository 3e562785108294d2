// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>

namespace zandb::agent {

/// `--config FILE`: takes back what a crash has cut in two of changes of configurations; waits up to ten minutes for servers that are down.  Run by
/// serve before it cleans up behind workers.  Exit status: 0; 2 for wrong usage.
int recoverConfigMain(std::span<const std::string> args);

} // namespace zandb::agent
