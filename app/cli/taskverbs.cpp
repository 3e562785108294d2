// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/backupargs.h"
#include "app/cli/backupproof.h"
#include "app/cli/command.h"
#include "app/cli/groups.h"
#include "app/cli/scriptargs.h"
#include "app/cli/taskparts.h"
#include "app/cli/taskrun.h"
#include "app/headless/programkinds.h"
#include "app/schedule/decide.h"
#include "app/schedule/targets.h"
#include "app/workflow/runrepository.h"
#include "app/workflow/taskservice.h"
#include "models/common/names.h"

#include <algorithm>
#include <array>

namespace zandb::cli {
namespace {

constexpr const char *scheduleOptions[] = {"every", "at", "on", "seconds", "anchor", "zone"};

bool hasTimesOfDay(const std::string &every)
{
    return every == "day" || every == "week" || every == "month";
}

/// Options that mean nothing for this kind of schedule would otherwise be ignored in silence.
Result<void> refuseStrangers(const Args &args, const std::string &every, bool zoneHasUse)
{
    const auto refuse = [&](const char *option) {
        return fail(usageError(std::string("--") + option + " does not go with a schedule of every " + every));
    };
    if (every == "interval") {
        for (const char *option : {"at", "on"}) {
            if (args.has(option))
                return refuse(option);
        }
        if (args.has("zone") && !zoneHasUse)
            return refuse("zone");
        return {};
    }
    for (const char *option : {"seconds", "anchor"}) {
        if (args.has(option))
            return refuse(option);
    }
    if (args.has("on") && every != "week" && every != "month")
        return fail(usageError("--on goes with --every week or --every month"));
    return {};
}

Json daysOf(const Args &args)
{
    Json on = Json::array();
    for (const std::string &day : args.list("on")) {
        const bool number = !day.empty() && day.find_first_not_of("0123456789") == std::string::npos && day.size() < 3;
        on.push_back(number ? Json(std::stoi(day)) : Json(day));
    }
    return on;
}

/// The schedule as JSON: `stored` (null for a new task) with what is given by --schedule, or by --every and its
/// companions, put into it.  `zoneHasUse`: --zone means something else too.
Result<Json> readSchedule(const Args &args, const Json &stored, TimePoint now, bool zoneHasUse)
{
    if (args.has("schedule")) {
        for (const char *option : scheduleOptions) {
            if (args.has(option) && !(std::string_view(option) == "zone" && zoneHasUse))
                return fail(usageError(std::string("--schedule says all of it; leave out --") + option));
        }
        const auto parsed = parseJson(args.option("schedule"));
        if (!parsed)
            return fail(usageError("--schedule is not JSON"));
        const auto schedule = Schedule::fromJson(*parsed);
        return schedule ? Result<Json>(*parsed) : fail(schedule.error());
    }
    // what is stored counts only when it is a schedule
    const bool known = Schedule::fromJson(stored).has_value();
    const auto kept = [&](const char *key) { return known && stored.contains(key) ? stored[key] : Json(); };
    const std::string before = known ? kept("every").get<std::string>() : std::string{};
    const auto length = parseDuration(args.option("every"));
    const std::string every = length ? "interval" : args.option("every", before);
    if (every != "interval" && every != "once" && !hasTimesOfDay(every))
        return fail(usageError(args.has("every") || !known ? "--every is one of day, week, month, once, or a time like 15m"
                                                           : "the task's schedule cannot be read; give --every or --schedule"));
    if (const auto fits = refuseStrangers(args, every, zoneHasUse); !fits)
        return fail(fits.error());
    const auto at = args.list("at");
    Json json{{"every", every}};
    if (every == "interval") {
        const auto given = args.duration("seconds");
        if (!given)
            return fail(given.error());
        if (length && *given)
            return fail(usageError("--every and --seconds both say how long; give one of them"));
        const Json seconds = length ? Json(*length) : *given ? Json(**given) : kept("seconds");
        if (seconds.is_null())
            return fail(usageError("an interval needs --seconds"));
        json["seconds"] = seconds;
        const Json anchor = args.has("anchor") ? Json(args.option("anchor")) : kept("anchor");
        json["anchor"] = anchor.is_null() ? Json(toIso(std::chrono::floor<std::chrono::minutes>(now))) : anchor;
    } else {
        const Json zone = args.has("zone") ? Json(args.option("zone")) : kept("zone");
        json["zone"] = zone.is_null() ? Json(systemZone()) : zone;
        if (every == "once" && at.size() > 1)
            return fail(usageError("--every once takes one --at, for example --at 2026-03-29T02:30"));
        // a date and time is no time of day, and the other way round
        const bool sameForm = before == every || (hasTimesOfDay(before) && hasTimesOfDay(every));
        json["at"] = at.empty() ? (sameForm ? kept("at") : Json()) : at.size() == 1 ? Json(at.front()) : Json(at);
        if (json["at"].is_null())
            return fail(usageError(std::string("--at is missing, for example --at ") + (every == "once" ? "2026-03-29T02:30" : "02:30")));
        if (every == "week" || every == "month")
            json["on"] = args.has("on") ? daysOf(args) : before == every ? kept("on") : Json::array();
    }
    const auto schedule = Schedule::fromJson(json);
    return schedule ? Result<Json>(json) : fail(schedule.error());
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
    } else if (args.has("zone") && !p.windowFrom.empty()) {
        p.windowZone = zone;
    }
    const auto window = schedule::windowOf(p);
    return window ? Result<void>{} : fail(window.error());
}

bool changesSchedule(const Args &args)
{
    return args.has("schedule")
        || std::any_of(std::begin(scheduleOptions), std::end(scheduleOptions), [&](const char *option) { return args.has(option); });
}

/// Reads what was given into the task; what was not given stays.
Result<void> readTask(Context &context, const Args &args, Task &task, bool fresh)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    if (fresh || changesSchedule(args)) {
        const bool hasWindow = args.has("window") ? args.option("window") != "none" : !task.policies.windowFrom.empty();
        auto schedule = readSchedule(args, task.schedule, fleet->readAt, hasWindow);
        if (!schedule)
            return fail(schedule.error());
        task.schedule = std::move(*schedule);
    }
    if (fresh || changesSelector(args)) {
        auto selector = readSelector(args, *fleet);
        if (!selector)
            return fail(selector.error());
        if (!selector->all && selector->groups.empty() && selector->hosts.empty() && selector->instances.empty() && !selector->hasConditions())
            return fail(usageError("say what the task is for: --all, --group, --host, --instance or a condition such as --label"));
        task.selector = std::move(*selector);
    }
    const auto backupArgs = readBackupArgs(args);
    if (!backupArgs)
        return fail(backupArgs.error());
    if (!task.args.is_object())
        task.args = Json::object();
    task.args.update(*backupArgs);
    if (const auto read = readProofArgs(args, *fleet, task); !read)
        return read;
    if (const auto read = readScriptArgs(args, task); !read)
        return read;
    if (args.has("repository")) {
        if (const auto known = checkRepository(task, *fleet, args.flag("force")); !known)
            return known;
    }
    if (isScriptTask(task) && (args.has("script") || args.has("set") || args.has("each") || changesSelector(args))) {
        if (const auto known = checkScript(context, task, *fleet, args.flag("force")); !known)
            return known;
    }
    const auto schedule = Schedule::fromJson(task.schedule);
    if (!schedule)
        return fail(schedule.error());
    const Json own = task.schedule.contains("zone") ? task.schedule["zone"] : Json("UTC");
    const std::string zone = args.option("zone", own.get<std::string>());
    if (const auto read = readPolicies(args, task.policies, zone); !read)
        return read;
    if (args.flag("disabled"))
        task.enabled = false;
    return workflow::completeTask(task, context.settings().person, fleet->readAt);
}

