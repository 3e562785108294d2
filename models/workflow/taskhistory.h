// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/workflow/run.h"

namespace zandb {

/// What a task said from an instant on, until its next revision.  What was due in the past is computed from these.
struct TaskRevision
{
    Uuid taskId;
    std::int64_t revision = 0;
    std::string name;
    std::string kind;
    Selector selector;
    Json schedule;
    Policies policies;
    bool enabled = true;   ///< false too after the task was removed
    TimePoint from{};      ///< nothing is due by this revision at or before it
    std::string editor;
    /// As of Task: such a revision makes nothing due.
    std::optional<Error> unreadable;
};

} // namespace zandb
