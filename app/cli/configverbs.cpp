// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rules/samevalue.h"
#include "app/cli/command.h"
#include "app/cli/execution.h"
#include "app/cli/targets.h"
#include "app/config/configrepository.h"
#include "app/config/configservice.h"

#include <algorithm>

namespace zandb::cli {
namespace {

std::string orDash(const std::optional<std::string> &text)
{
    return text ? printable(*text) : "-";
}

/// The instance of a path, and the pool knows its host.
Result<InstanceRecord> reach(Context &context, const Fleet &fleet, const Uuid &id)
{
    const InstanceRecord *record = fleet.instance(id);
    const Host *host = record ? fleet.host(record->instance.hostId) : nullptr;
    if (!host)
        return fail(errors::notFound, {{"what", "instance"}, {"name", id.toString()}});
    context.pool().setHosts({remote::addressOf(*host)});
    return *record;
}

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
    const auto record = reach(context, *fleet, named->instance.id);
    if (!record)
        return fail(record.error());
    const auto state = config::readConfig(context.pool(), record->instance, {args.words().begin() + 1, args.words().end()});
    if (!state)
        return fail(state.error());
    const bool differing = args.flag("differing");
    Json variables = Json::array();
    Table table({"VARIABLE", "MEMORY", "DISK", "PERSISTED", "AGREE", "WHERE"});
    std::size_t shown = 0;
    for (const wire::ConfigVariable &variable : state->variables) {
        if (differing && variable.agree)
            continue;
        ++shown;
        variables.push_back({{"name", variable.name}, {"memory", variable.memory}, {"disk", variable.disk ? Json(*variable.disk) : Json()},
                             {"persisted", variable.persisted ? Json(*variable.persisted) : Json()}, {"agree", variable.agree}, {"least", variable.least}, {"most", variable.most},
                             {"lines", linesJson(variable.lines)}});
        std::string where;
        for (const wire::ConfigLine &line : variable.lines) {
            if (line.takesEffect)
                where = line.file.empty() ? std::string("command line") : line.file + ':' + std::to_string(line.line);
        }
        table.add({variable.name, printable(variable.memory), orDash(variable.disk), orDash(variable.persisted), variable.agree ? "yes" : "no", where.empty() ? "-" : printable(where)});
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

/// What shall be done to one instance.
struct Planned
{
    Uuid id;
    std::string path;
    wire::ConfigArgs args;
    std::optional<wire::ConfigResult> preview;
    std::optional<wire::ConfigResult> result;
    std::optional<Uuid> runId;
    std::string state = "not_run";
    std::optional<Error> error;
};

Json outcomesJson(const wire::ConfigResult &result)
{
    Json changes = Json::array(), edits = Json::array();
    const auto text = [](const std::optional<std::string> &value) { return value ? Json(*value) : Json(); };
    for (const wire::ConfigOutcome &one : result.changes)
        changes.push_back({{"name", one.name}, {"where", one.where}, {"asked", text(one.asked)}, {"old_memory", one.oldMemory}, {"new_memory", one.newMemory}, {"old_disk", text(one.oldDisk)},
                           {"new_disk", text(one.newDisk)}, {"persisted", one.persisted}, {"file", one.file}, {"line", one.line}, {"after_restart", one.afterRestart}, {"clipped", one.clipped},
                           {"sessions_keep_old", one.sessionsKeepOld}, {"warnings", one.warnings}});
    for (const wire::ConfigEdit &edit : result.edits)
        edits.push_back({{"file", edit.file}, {"line", edit.line}, {"diff", edit.diff}});
    return {{"changes", changes}, {"edits", edits}, {"sessions", result.sessions}, {"trial", result.trial}, {"unproven", result.unproven}, {"recovered", result.recovered}};
}

void printOutcomes(const std::string &path, const wire::ConfigResult &result, Table &table)
{
    for (const wire::ConfigOutcome &one : result.changes) {
        std::string notes;
        const auto note = [&](const std::string &text) { notes += (notes.empty() ? "" : "; ") + text; };
        if (one.afterRestart)
            note("after restart");
        if (one.clipped)
            note("the server took another value");
        if (one.sessionsKeepOld && result.sessions > 0)
            note(std::to_string(result.sessions) + " sessions keep the old value");
        for (const std::string &warning : one.warnings)
            note(printable(warning));
        const std::string where = one.where == "memory" ? "-" : one.persisted ? "mysqld-auto.cnf" : one.file.empty() ? "-" : printable(one.file) + ':' + std::to_string(one.line);
        table.add({path, one.name, printable(one.oldMemory) + (one.where == "disk" || one.afterRestart ? "" : " -> " + printable(one.newMemory)),
                   one.where == "memory" ? "-" : orDash(one.oldDisk) + " -> " + (one.newDisk ? printable(*one.newDisk) : std::string("default")), where, notes.empty() ? "-" : notes});
    }
}

Json plannedJson(const Planned &one)
{
    Json json{{"instance", one.path}, {"state", one.state}, {"run_id", idJson(one.runId)}, {"error", errorsJson(one.error)}};
    json["preview"] = one.preview ? outcomesJson(*one.preview) : Json();
    json["result"] = one.result ? outcomesJson(*one.result) : Json();
    return json;
}

/// One instance after the other; the first failure stops.  True: all that was tried succeeded.
bool previewAll(Context &context, const Fleet &fleet, std::vector<Planned> &all)
{
    bool good = true;
    for (Planned &one : all) {
        const auto record = reach(context, fleet, one.id);
        auto seen = record ? config::previewConfig(context.pool(), record->instance, one.args) : Result<wire::ConfigResult>(fail(record.error()));
        if (seen) {
            one.preview = std::move(*seen);
            one.state = "previewed";
        } else {
            one.error = seen.error();
            one.state = "refused";
            good = false;
        }
    }
    return good;
}

bool carryOut(Context &context, const Fleet &fleet, std::vector<Planned> &all)
{
    for (Planned &one : all) {
        const auto record = reach(context, fleet, one.id);
        if (!record)
            return false;
        const auto begun = beginRun(context, config::makeConfigRun(record->instance, config::asPreviewed(one.args, *one.preview), context.settings().person, fleet.readAt));
        const auto ended = begun ? followBegun(context, *begun) : Result<RunDetail>(fail(begun.error()));
        if (!ended) {
            one.error = ended.error();
            one.state = "failed";
            return false;
        }
        one.runId = ended->run.id;
        one.state = toString(ended->run.state);
        one.error = ended->run.error;
        if (ended->run.state != RunState::Succeeded)
            return false;
        if (!ended->attempts.empty()) {
            if (auto result = decode<wire::ConfigResult>(ended->attempts.back().result))
                one.result = std::move(*result);
        }
    }
    return true;
}

Result<int> changeAll(Context &context, const Args &args, const Fleet &fleet, std::vector<Planned> all)
{
    bool good = previewAll(context, fleet, all);
    const bool act = args.flag("yes") && !args.flag("preview");
    if (good && act)
        good = carryOut(context, fleet, all);
    Json array = Json::array();
    Table table({"INSTANCE", "VARIABLE", "MEMORY", "DISK", "WHERE", "NOTES"});
    bool any = false;
    for (const Planned &one : all) {
        array.push_back(plannedJson(one));
        const auto &shown = one.result ? one.result : one.preview;
        if (shown && (one.result || !act || one.state == "previewed")) {
            printOutcomes(one.path, *shown, table);
            any = true;
        }
    }
    context.print(array);
    if (context.json())
        return good ? exitOk : exitFailed;
    if (any)
        table.print();
    for (const Planned &one : all) {
        if (one.preview && !act) {
            for (const wire::ConfigEdit &edit : one.preview->edits)
                printLine(one.path + ": " + printable(edit.diff.substr(0, edit.diff.find('\n'))) + "\n" + edit.diff.substr(std::min(edit.diff.size(), edit.diff.find('\n') + 1)));
        }
        for (const Error *error = one.error ? &*one.error : nullptr; error; error = error->cause.get())
            warnLine(one.path + ": " + errorLine(*error));
        if (act && one.state == "previewed")
            warnLine(one.path + ": not changed, since another one failed");
    }
    if (good && !act)
        warnLine("Nothing was changed. With --yes it is carried out, one instance after the other.");
    return good ? exitOk : exitFailed;
}

Result<int> setConfig(Context &context, const Args &args)
{
    if (args.flag("memory") && args.flag("disk"))
        return fail(usageError("either --memory or --disk; without both, both change"));
    const std::string where = args.flag("memory") ? "memory" : args.flag("disk") ? "disk" : "both";
    wire::ConfigArgs wanted;
    wanted.trial = !args.flag("no-trial");
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
    std::vector<Planned> all;
    for (const Uuid &id : *instances) {
        all.emplace_back();
        all.back().id = id;
        all.back().path = fleet->pathOf(id);
        all.back().args = wanted;
    }
    return changeAll(context, args, *fleet, std::move(all));
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
        array.push_back(std::move(json));
        const wire::ConfigOutcome &done = revision.outcome;
        table.add({revision.id.toString().substr(0, 13), timeText(revision.at), fleet->pathOf(revision.instanceId), printable(revision.person), done.name,
                   printable(done.oldMemory) + (done.where == "disk" || done.afterRestart ? "" : " -> " + printable(done.newMemory)),
                   done.where == "memory" ? "-" : orDash(done.oldDisk) + " -> " + (done.newDisk ? printable(*done.newDisk) : std::string("default")),
                   done.file.empty() ? (done.persisted ? "mysqld-auto.cnf" : "-") : printable(done.file) + ':' + std::to_string(done.line)});
    }
    context.print(array);
    if (!context.json() && !revisions->empty())
        table.print();
    else if (!context.json())
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
    Planned one;
    one.id = revision->instanceId;
    one.path = fleet->pathOf(one.id);
    one.args.changes = reverseOf(*revision);
    one.args.trial = !args.flag("no-trial");
    return changeAll(context, args, *fleet, {std::move(one)});
}

} // namespace

std::vector<Verb> configVerbs()
{
    return {
        {"config", "get", "HOST/INSTANCE [NAME...] [--differing]", "variables of a server: in memory, on disk with file and line, persisted, and whether a restart would change them",
         {{}, {"differing"}}, getConfig, 1, 200},
        {"config", "set", "TARGET... NAME=VALUE... [--default NAME,...] [--memory | --disk] [--preview] [--no-trial] [--yes]",
         "change variables in memory and on disk as one act, with your key; shows first what it would do", {{"default"}, {"memory", "disk", "preview", "no-trial", "yes"}}, setConfig, 1, 1100},
        {"config", "history", "[TARGET...] [--name NAME] [--limit N]", "what was changed, by whom, newest first", {{"name", "limit"}, {}}, listHistory, 0, 1000},
        {"config", "revert", "ID [--preview] [--no-trial] [--yes]", "take a change back, if its values still stand there", {{}, {"preview", "no-trial", "yes"}}, revertChange, 1, 1},
    };
}

} // namespace zandb::cli
