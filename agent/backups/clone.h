// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/config.h"

namespace zandb::agent {

/// Staging directories are called this and the backup's id.  Not hidden: the server finds no tablespaces in a data
/// directory whose name begins with a dot.
inline constexpr std::string_view cloneStagingPrefix = "zandb-clone-";

/// Removes what clones left behind whose worker was killed: each writes the path of its staging directory and its
/// instance into a locked marker under STATE/clones first.  A statement of theirs that this instance's server still runs is
/// ended before, since it would go on writing there; where it cannot be asked, nothing is removed yet.  Returns what was
/// removed.  Called before every backup.
std::vector<std::string> cleanCloneRemains(const Config &config);

} // namespace zandb::agent
