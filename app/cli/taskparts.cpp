// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/taskparts.h"

#include "app/cli/groups.h"
#include "app/schedule/decide.h"
#include "app/schedule/targets.h"
#include "app/workflow/runrepository.h"
#include "app/workflow/taskservice.h"
#include "models/common/names.h"
#include "models/schedule/zonetable.h"
#include "models/workflow/taskhistory.h"
#include "models/workflow/tasktext.h"

#include <algorithm>

namespace zandb::cli {

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

std::string namesText(const std::set<std::string> &names)
{
    std::string text;
    for (const std::string &name : names)
        text += (text.empty() ? "" : ", ") + printable(name);
    return text;
}

Result<Selector> readSelector(const Args &args, const Fleet &fleet)
{
    Selector selector;
    selector.all = args.flag("all");
    for (const std::string &path : args.list("group")) {
        const auto group = findGroup(fleet, path);
        if (!group)
            return fail(group.error());
        selector.groups.push_back(group->id);
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
    for (const std::string &label : args.list("label")) {
        if (const auto fits = names::checkLabel(label); !fits)
            return fail(fits.error());
        selector.labels.push_back(label);
    }
    for (const std::string &flavour : args.list("flavour")) {
        if (flavour != "mariadb" && flavour != "mysql")
            return fail(usageError("--flavour is mariadb or mysql"));
        selector.flavours.push_back(flavour);
    }
    selector.role = args.option("role");
    if (!selector.role.empty() && selector.role != "primary" && selector.role != "replica" && selector.role != "least_lag")
        return fail(usageError("--role is one of primary, replica, least_lag"));
    selector.names = args.list("name-like");
    if (args.flag("core") && args.flag("no-core"))
        return fail(usageError("say one of --core and --no-core"));
    if (args.flag("core") || args.flag("no-core"))
        selector.core = args.flag("core");
    return selector;
}

bool changesSelector(const Args &args)
{
    for (const char *option : {"all", "group", "host", "instance", "except", "label", "flavour", "role", "name-like", "core", "no-core"}) {
        if (args.has(option))
            return true;
    }
    return false;
}

std::set<std::string> selectorOptions()
{
    return {"group", "host", "instance", "except", "label", "flavour", "role", "name-like"};
}

std::string selectorUsage()
{
    return "(--all | --group G | --host H | --instance H/I)... [--except H/I] [--label L] [--flavour mariadb|mysql] [--role primary|replica|least_lag] "
           "[--name-like db*/my33*] [--core | --no-core]";
}

Result<int> printPreview(Context &context, const Task &task, const Fleet &fleet, const Args &args)
{
    if (const auto wrong = schedule::whyUnreadable(task))
        return fail(*wrong);
    const auto count = args.has("count") ? args.number("count", 10, 1, 1000) : Result<std::int64_t>(10);
    if (!count)
        return fail(count.error());
    const std::string zone = args.has("zone") ? args.option("zone") : systemZone();
    const auto table = ZoneTable::find(zone);
    if (!table)
        return fail(usageError("--zone is an IANA zone such as Europe/Berlin"));
    const auto times = schedule::nextOccurrences(task, fleet.readAt, static_cast<int>(*count));
    const auto targets = schedule::expandTargets(task.selector, task.policies.source, fleet);
    const auto misses = schedule::missed(task.selector, targets, fleet);
    const auto window = schedule::windowOf(task.policies);
    Json json{{"task", task.name}, {"occurrences", Json::array()}, {"targets", Json::array()}, {"misses", Json::array()}};
    Table due({"DUE", "IN " + zone, ""});
    for (const TimePoint at : times) {
        const bool left = task.skips.contains(at);
        const TimePoint starts = *window ? (*window)->nextOpen(at) : at;
        json["occurrences"].push_back({{"due", timeJson(at)}, {"starts", timeJson(starts)}, {"left_out", left}});
        // what the wall shows, written as if it were UTC
        std::string wall = toIso(TimePoint{table->toLocal(at).time_since_epoch()}).substr(0, 16);
        wall[10] = ' ';
        due.add({timeText(at), wall, left ? "left out" : starts != at ? "starts " + timeText(starts) : ""});
    }
    Table hits({"TARGET NOW", ""});
    for (const auto &target : targets) {
        json["targets"].push_back(fleet.pathOf(target.instance));
        hits.add({fleet.pathOf(target.instance), ""});
    }
    for (const auto &miss : misses) {
        json["misses"].push_back({{"instance", fleet.pathOf(miss.instance)}, {"why", miss.reason}});
        hits.add({fleet.pathOf(miss.instance), "no: " + missText(miss.reason).toStdString()});
    }
    context.print(json);
    if (context.json())
        return exitOk;
    due.print();
    hits.print();
    return exitOk;
}

namespace {

Result<int> previewTask(Context &context, const Args &args)
{
    const auto task = findTask(context, args.word(0));
    if (!task)
        return fail(task.error());
    const auto fleet = context.fleet();
    return fleet ? printPreview(context, *task, *fleet, args) : fail(fleet.error());
}

Result<int> showHistory(Context &context, const Args &args)
{
    const auto task = findTask(context, args.word(0));
    if (!task)
        return fail(task.error());
    const auto limit = args.number("limit", 20, 1, 10'000);
    if (!limit)
        return fail(limit.error());
    const auto revisions = workflow::taskHistory(context.session(), task->id, static_cast<int>(*limit) + 1);
    if (!revisions)
        return fail(revisions.error());
    Json array = Json::array();
    for (std::size_t i = 0; i < std::min(revisions->size(), static_cast<std::size_t>(*limit)); ++i) {
        const TaskRevision &revision = (*revisions)[i];
        Json changes = Json::array();
        if (i + 1 < revisions->size()) {
            for (const TaskChange &change : changesBetween((*revisions)[i + 1], revision))
                changes.push_back({{"field", change.field}, {"before", change.before}, {"after", change.after}});
        }
        if (!context.json()) {
            printLine(std::to_string(revision.revision) + "  " + timeText(revision.from) + "  " + printable(revision.editor) + (i + 1 == revisions->size() ? "  defined" : ""));
            for (const Json &change : changes)
                printLine("    " + change["field"].get<std::string>() + ": " + dumpJson(change["before"]) + " -> " + dumpJson(change["after"]));
        }
        array.push_back({{"revision", revision.revision}, {"from", timeJson(revision.from)}, {"editor", revision.editor}, {"enabled", revision.enabled}, {"changes", changes}});
    }
    context.print(Json{{"task", task->name}, {"revisions", array}});
    return exitOk;
}

Result<int> skipTask(Context &context, const Args &args)
{
    const auto task = findTask(context, args.word(0));
    if (!task)
        return fail(task.error());
    if (args.flag("undo")) {
        const auto gone = workflow::unskip(context.session(), *task, context.settings().person);
        if (!gone)
            return fail(gone.error());
        context.print(Json{{"task", task->name}, {"restored", *gone}});
        if (!context.json())
            printLine(*gone == 0 ? "Nothing was left out." : "All occurrences of " + task->name + " run again.");
        return exitOk;
    }
    if (!task->enabled)
        return fail(usageError(task->name + " rests, so it has no next occurrence to leave out; \"zandbctl task resume\" lets it run again"));
    const auto due = workflow::skipNext(context.session(), *task, context.settings().person);
    if (!due)
        return fail(due.error());
    const bool already = task->skips.contains(*due);
    context.print(Json{{"task", task->name}, {"left_out", timeJson(*due)}, {"already", already}});
    if (!context.json())
        printLine("Task " + task->name + " does not run at " + timeText(*due) + (already ? ", as was said before." : "."));
    return exitOk;
}

Result<int> pauseTask(Context &context, const Args &args, bool enabled)
{
    const auto task = findTask(context, args.word(0));
    if (!task)
        return fail(task.error());
    if (const auto set = workflow::setEnabled(context.session(), *task, enabled, context.settings().person); !set)
        return fail(set.error());
    context.print(Json{{"task", task->name}, {"enabled", enabled}});
    if (!context.json())
        printLine("Task " + task->name + (enabled ? " runs again, from now on." : " rests until it is resumed; what is due meanwhile is not made up for."));
    return exitOk;
}

} // namespace

std::vector<Verb> taskMoreVerbs()
{
    return {
        {"task", "preview", "NAME [--count N] [--zone Z]", "when it is due next, and what it hits and misses as of now", {{"count", "zone"}, {}}, previewTask, 1, 1},
        {"task", "history", "NAME [--limit N]", "its revisions, and what each changed", {{"limit"}, {}}, showHistory, 1, 1},
        {"task", "skip", "NAME [--undo]", "leave its next occurrence out; --undo: leave none out", {{}, {"undo"}}, skipTask, 1, 1},
        {"task", "pause", "NAME", "let it rest, as \"task disable\"", {}, [](Context &c, const Args &a) { return pauseTask(c, a, false); }, 1, 1},
        {"task", "resume", "NAME", "let it run again, from now on", {}, [](Context &c, const Args &a) { return pauseTask(c, a, true); }, 1, 1},
    };
}

} // namespace zandb::cli
