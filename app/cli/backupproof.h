// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "models/workflow/run.h"

namespace zandb::cli {

/// `backup proof`: what was proved, how long restores took, and what is due.
Verb backupProofVerb();
/// The options of a task of the kind `verify`, put into the task.  Errors: usage (also for a task of another kind), not_found.
Result<void> readProofArgs(const Args &args, const Fleet &fleet, Task &task);

} // namespace zandb::cli
