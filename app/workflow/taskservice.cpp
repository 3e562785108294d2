// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workflow/taskservice.h"

#include "app/schedule/decide.h"
#include "app/workflow/follow.h"
#include "app/workflow/newrun.h"
#include "app/workflow/runrepository.h"
#include "models/common/names.h"

namespace zandb::workflow {

Result<void> completeTask(Task &task, const std::string &person, TimePoint now)
{
    if (const auto fits = names::checkTask(task.name); !fits)
        return fits;
    for (const std::string &label : task.selector.labels) {
        if (const auto fits = names::checkLabel(label); !fits)
            return fits;
    }
    const auto schedule = Schedule::fromJson(task.schedule);
    if (!schedule)
        return fail(schedule.error());
    if (const auto window = schedule::windowOf(task.policies); !window)
        return fail(window.error());
    task.nextDue = task.enabled ? schedule::nextOf(*schedule, task.skips, now) : std::nullopt;
    task.author = person;
    task.definitionSha256 = definitionSha256(task);
    task.signer.clear();
    task.signature.clear();
    return {};
}

Result<void> setEnabled(store::Session &session, Task task, bool enabled, const std::string &person)
{
    const auto now = session.now();
    if (!now)
        return fail(now.error());
    const auto schedule = Schedule::fromJson(task.schedule);
    task.enabled = enabled;
    task.nextDue = enabled && schedule ? schedule::nextOf(*schedule, task.skips, *now) : std::nullopt;
    return updateTask(session, task, person);
}

Result<std::vector<RunDetail>> runsNow(store::Session &session, const Kinds &kinds, const Task &task, const Fleet &fleet, const std::string &person)
{
    if (const auto wrong = schedule::whyUnreadable(task))
        return fail(*wrong);
    const auto targets = targetsOf(session, kinds, task, fleet);
    if (!targets)
        return fail(targets.error());
    std::vector<RunDetail> runs;
    for (const Chosen &target : *targets) {
        ByHand wish;
        wish.kind = task.kind;
        wish.hostId = target.host;
        wish.targetId = target.target;
        wish.args = target.args;
        wish.policies = task.policies;
        wish.policies.windowFrom = wish.policies.windowTo = wish.policies.windowZone = ""; // a person wants it now
        wish.policies.keep = 0;                                                            // only the task's own backups count for it
        wish.author = person;
        wish.now = fleet.readAt;
        runs.push_back(makeRun(wish));
    }
    return runs;
}

Result<std::map<Uuid, LastRuns>> lastRuns(store::Session &session, TimePoint now)
{
    const auto latest = latestOccurrences(session, now);
    if (!latest)
        return fail(latest.error());
    std::map<Uuid, LastRuns> last;
    for (const auto &[task, occurrence] : *latest)
        last[task] = {occurrence.due, occurrence.state, occurrence.reason, {}, {}};
    const auto rows = session.query("SELECT r.task_id, r.target_id, r.state, r.started_us, r.ended_us FROM (SELECT task_id, MAX(due_us) AS due_us FROM occurrence "
                                    "WHERE due_us <= ? GROUP BY task_id) m JOIN run r ON r.task_id = m.task_id AND r.occurrence_us = m.due_us",
                                    {store::value(now)});
    if (!rows)
        return fail(rows.error());
    for (const store::Row &row : *rows) {
        LastRuns &one = last[row.uuid(0)];
        ++one.runs[runStateFromString(row.text(2))];
        const auto started = row.optionalTime(3), ended = row.optionalTime(4);
        if (started && ended && *ended > *started)
            one.took[row.uuid(1)] = *ended - *started;
    }
    return last;
}

} // namespace zandb::workflow
