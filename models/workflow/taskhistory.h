// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/workflow/run.h"

#include <map>

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
    Json args;             ///< null: not known, it was written by an older program
    /// As of Task: such a revision makes nothing due.
    std::optional<Error> unreadable;
};

/// How the last occurrence of a task went.
struct LastRuns
{
    TimePoint due{};
    std::string state;  ///< of its row: "ran", "skipped", "missed"
    std::string reason; ///< of its row
    std::map<RunState, int> runs;
    std::map<Uuid, Microseconds> took; ///< by target, of those that have ended
};

/// One difference between two revisions.
struct TaskChange
{
    std::string field; ///< "name", "schedule/at", "policies/keep", "selector/labels"
    Json before;       ///< null: there was none
    Json after;
};
/// What the later one says otherwise, by field.  Lists are compared as a whole.
std::vector<TaskChange> changesBetween(const TaskRevision &before, const TaskRevision &after);

} // namespace zandb
