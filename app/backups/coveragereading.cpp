// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/backups/coveragereading.h"

#include "app/backups/backuprepository.h"
#include "app/schedule/decide.h"
#include "app/schedule/targets.h"

namespace zandb::backups {

Result<std::vector<Coverage>> loadCoverage(store::Session &session, const Fleet &fleet, const std::vector<Task> &tasks)
{
    const auto backups = lastBackups(session);
    if (!backups)
        return fail(backups.error());
    std::set<Uuid> inTasks;
    for (const Task &task : tasks) {
        if (task.kind != "backup" || !task.enabled || schedule::whyUnreadable(task))
            continue;
        const auto ids = schedule::selected(task.selector, fleet);
        inTasks.insert(ids.begin(), ids.end());
    }
    return coverageOf(fleet, schedule::replicationSets(fleet), *backups, inTasks, fleet.readAt);
}

} // namespace zandb::backups
