// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rules/samevalue.h"
#include "app/cli/command.h"
#include "app/cli/configchange.h"
#include "app/cli/targets.h"
#include "app/config/configrepository.h"
#include "app/config/configservice.h"

#include <algorithm>
#include <iterator>

namespace zandb::cli {
namespace {

Json linesJson(const std::vector<wire::ConfigLine> &lines)
{
    Json array = Json::array();
    for (const wire::ConfigLine &line : lines)
        array.push_back({{"file", line.file}, {"line", line.line}, {"group", line.group}, {"text", line.text}, {"takes_effect", line.takesEffect}, {"why", line.why}});
    return array;
}

Result<int> getConfig(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const InstanceRecord *named = fleet->instanceByPath(args.word(0));
    if (!named)
        return fail(errors::notFound, {{"what", "instance"}, {"name", args.word(0)}});
    const auto record = reachInstance(context, *fleet, named->instance.id);
    if (!record)
        return fail(record.error());
    const auto state = config::readConfig(context.pool(), record->instance, {args.words().begin() + 1, args.words().end()});
    if (!state)
        return fail(state.error());
    const bool differing = args.flag("differing");
    Json variables = Json::array();
    Table table({"VARIABLE", "MEMORY", "DISK", "PERSISTED", "AGREE", "DYNAMIC", "DEFAULT", "WHERE"});
    std::size_t shown = 0;
    for (const wire::ConfigVariable &variable : state->variables) {
        if (differing && variable.agree)
            continue;
        ++shown;
        variables.push_back({{"name", variable.name}, {"memory", variable.memory}, {"disk", variable.disk ? Json(*variable.disk) : Json()},
                             {"persisted", variable.persisted ? Json(*variable.persisted) : Json()}, {"agree", variable.agree}, {"least", variable.least}, {"most", variable.most}, {"default", variable.standard ? Json(*variable.standard) : Json()}, {"dynamic", variable.dynamic.empty() ? Json() : Json(variable.dynamic == "yes")},
                             {"lines", linesJson(variable.lines)}});
        std::string where;
        for (const wire::ConfigLine &line : variable.lines) {
            if (line.takesEffect)
                where = line.file.empty() ? std::string("command line") : line.file + ':' + std::to_string(line.line);
        }
        table.add({variable.name, printable(variable.memory), orDash(variable.disk), orDash(variable.persisted), variable.agree ? "yes" : "no", variable.dynamic.empty() ? "-" : variable.dynamic, orDash(variable.standard), where.empty() ? "-" : printable(where)});
    }
    Json problems = Json::array(), files = Json::array();
    for (const wire::ConfigProblem &problem : state->problems)
        problems.push_back({{"code", problem.code}, {"file", problem.file}, {"line", problem.line}, {"detail", problem.detail}, {"fatal", problem.fatal}});
    for (const wire::ConfigFile &file : state->files)
        files.push_back({{"path", file.path}, {"owner", file.owner}, {"mode", file.mode}});
    context.print({{"instance", fleet->pathOf(record->instance.id)}, {"flavour", state->flavour}, {"version", state->version}, {"variables", variables}, {"unknown", linesJson(state->unknown)},
                   {"problems", problems}, {"files", files}, {"pending", state->pending}});
    if (context.json())
        return exitOk;
    if (shown > 0)
        table.print();
    else
        printLine("Memory and disk agree in all variables.");
    for (const wire::ConfigLine &line : state->unknown)
        warnLine(printable(line.file) + ':' + std::to_string(line.line) + ": the server has no variable for " + printable(line.text));
    for (const wire::ConfigProblem &problem : state->problems)
        warnLine(printable(problem.file) + (problem.line ? ':' + std::to_string(problem.line) : std::string()) + ": " + problem.code + (problem.detail.empty() ? "" : ": " + printable(problem.detail)));
    if (state->pending > 0)
        warnLine("A change was cut off there and is not taken back yet.");
    return exitOk;
}

Result<int> setConfig(Context &context, const Args &args)
{
    if (args.flag("memory") && args.flag("disk"))
        return fail(usageError("either --memory or --disk; without both, both change"));
    const std::string where = args.flag("memory") ? "memory" : args.flag("disk") ? "disk" : "both";
    wire::ConfigArgs wanted;
    std::vector<std::string> targets;
    for (const std::string &word : args.words()) {
        const auto equals = word.find('=');
        if (equals == word.npos) {
            targets.push_back(word);
            continue;
        }
        wire::ConfigChange change;
        change.name = rules::variableName(word.substr(0, equals));
        change.value = word.substr(equals + 1);
        change.where = where;
        wanted.changes.push_back(std::move(change));
    }
    for (const std::string &name : args.list("default")) {
        wire::ConfigChange change;
        change.name = rules::variableName(name);
        change.where = where;
        wanted.changes.push_back(std::move(change));
    }
    if (targets.empty() || wanted.changes.empty())
        return fail(usageError("say which instances and what: zandbctl config set db1/my3306 long_query_time=1"));
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto instances = chosenInstances(*fleet, targets);
    if (!instances)
        return fail(instances.error());
    std::vector<PlannedChange> all;
    for (const Uuid &id : *instances) {
        PlannedChange one;
        one.target.instance = id;
        one.target.args = wanted;
        all.push_back(std::move(one));
    }
    return changeConfigs(context, args, *fleet, std::move(all));
}

Result<int> listHistory(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto limit = args.number("limit", 200, 1, 10'000);
    if (!limit)
        return fail(limit.error());
    config::HistoryFilter filter;
    filter.name = args.has("name") ? rules::variableName(args.option("name")) : std::string();
    filter.limit = static_cast<int>(*limit) + 1;
    if (!args.words().empty()) {
        auto instances = chosenInstances(*fleet, args.words());
        if (!instances)
            return fail(instances.error());
        filter.instances = std::move(*instances);
    }
    auto revisions = config::loadRevisions(context.session(), filter);
    if (!revisions)
        return fail(revisions.error());
    cutTo(*revisions, static_cast<std::size_t>(*limit), "changes");
    Json array = Json::array();
    Table table({"ID", "TIME", "INSTANCE", "WHO", "VARIABLE", "MEMORY", "DISK", "FILE"});
    for (const ConfigRevision &revision : *revisions) {
        wire::ConfigResult one;
        one.changes = {revision.outcome};
        Json json = outcomesJson(one).at("changes").at(0);
        json["id"] = revision.id;
        json["run_id"] = revision.runId;
        json["instance"] = fleet->pathOf(revision.instanceId);
        json["at"] = timeJson(revision.at);
        json["person"] = revision.person;
        json["diff"] = revision.diff;
        json["taken_back"] = revision.outcome.takenBack;
        array.push_back(std::move(json));
        const wire::ConfigOutcome &done = revision.outcome;
        table.add({revision.id.toString().substr(0, 13), timeText(revision.at), fleet->pathOf(revision.instanceId), printable(revision.person), done.name,
                   printable(done.oldMemory) + (done.where == "disk" || done.afterRestart ? "" : " -> " + printable(done.newMemory)),
                   done.where == "memory" ? "-" : orDash(done.oldDisk) + " -> " + (done.newDisk ? printable(*done.newDisk) : std::string("default")),
                   (done.file.empty() ? (done.persisted ? "mysqld-auto.cnf" : "-") : printable(done.file) + ':' + std::to_string(done.line)) + (done.takenBack ? " (cut off by a crash, taken back)" : "")});
    }
    context.print(array);
    if (context.json())
        return exitOk;
    if (!revisions->empty())
        table.print();
    else if (!filter.name.empty() || filter.instances)
        printLine("No change" + (filter.name.empty() ? std::string() : " of " + printable(filter.name)) + (filter.instances ? " there" : "") + " was made through ZanDB.");
    else
        printLine("Nothing was changed through ZanDB yet; zandbctl config set changes variables.");
    return exitOk;
}

Result<int> revertChange(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto revision = config::findRevision(context.session(), args.word(0));
    if (!revision)
        return fail(revision.error());
    const auto parts = config::wholeChange(context.session(), *revision);
    if (!parts)
        return fail(parts.error());
    std::vector<PlannedChange> all(1);
    all.front().target.instance = revision->instanceId;
    for (const ConfigRevision &part : *parts)
        std::ranges::copy(reverseOf(part), std::back_inserter(all.front().target.args.changes));
    if (all.front().target.args.changes.empty())
        return fail(usageError("this change was cut off by a crash, and the agent has taken it back"));
    return changeConfigs(context, args, *fleet, std::move(all));
}

} // namespace

std::vector<Verb> configVerbs()
{
    return {
        {"config", "get", "HOST/INSTANCE [NAME...] [--differing]", "variables of a server: in memory, on disk with file and line, persisted, and whether a restart would change them",
         {{}, {"differing"}}, getConfig, 1, 200},
        {"config", "set", "TARGET... NAME=VALUE... [--default NAME,...] [--memory | --disk] " + std::string(configChangeUsage),
         "change variables in memory and on disk as one act, with your key: shows first what it would do; one instance first, then the others in waves",
         configChangeSpec({"default"}, {"memory", "disk"}), setConfig, 1, 1100},
        {"config", "history", "[TARGET...] [--name NAME] [--limit N]", "what was changed, by whom, newest first", {{"name", "limit"}, {}}, listHistory, 0, 1000},
        {"config", "revert", "ID [--preview] [--no-trial] [--yes]", "take a change back, if its values still stand there", configChangeSpec({}, {}), revertChange, 1, 1},
    };
}

} // namespace zandb::cli