Json withTargets(Json task, const std::vector<schedule::Target> &targets, const Fleet &fleet)
{
    task["targets"] = Json::array();
    for (const auto &target : targets)
        task["targets"].push_back(fleet.pathOf(target.instance));
    return task;
}

Result<int> printTask(Context &context, const std::string &name, const std::string &what)
{
    const auto task = findTask(context, name);
    if (!task)
        return fail(task.error());
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto targets = schedule::expandTargets(task->selector, task->policies.source, *fleet);
    const auto next = nextDueOf(*task, fleet->readAt);
    context.print(withTargets(taskJson(*task, *fleet, fleet->readAt), targets, *fleet));
    if (!context.json())
        printLine(what + " task " + task->name + " for " + std::to_string(targets.size()) + (targets.size() == 1 ? " target" : " targets")
                  + (next ? "; next due " + timeText(next) : "") + ".");
    if (targets.empty())
        warnLine("Task " + task->name + " has no target now: it does nothing until an instance belongs to what it is for.");
    return exitOk;
}

Result<int> addTask(Context &context, const Args &args)
{
    Task task;
    task.id = Uuid::v7();
    task.name = args.word(0);
    task.kind = args.option("kind", "backup");
    if (const auto fits = names::checkTask(task.name); !fits)
        return fail(fits.error());
    std::string scheduled;
    for (const auto &[name, kind] : headless::programKinds()) {
        if (kind.mayBeScheduled)
            scheduled += (scheduled.empty() ? "" : ", ") + name;
    }
    if (!workflow::kindNamed(headless::programKinds(), task.kind).mayBeScheduled)
        return fail(usageError("--kind is one of: " + scheduled));
    task.enabled = !args.flag("disabled");
    if (workflow::kindNamed(headless::programKinds(), task.kind).eachInstance)
        task.policies.source = "as_named";
    if (const auto read = readTask(context, args, task, true); !read)
        return fail(read.error());
    if (args.flag("preview")) {
        const auto fleet = context.fleet();
        return fleet ? printPreview(context, task, *fleet, args) : fail(fleet.error());
    }
    if (const auto added = workflow::addTask(context.session(), task); !added)
        return fail(added.error());
    return printTask(context, task.id.toString(), "Added");
}

