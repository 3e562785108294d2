// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/backupargs.h"
#include "app/cli/command.h"
#include "app/fleet/fleetrepository.h"
#include "app/schedule/decide.h"
#include "app/schedule/targets.h"
#include "app/workflow/newrun.h"
#include "app/workflow/runrepository.h"

#include <algorithm>
#include <array>

namespace zandb::cli {
namespace {

Result<Task> findTask(Context &context, const std::string &name)
{
    const auto tasks = workflow::loadTasks(context.session());
    if (!tasks)
        return fail(tasks.error());
    for (const Task &task : *tasks) {
        if (task.name == name || task.id.toString() == name)
            return task;
    }
    return fail(errors::notFound, {{"what", "task"}, {"name", name}});
}

/// The schedule as JSON from --schedule or from --every and its companions.
Result<Json> readSchedule(const Args &args, TimePoint now)
{
    Json json;
    if (args.has("schedule")) {
        const auto parsed = parseJson(args.option("schedule"));
        if (!parsed)
            return fail(usageError("--schedule is not JSON: " + describe(parsed.error())));
        json = *parsed;
    } else {
        const std::string every = args.option("every");
        const std::string zone = args.option("zone", systemZone());
        const auto at = args.list("at");
        const Json atJson = at.size() == 1 ? Json(at.front()) : Json(at);
        const auto seconds = parseDuration(every);
        if (every == "interval" || seconds) {
            const auto given = args.duration("seconds");
            if (!given)
                return fail(given.error());
            if (!seconds && !*given)
                return fail(usageError("an interval needs --seconds"));
            json = {{"every", "interval"}, {"seconds", seconds ? *seconds : **given}};
            json["anchor"] = args.option("anchor", toIso(std::chrono::floor<std::chrono::minutes>(now)));
        } else if (every == "once") {
            json = {{"every", "once"}, {"at", at.empty() ? std::string{} : at.front()}, {"zone", zone}};
        } else if (every == "day" || every == "week" || every == "month") {
            if (at.empty())
                return fail(usageError("--at is missing, for example --at 02:30"));
            json = {{"every", every}, {"at", atJson}, {"zone", zone}};
            Json on = Json::array();
            for (const std::string &day : args.list("on")) {
                const bool number = !day.empty() && day.find_first_not_of("0123456789") == std::string::npos && day.size() < 3;
                on.push_back(number ? Json(std::stoi(day)) : Json(day));
            }
            if (every != "day")
                json["on"] = std::move(on);
            else if (!on.empty())
                return fail(usageError("--on goes with --every week or --every month"));
        } else {
            return fail(usageError("--every is one of day, week, month, once, or a time like 15m"));
        }
    }
    const auto schedule = Schedule::fromJson(json);
    if (!schedule)
        return fail(schedule.error());
    return json;
}

Result<Selector> readSelector(Context &context, const Args &args, const Fleet &fleet)
{
    Selector selector;
    selector.all = args.flag("all");
    for (const std::string &path : args.list("group")) {
        const auto group = fleet::ensureGroup(context.session(), path);
        if (!group)
            return fail(group.error());
        if (*group)
            selector.groups.push_back(**group);
    }
    for (const std::string &name : args.list("host")) {
        const Host *host = fleet.hostByName(name);
        if (!host)
            return fail(errors::notFound, {{"what", "host"}, {"name", name}});
        selector.hosts.push_back(host->id);
    }
    for (const auto &[option, ids] : {std::pair{"instance", &selector.instances}, std::pair{"except", &selector.except}}) {
        for (const std::string &path : args.list(option)) {
            const InstanceRecord *record = fleet.instanceByPath(path);
            if (!record)
                return fail(errors::notFound, {{"what", "instance"}, {"name", path}});
            ids->push_back(record->instance.id);
        }
    }
    return selector;
}

Result<void> oneOf(const Args &args, const std::string &option, std::initializer_list<const char *> words, std::string &value)
{
    if (!args.has(option))
        return {};
    value = args.option(option);
    std::string all;
    for (const char *word : words) {
        if (value == word)
            return {};
        all += (all.empty() ? "" : ", ") + std::string(word);
    }
    return fail(usageError("--" + option + " is one of " + all));
}

Result<void> readPolicies(const Args &args, Policies &p, const std::string &zone)
{
    if (const auto read = oneOf(args, "catch-up", {"last", "skip", "all"}, p.catchUp); !read)
        return read;
    if (const auto read = oneOf(args, "overlap", {"skip", "queue_one", "cancel_other", "allow"}, p.overlap); !read)
        return read;
    if (const auto read = oneOf(args, "at-window-end", {"continue", "cancel"}, p.atWindowEnd); !read)
        return read;
    if (const auto read = oneOf(args, "source", {"replica_else_primary", "as_named"}, p.source); !read)
        return read;
    const auto deadline = args.duration("start-deadline");
    if (!deadline)
        return fail(deadline.error());
    if (*deadline)
        p.startDeadlineSeconds = **deadline;
    for (const auto &[option, value, most] : {std::tuple{"per-task", &p.perTask, 10'000}, std::tuple{"per-host", &p.perHost, 1000},
                                              std::tuple{"per-repository", &p.perRepository, 10'000},
                                              std::tuple{"retries", &p.maxRetries, 3}, std::tuple{"keep", &p.keep, 100'000}}) {
        const auto number = args.number(option, *value, 0, most);
        if (!number)
            return fail(number.error());
        *value = static_cast<int>(*number);
    }
    if (args.has("window")) {
        const std::string window = args.option("window");
        const auto dash = window.find('-');
        if (window == "none") {
            p.windowFrom = p.windowTo = p.windowZone = "";
        } else if (dash == std::string::npos) {
            return fail(usageError("--window takes FROM-TO like 22:00-06:00, or none"));
        } else {
            p.windowFrom = window.substr(0, dash);
            p.windowTo = window.substr(dash + 1);
            p.windowZone = zone;
        }
    }
    const auto window = schedule::windowOf(p);
    return window ? Result<void>{} : fail(window.error());
}

bool changesSchedule(const Args &args)
{
    return args.has("schedule") || args.has("every");
}

bool changesSelector(const Args &args)
{
    return args.flag("all") || args.has("group") || args.has("host") || args.has("instance") || args.has("except");
}

/// Reads what was given into the task; what was not given stays.
Result<void> readTask(Context &context, const Args &args, Task &task, bool fresh)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    if (fresh || changesSchedule(args)) {
        auto schedule = readSchedule(args, fleet->readAt);
        if (!schedule)
            return fail(schedule.error());
        task.schedule = std::move(*schedule);
    }
    if (fresh || changesSelector(args)) {
        auto selector = readSelector(context, args, *fleet);
        if (!selector)
            return fail(selector.error());
        if (!selector->all && selector->groups.empty() && selector->hosts.empty() && selector->instances.empty())
            return fail(usageError("say what the task is for: --all, --group, --host or --instance"));
        task.selector = std::move(*selector);
    }
    const auto backupArgs = readBackupArgs(args);
    if (!backupArgs)
        return fail(backupArgs.error());
    task.args.update(*backupArgs);
    const std::string zone = args.option("zone", task.schedule.value("zone", std::string("UTC")));
    if (const auto read = readPolicies(args, task.policies, zone); !read)
        return read;
    const auto schedule = Schedule::fromJson(task.schedule);
    if (!schedule)
        return fail(schedule.error());
    task.nextDue = task.enabled ? schedule->next(fleet->readAt) : std::nullopt;
    task.author = context.settings().person;
    task.definitionSha256 = workflow::definitionSha256(task);
    task.signer.clear();
    task.signature.clear();
    return {};
}

Result<int> printTask(Context &context, const std::string &name, const std::string &what)
{
    const auto task = findTask(context, name);
    if (!task)
        return fail(task.error());
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    context.print(taskJson(*task, *fleet));
    if (!context.json())
        printLine(what + " task " + task->name + (task->nextDue ? "; next due " + timeText(task->nextDue) : "") + ".");
    return exitOk;
}

Result<int> addTask(Context &context, const Args &args)
{
    Task task;
    task.id = Uuid::v7();
    task.name = args.word(0);
    task.kind = args.option("kind", "backup");
    if (task.name.empty() || task.name.size() > 100 || args.words().size() != 1)
        return fail(usageError("name the task, in 1 to 100 characters"));
    if (task.kind != "backup")
        return fail(usageError("--kind is backup"));
    task.enabled = !args.flag("disabled");
    if (const auto read = readTask(context, args, task, true); !read)
        return fail(read.error());
    if (const auto added = workflow::addTask(context.session(), task); !added)
        return fail(added.error());
    return printTask(context, task.id.toString(), "Added");
}

Result<int> editTask(Context &context, const Args &args)
{
    auto task = findTask(context, args.word(0));
    if (!task)
        return fail(task.error());
    if (args.has("name"))
        task->name = args.option("name");
    if (const auto read = readTask(context, args, *task, false); !read)
        return fail(read.error());
    if (const auto updated = workflow::updateTask(context.session(), *task); !updated)
        return fail(updated.error());
    return printTask(context, task->id.toString(), "Changed");
}

Result<int> enableTask(Context &context, const Args &args, bool enabled)
{
    auto task = findTask(context, args.word(0));
    if (!task)
        return fail(task.error());
    const auto now = context.session().now();
    if (!now)
        return fail(now.error());
    const auto schedule = Schedule::fromJson(task->schedule);
    task->enabled = enabled;
    task->nextDue = enabled && schedule ? schedule->next(*now) : std::nullopt;
    if (const auto updated = workflow::updateTask(context.session(), *task); !updated)
        return fail(updated.error());
    return printTask(context, task->id.toString(), enabled ? "Enabled" : "Disabled");
}

Result<int> removeTask(Context &context, const Args &args)
{
    const auto task = findTask(context, args.word(0));
    if (!task)
        return fail(task.error());
    if (const auto removed = workflow::removeTask(context.session(), task->id); !removed)
        return fail(removed.error());
    context.print(Json{{"removed", task->id.toString()}});
    if (!context.json())
        printLine("Removed task " + task->name + "; its runs and backups stay.");
    return exitOk;
}

std::string scheduleText(const Json &json)
{
    const std::string every = json.value("every", std::string{});
    const auto list = [&](const char *key) {
        const Json value = json.value(key, Json());
        std::string text;
        for (const Json &one : value.is_array() ? value : Json::array({value}))
            text += (text.empty() ? "" : ",") + (one.is_string() ? one.get<std::string>() : dumpJson(one));
        return text;
    };
    if (every == "interval")
        return "every " + spanText(std::chrono::seconds{json.value("seconds", std::int64_t{0})});
    if (every == "once")
        return "once " + list("at") + " " + json.value("zone", std::string{});
    return every + (json.contains("on") ? " " + list("on") : "") + " " + list("at") + " " + json.value("zone", std::string{});
}

Result<int> listTasks(Context &context, const Args &)
{
    const auto tasks = workflow::loadTasks(context.session());
    if (!tasks)
        return fail(tasks.error());
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    Json array = Json::array();
    Table table({"TASK", "KIND", "ON", "SCHEDULE", "NEXT DUE", "TARGETS", "KEEP"}, {5, 6});
    for (const Task &task : *tasks) {
        array.push_back(taskJson(task, *fleet));
        table.add({task.name, task.kind, task.enabled ? "yes" : "no", scheduleText(task.schedule), timeText(task.nextDue),
                   std::to_string(schedule::expandTargets(task.selector, task.policies.source, *fleet).size()),
                   task.policies.keep ? std::to_string(task.policies.keep) : "all"});
    }
    context.print(array);
    if (!context.json())
        table.print();
    return exitOk;
}

Result<int> showTask(Context &context, const Args &args)
{
    const auto task = findTask(context, args.word(0));
    if (!task)
        return fail(task.error());
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto targets = schedule::expandTargets(task->selector, task->policies.source, *fleet);
    Json json = taskJson(*task, *fleet);
    json["targets"] = Json::array();
    Table table({"task", task->name});
    table.add({"id", task->id.toString()});
    table.add({"kind", task->kind});
    table.add({"enabled", task->enabled ? "yes" : "no"});
    table.add({"schedule", scheduleText(task->schedule)});
    table.add({"next due", timeText(task->nextDue)});
    table.add({"args", dumpJson(task->args)});
    table.add({"policies", dumpJson(Json(task->policies))});
    table.add({"author", task->author});
    for (const auto &target : targets) {
        json["targets"].push_back(fleet->pathOf(target.instance));
        table.add({"target now", fleet->pathOf(target.instance)});
    }
    context.print(json);
    if (!context.json())
        table.print();
    return exitOk;
}

} // namespace

std::vector<Verb> taskVerbs()
{
    Args::Spec spec{backupOptions(), {"all", "disabled"}};
    for (const char *option : {"kind", "group", "host", "instance", "except", "every", "at", "on", "zone", "seconds", "anchor", "schedule",
                               "keep", "window", "catch-up", "start-deadline", "overlap", "per-task", "per-host", "per-repository", "retries",
                               "at-window-end", "source"})
        spec.options.insert(option);
    Args::Spec edit = spec;
    edit.options.insert("name");
    edit.options.erase("kind");
    const std::string usage = "(--all | --group G | --host H | --instance H/I)... [--except H/I] (--every day|week|month|once|15m [--at 02:30,...] "
                              "[--on mon,thu|1,15,last] [--zone Europe/Berlin] | --schedule JSON) [--keep N] [--window 22:00-06:00] [--catch-up "
                              "last|skip|all] [--start-deadline 6h] [--overlap skip|queue_one|cancel_other|allow] [--per-task N] [--per-host N] "
                              "[--per-repository N] [--retries N] [--at-window-end continue|cancel] [--source replica_else_primary|as_named] "
        + backupUsage();
    return {
        {"task", "add", "NAME --kind backup " + usage, "define what runs when", spec, addTask},
        {"task", "list", "", "tasks with their next due time", {}, listTasks},
        {"task", "show", "NAME", "one task and its targets as of now", {}, showTask},
        {"task", "edit", "NAME [--name NEW] " + usage, "change what is given, keep the rest", edit, editTask},
        {"task", "enable", "NAME", "let it run again, from now on", {}, [](Context &c, const Args &a) { return enableTask(c, a, true); }},
        {"task", "disable", "NAME", "let it rest", {}, [](Context &c, const Args &a) { return enableTask(c, a, false); }},
        {"task", "remove", "NAME", "remove it; runs and backups stay", {}, removeTask},
    };
}

} // namespace zandb::cli
