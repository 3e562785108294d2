// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workflow/follow.h"

#include "app/platform/errors.h"
#include "app/schedule/decide.h"
#include "app/schedule/targets.h"
#include "app/store/audit.h"
#include "app/workflow/newrun.h"
#include "app/workflow/runrepository.h"
#include "models/workflow/runid.h"

#include <algorithm>

namespace zandb::workflow {

using store::Row;
using store::Session;
using store::value;

namespace {

const std::string now{store::nowUs};

/// Whether `from` leads to `to` by what follows what.
bool leadsTo(const std::vector<Follow> &follows, const Uuid &from, const Uuid &to, std::set<Uuid> &seen)
{
    if (from == to)
        return true;
    if (!seen.insert(from).second)
        return false;
    return std::ranges::any_of(follows, [&](const Follow &one) { return one.task == from && leadsTo(follows, one.follow, to, seen); });
}

Result<int> makeRuns(Session &session, const Kinds &kinds, const Task &task, const Uuid &row, const Uuid &cause, const Fleet &fleet)
{
    const auto targets = targetsOf(session, kinds, task, fleet);
    if (!targets)
        return fail(targets.error());
    int made = 0;
    for (const Chosen &target : *targets) {
        ByHand wish;
        wish.kind = task.kind;
        wish.hostId = target.host;
        wish.targetId = target.target;
        wish.args = target.args;
        wish.policies = task.policies;
        wish.author = task.author;
        wish.now = fleet.readAt;
        RunDetail detail = makeRun(wish);
        detail.run.id = uuidV5(row, target.target.toString());
        detail.run.definitionSha256 = task.definitionSha256;
        detail.run.signer = task.signer;
        detail.run.signature = task.signature;
        for (Step &step : detail.steps)
            step.runId = detail.run.id;
        const auto created = createRun(session, detail);
        if (!created)
            return fail(created.error());
        made += *created;
        if (const auto linked = session.execute("UPDATE run SET caused_by = ? WHERE id = ?", {value(cause), value(detail.run.id)}); !linked)
            return fail(linked.error());
    }
    return made;
}

} // namespace

Result<std::vector<Chosen>> targetsOf(Session &session, const Kinds &kinds, const Task &task, const Fleet &fleet)
{
    if (const auto &choose = kindNamed(kinds, task.kind).choose)
        return choose(session, task, schedule::selected(task.selector, fleet), fleet, fleet.readAt);
    std::vector<Chosen> targets;
    for (const schedule::Target &target : schedule::expandTargets(task.selector, task.policies.source, fleet))
        targets.push_back({target.instance, target.host, task.args});
    return targets;
}

Result<std::vector<Follow>> loadFollows(Session &session)
{
    const auto rows = session.query("SELECT task_id, event, follow_id FROM task_follow ORDER BY task_id, event, follow_id");
    if (!rows)
        return fail(rows.error());
    std::vector<Follow> follows;
    for (const Row &row : *rows)
        follows.push_back({row.uuid(0), row.text(1), row.uuid(2)});
    return follows;
}

Result<void> setFollow(Session &session, const Follow &follow, bool on)
{
    return session.transaction([&]() -> Result<void> {
        // the feed's row first: who edits takes turns, so that two edits make no circle together
        if (auto raised = store::raiseFeed(session, "task"); !raised)
            return raised;
        const auto known = loadFollows(session);
        if (!known)
            return fail(known.error());
        std::set<Uuid> seen;
        if (on && leadsTo(*known, follow.follow, follow.task, seen))
            return fail(errors::usage, {{"detail", "the tasks would follow each other in a circle"}});
        const auto done = on ? session.execute("INSERT INTO task_follow (task_id, event, follow_id, editor, edited_us) VALUES (?,?,?,?," + now
                                                   + ") ON DUPLICATE KEY UPDATE editor = VALUES(editor), edited_us = VALUES(edited_us)",
                                               {value(follow.task), value(follow.event), value(follow.follow), value(session.settings().person)})
                             : session.execute("DELETE FROM task_follow WHERE task_id = ? AND event = ? AND follow_id = ?",
                                               {value(follow.task), value(follow.event), value(follow.follow)});
        if (!done)
            return fail(done.error());
        return store::audit(session, on ? "task.follow" : "task.unfollow", follow.task.toString(), {{"event", follow.event}, {"task", follow.follow}});
    });
}

Result<void> putFollowers(Session &session, const Run &run)
{
    const char *event = run.state == RunState::Succeeded ? "success" : run.state == RunState::Failed ? "failure" : nullptr;
    if (!event || !run.taskId)
        return {};
    const auto rows = session.query("SELECT follow_id FROM task_follow WHERE task_id = ? AND event = ?", {value(*run.taskId), value(event)});
    if (!rows)
        return fail(rows.error());
    for (const Row &row : *rows) {
        const auto put = session.execute("INSERT INTO outbox (id, run_id, event, action, created_us, attempts, fence, revision) VALUES (?,?,?,?," + now
                                             + ",0,0,1) ON DUPLICATE KEY UPDATE id = outbox.id",
                                         {value(uuidV5(run.id, std::string(event) + '|' + row.uuid(0).toString())), value(run.id), value(event),
                                          value(Json{{"task", row.uuid(0)}})});
        if (!put)
            return fail(put.error());
    }
    return {};
}

Result<int> runFollowers(Session &session, const Kinds &kinds, const Fleet &fleet)
{
    const auto rows = session.query("SELECT id, run_id, action FROM outbox WHERE done_us IS NULL ORDER BY created_us LIMIT 100");
    if (!rows)
        return fail(rows.error());
    if (rows->empty())
        return 0;
    const auto tasks = loadTasks(session);
    if (!tasks)
        return fail(tasks.error());
    int made = 0;
    for (const Row &row : *rows) {
        const Json action = row.json(2);
        const auto id = action.is_object() && action.contains("task") ? decode<Uuid>(action["task"]) : Result<Uuid>(fail(errors::notFound));
        const auto task = id ? std::ranges::find(*tasks, *id, &Task::id) : tasks->end();
        // one that was removed meanwhile, or cannot be read, is run by nobody
        if (task != tasks->end() && !schedule::whyUnreadable(*task)) {
            const auto runs = makeRuns(session, kinds, *task, row.uuid(0), row.uuid(1), fleet);
            if (!runs)
                return fail(runs.error());
            made += *runs;
        }
        if (const auto done = session.execute("UPDATE outbox SET done_us = " + now + ", attempts = attempts + 1, revision = revision + 1 WHERE id = ?", {value(row.uuid(0))}); !done)
            return fail(done.error());
    }
    return made;
}

} // namespace zandb::workflow
