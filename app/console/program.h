// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace zandb::console {

/// The desktop program: `zandb [--config FILE] [--screenshots DIR]`.  Returns the exit status.
int runConsole(int argc, char **argv);

} // namespace zandb::console