Result<int> editTask(Context &context, const Args &args)
{
    if (args.bare())
        return fail(usageError("say what to change"));
    auto task = findTask(context, args.word(0));
    if (!task)
        return fail(task.error());
    const auto unreadable = schedule::whyUnreadable(*task);
    if (unreadable) {
        // nothing of it can be kept but what it is; a part that is not given would be a guess
        Task again;
        std::tie(again.id, again.name, again.kind, again.enabled, again.revision) = std::tie(task->id, task->name, task->kind, task->enabled, task->revision);
        *task = std::move(again);
    }
    if (args.has("name")) {
        task->name = args.option("name");
        if (const auto fits = names::checkTask(task->name); !fits)
            return fail(fits.error());
    }
    if (const auto read = readTask(context, args, *task, unreadable.has_value()); !read) {
        if (!unreadable)
            return fail(read.error());
        warnLine(errorLine(*unreadable));
        warnLine("So the task is defined as a whole: give its schedule, what it is for, and all options of the work as with \"task add\". What is not given has its default.");
        return fail(read.error());
    }
    if (args.flag("preview")) {
        const auto fleet = context.fleet();
        return fleet ? printPreview(context, *task, *fleet, args) : fail(fleet.error());
    }
    if (const auto updated = workflow::updateTask(context.session(), *task, context.settings().person); !updated)
        return fail(updated.error());
    if (unreadable)
        warnLine("The task could not be read and was defined as a whole; what was not given has its default. Look at it: zandbctl task show " + task->name);
    return printTask(context, task->id.toString(), "Changed");
}

Result<int> enableTask(Context &context, const Args &args, bool enabled)
{
    const auto task = findTask(context, args.word(0));
    if (!task)
        return fail(task.error());
    if (const auto set = workflow::setEnabled(context.session(), *task, enabled, context.settings().person); !set)
        return fail(set.error());
    return printTask(context, task->id.toString(), enabled ? "Enabled" : "Disabled");
}

Result<int> removeTask(Context &context, const Args &args)
{
    const auto task = findTask(context, args.word(0));
    if (!task)
        return fail(task.error());
    if (const auto removed = workflow::removeTask(context.session(), task->id, context.settings().person); !removed)
        return fail(removed.error());
    context.print(Json{{"removed", task->id.toString()}});
    if (!context.json())
        printLine("Removed task " + task->name + "; its runs and backups stay.");
    return exitOk;
}

std::string scheduleText(const Json &stored)
{
    const auto schedule = Schedule::fromJson(stored);
    if (!schedule)
        return "cannot be read";
    const Json json = schedule->toJson();
    const auto list = [&](const char *key) {
        std::string text;
        for (const Json &one : json[key].is_array() ? json[key] : Json::array({json[key]}))
            text += (text.empty() ? "" : ",") + (one.is_string() ? one.get<std::string>() : dumpJson(one));
        return text;
    };
    const std::string every = list("every");
    if (every == "interval")
        return "every " + spanText(std::chrono::seconds{json["seconds"].get<std::int64_t>()});
    return every + (json.contains("on") ? " " + list("on") : "") + " " + list("at") + " " + list("zone");
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
    std::vector<std::string> warnings;
    Table table({"TASK", "KIND", "ON", "SCHEDULE", "NEXT DUE", "TARGETS", "KEEP"}, {5, 6});
    for (const Task &task : *tasks) {
        array.push_back(taskJson(task, *fleet, fleet->readAt));
        const auto wrong = schedule::whyUnreadable(task);
        table.add({task.name, task.kind, wrong ? "cannot be read" : task.enabled ? "yes" : "no", scheduleText(task.schedule),
                   timeText(nextDueOf(task, fleet->readAt)),
                   wrong ? "-" : std::to_string(schedule::expandTargets(task.selector, task.policies.source, *fleet).size()),
                   wrong ? "-" : task.policies.keep ? std::to_string(task.policies.keep) : "all"});
        if (wrong)
            warnings.push_back("Task " + printable(task.name) + " does not run, its row cannot be read: " + errorLine(*wrong));
    }
    context.print(array);
    if (context.json())
        return exitOk;
    table.print();
    for (const std::string &warning : warnings)
        warnLine(warning);
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
    Table table({"task", task->name});
    table.add({"id", task->id.toString()});
    table.add({"kind", task->kind});
    table.add({"enabled", task->enabled ? "yes" : "no"});
    table.add({"schedule", scheduleText(task->schedule)});
    table.add({"next due", timeText(nextDueOf(*task, fleet->readAt))});
    table.add({"args", dumpJson(task->args)});
    table.add({"policies", task->unreadable ? "cannot be read" : dumpJson(Json(task->policies))});
    table.add({"author", task->author});
    for (const auto &target : targets)
        table.add({"target now", fleet->pathOf(target.instance)});
    context.print(withTargets(taskJson(*task, *fleet, fleet->readAt), targets, *fleet));
    if (context.json())
        return exitOk;
    table.print();
    if (const auto wrong = schedule::whyUnreadable(*task))
        warnLine("It does not run, its row cannot be read: " + errorLine(*wrong));
    return exitOk;
}

} // namespace

