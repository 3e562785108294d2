// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "models/workflow/run.h"

namespace zandb::cli {

/// `task run`: what the task would do at its next occurrence, now and once, whether it is enabled or not.  Its schedule goes on as if nothing had been.
Result<int> runTaskNow(Context &context, const Task &task, bool wait);

/// `task follow`: what is run when a run of the task has ended.
Result<int> followTask(Context &context, const std::vector<Task> &tasks, const Task &task, const Args &args);

} // namespace zandb::cli
