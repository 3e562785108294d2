// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace zandb::cli {

/// `run items`: prints what an attempt leaves, piece by piece, until it has ended.
Result<int> showItems(Context &context, const Args &args);

} // namespace zandb::cli