std::vector<Verb> taskVerbs()
{
    Args::Spec spec{backupOptions(), {"all", "disabled", "force", "preview", "core", "no-core"}};
    spec.options.merge(selectorOptions());
    for (const char *option : {"kind", "every", "at", "on", "zone", "seconds", "anchor", "schedule",
                               "keep", "window", "catch-up", "start-deadline", "overlap", "per-task", "per-host", "per-repository", "retries",
                               "at-window-end", "source", "within", "proof-host", "script", "set", "each"})
        spec.options.insert(option);
    Args::Spec edit = spec;
    edit.options.insert("name");
    edit.options.erase("kind");
    const std::string usage = selectorUsage() + " (--every day|week|month|once|15m [--at 02:30,...] "
                              "[--on mon,thu|1,15,last] [--zone Europe/Berlin] | --schedule JSON) [--keep N] [--window 22:00-06:00] [--catch-up "
                              "last|skip|all] [--start-deadline 6h] [--overlap skip|queue_one|cancel_other|allow] [--per-task N] [--per-host N] "
                              "[--per-repository N] [--retries N] [--at-window-end continue|cancel] [--source replica_else_primary|as_named] "
                              "[--within 7d] [--proof-host H,...] [--script SCRIPT] [--set NAME=VALUE ...] [--each instance|host] "
        + backupUsage();
    std::vector<Verb> verbs{
        {"task", "add", "NAME [--preview] [--disabled] [--force] " + usage, "define what runs when", spec, addTask, 1, 1},
        {"task", "list", "", "tasks with their next due time", {}, listTasks},
        {"task", "show", "NAME", "one task and its targets as of now", {}, showTask, 1, 1},
        {"task", "edit", "NAME [--preview] [--name NEW] [--disabled] [--force] " + usage, "change what is given, keep the rest", edit, editTask, 1, 1},
        {"task", "enable", "NAME", "let it run again, from now on", {}, [](Context &c, const Args &a) { return enableTask(c, a, true); }, 1, 1},
        {"task", "disable", "NAME", "let it rest", {}, [](Context &c, const Args &a) { return enableTask(c, a, false); }, 1, 1},
        {"task", "follow", "NAME [--run TASK [--after success|failure] [--remove]]",
         "which tasks are run, once, when a run of it has succeeded or failed; those may be disabled, so that they run for nothing else",
         {{"run", "after"}, {"remove"}},
         [](Context &c, const Args &a) -> Result<int> {
             const auto task = findTask(c, a.word(0));
             if (!task)
                 return fail(task.error());
             const auto all = workflow::loadTasks(c.session());
             return all ? followTask(c, *all, *task, a) : fail(all.error());
         },
         1, 1},
        {"task", "run", "NAME [--wait]", "do what it does now, once, beside its schedule and outside of its window", {{}, {"wait"}},
         [](Context &c, const Args &a) -> Result<int> {
             const auto task = findTask(c, a.word(0));
             return task ? runTaskNow(c, *task, a.flag("wait")) : fail(task.error());
         },
         1, 1},
        {"task", "remove", "NAME", "remove it; runs and backups stay", {}, removeTask, 1, 1},
    };
    verbs.push_back(crontabVerb());
    for (Verb &verb : taskMoreVerbs())
        verbs.push_back(std::move(verb));
    return verbs;
}

} // namespace zandb::cli
