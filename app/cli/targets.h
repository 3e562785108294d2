// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/platform/errors.h"
#include "models/fleet/fleet.h"

#include <string>
#include <vector>

namespace zandb::cli {

/// The instances that words name, by path: a group's path, a host, or HOST/INSTANCE; all of the fleet without any.  Errors: not_found.
Result<std::vector<Uuid>> chosenInstances(const Fleet &fleet, const std::vector<std::string> &words);

class Context;
/// The same, and the pool knows their hosts.
Result<std::vector<Uuid>> reachInstances(Context &context, const Fleet &fleet, const std::vector<std::string> &words);

} // namespace zandb::cli
