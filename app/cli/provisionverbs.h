// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace zandb::cli {

/// How instances begin: instance create.
std::vector<Verb> provisionVerbs();

} // namespace zandb::cli
