// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleet/fleet.h"
#include "models/workflow/taskhistory.h"
#include "models/workflow/taskplan.h"

/// What is to come, computed from schedules and targets as they are now.  Pure.
namespace zandb::schedule {

/// What a definition would do; `dues` are as many as `count`.  `zone` is not asked: times are instants.
TaskPreview preview(const Task &task, const Fleet &fleet, TimePoint now, int count);

/// The hosts that tasks will work on in `hours` hours from the full hour of `now`; `last` tells how long runs took.  At most mostStarts occurrences of one
/// task count.
TaskCalendar calendar(const std::vector<Task> &tasks, const std::map<Uuid, LastRuns> &last, const Fleet &fleet, const std::set<Uuid> &instances, TimePoint now, int hours);
inline constexpr int mostStarts = 3000;

} // namespace zandb::schedule
