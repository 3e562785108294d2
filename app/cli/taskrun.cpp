// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/taskrun.h"

#include "app/cli/execution.h"
#include "app/headless/programkinds.h"
#include "app/workflow/follow.h"
#include "app/workflow/taskservice.h"

#include <algorithm>

namespace zandb::cli {

Result<int> runTaskNow(Context &context, const Task &task, bool wait)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto runs = workflow::runsNow(context.session(), headless::programKinds(), task, *fleet, context.settings().person);
    if (!runs)
        return fail(runs.error());
    std::vector<RunDetail> begun;
    for (const RunDetail &made : *runs) {
        auto run = beginRun(context, made);
        if (!run)
            return fail(run.error());
        begun.push_back(std::move(*run));
    }
    bool all = true;
    Json array = Json::array();
    for (RunDetail &run : begun) {
        if (wait) {
            auto ended = followBegun(context, run);
            if (!ended)
                return fail(ended.error());
            run = std::move(*ended);
            all = all && run.run.state == RunState::Succeeded;
        }
        array.push_back({{"run_id", run.run.id.toString()}, {"target", fleet->instance(run.run.targetId) ? fleet->pathOf(run.run.targetId) : run.run.targetId.toString()},
                         {"state", toString(run.run.state)}});
    }
    context.print(Json{{"task", task.name}, {"runs", array}});
    if (!context.json()) {
        for (const Json &run : array)
            printLine("Run " + run["run_id"].get<std::string>() + " of " + run["target"].get<std::string>() + ": " + run["state"].get<std::string>());
        if (array.empty())
            printLine("Task " + task.name + " has nothing to do now.");
    }
    return all ? exitOk : exitFailed;
}

Result<int> followTask(Context &context, const std::vector<Task> &tasks, const Task &task, const Args &args)
{
    store::Session &session = context.session();
    if (args.has("run")) {
        const std::string event = args.option("after", "success");
        if (event != "success" && event != "failure")
            return fail(usageError("--after is success or failure"));
        const auto other = std::ranges::find(tasks, args.option("run"), &Task::name);
        if (other == tasks.end())
            return fail(errors::notFound, {{"what", "task"}, {"name", args.option("run")}});
        if (workflow::kindNamed(headless::programKinds(), other->kind).needsPerson)
            return fail(usageError("a task of the kind " + other->kind + " needs a person"));
        if (const auto set = workflow::setFollow(session, {task.id, event, other->id}, !args.flag("remove")); !set)
            return fail(set.error());
    } else if (args.has("after") || args.flag("remove")) {
        return fail(usageError("--run TASK says which task follows"));
    }
    const auto follows = workflow::loadFollows(session);
    if (!follows)
        return fail(follows.error());
    Json array = Json::array();
    for (const workflow::Follow &one : *follows) {
        const auto other = std::ranges::find(tasks, one.follow, &Task::id);
        if (one.task == task.id)
            array.push_back({{"after", one.event}, {"task", other == tasks.end() ? one.follow.toString() : other->name}});
    }
    context.print(Json{{"task", task.name}, {"follows", array}});
    if (!context.json()) {
        for (const Json &one : array)
            printLine("After " + one["after"].get<std::string>() + " of " + task.name + ": " + one["task"].get<std::string>());
        if (array.empty())
            printLine("Nothing follows " + task.name + '.');
    }
    return exitOk;
}

} // namespace zandb::cli
