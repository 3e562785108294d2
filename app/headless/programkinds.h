// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/workflow/kinds.h"

namespace zandb::headless {

/// The kinds of work that the programs of this side know: zandbctl, its headless mode and the console.  A new one adds its line
/// there.  Thread-safe.
const workflow::Kinds &programKinds();

} // namespace zandb::headless
