// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "app/workflow/kinds.h"
#include "models/workflow/taskhistory.h"

/// What people do with tasks, for zandbctl and the window alike.  All calls block; use on a thread that owns the session.
namespace zandb::workflow {

/// Looks at what a person has defined and fills in what follows from it: when it is due next, its author and digest; a signature of what it was goes.
/// `now` is the store's clock.  Pure.  Errors: usage (name, labels), schedule.invalid.
Result<void> completeTask(Task &task, const std::string &person, TimePoint now);
/// Lets it run from now on, or rest; what was due meanwhile is not made up for.  Errors: those of updateTask().
Result<void> setEnabled(store::Session &session, Task task, bool enabled, const std::string &person);
/// What it would do now, once, outside of its schedule and window, as runs that are not in the store yet.  Only its own occurrences' backups count for
/// how many it keeps.  Errors: schedule.invalid.
Result<std::vector<RunDetail>> runsNow(store::Session &session, const Kinds &kinds, const Task &task, const Fleet &fleet, const std::string &person);

/// How the last occurrence of each task went that was due by `now`.
Result<std::map<Uuid, LastRuns>> lastRuns(store::Session &session, TimePoint now);

} // namespace zandb::workflow
