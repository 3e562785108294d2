// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace zandb::cli {

/// What instances are made of: instance snapshot, diff and growth.
std::vector<Verb> snapshotVerbs();

} // namespace zandb::cli
