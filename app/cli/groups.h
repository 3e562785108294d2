// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleet/fleet.h"

/// Groups by their paths: "production/shop" is the group "shop" in "production".
namespace zandb::cli {

/// Empty for no group, and for one that is not of this fleet.
std::string groupPath(const Fleet &fleet, const std::optional<Uuid> &id);
/// Slashes at the ends and double ones do not matter.  Errors: not_found, also for the empty path.
Result<Group> findGroup(const Fleet &fleet, std::string_view path);

} // namespace zandb::cli
