// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/workflow/kinds.h"

/// Follow-up tasks: when a run of a task has succeeded or failed, another task is run, exactly once.  An outbox row is written in the transaction that
/// ends the run; the ids of the runs made of it are derived from the row's, so that making them twice is harmless.  Errors: those of Session.
namespace zandb::workflow {

/// What the task would work on now, outside of its schedule.
Result<std::vector<Chosen>> targetsOf(store::Session &session, const Kinds &kinds, const Task &task, const Fleet &fleet);

struct Follow
{
    Uuid task;
    std::string event;  ///< "success", "failure"
    Uuid follow;        ///< the task that is run then
    bool operator==(const Follow &) const = default;
};
Result<std::vector<Follow>> loadFollows(store::Session &session);
/// `on`: it follows from now on; else no more.  Audited.  Errors: usage (detail) when tasks would follow each other in a circle.
Result<void> setFollow(store::Session &session, const Follow &follow, bool on);

/// In the transaction that ends the run: a row for each task that follows this end.
Result<void> putFollowers(store::Session &session, const Run &run);
/// Makes the runs of what waits in the outbox, at most 100 rows.  A lone headless instance calls it; two at once do no harm.  How many runs were made.
Result<int> runFollowers(store::Session &session, const Kinds &kinds, const Fleet &fleet);

} // namespace zandb::workflow
