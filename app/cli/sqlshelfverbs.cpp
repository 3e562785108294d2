// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/batchsql/sqlhistory.h"
#include "app/batchsql/sqlnames.h"
#include "app/batchsql/sqlscripts.h"
#include "app/cli/command.h"
#include "app/cli/sqlscript.h"
#include "app/cli/targets.h"

namespace zandb::cli {
namespace {

Json scriptJson(const batchsql::SavedScript &script)
{
    return {{"name", script.name}, {"schema", script.schema}, {"script", script.script}, {"revision", script.revision}, {"author", script.author}, {"changed_by", script.changedBy},
            {"created", toIso(script.createdAt)}, {"changed", toIso(script.changedAt)}};
}

/// All by name, or the text of one.
Result<int> showScripts(Context &context, const Args &args)
{
    if (!args.words().empty()) {
        const auto script = batchsql::findScript(context.session(), args.word(0));
        if (!script)
            return fail(script.error());
        if (!*script)
            return fail(errors::notFound, {{"what", "script"}, {"name", args.word(0)}});
        context.print(scriptJson(**script));
        if (!context.json())
            printLine((*script)->script);
        return exitOk;
    }
    const auto scripts = batchsql::listScripts(context.session());
    if (!scripts)
        return fail(scripts.error());
    Json array = Json::array();
    Table table({"NAME", "SCHEMA", "CHANGED", "BY", "BYTES"}, {4});
    for (const batchsql::SavedScript &script : *scripts) {
        array.push_back(scriptJson(script));
        table.add({printable(script.name), script.schema.empty() ? "-" : printable(script.schema), toIso(script.changedAt), script.changedBy, std::to_string(script.script.size())});
    }
    context.print(array);
    if (!context.json())
        table.print();
    return exitOk;
}

/// What the guard denies may be saved too: it is judged when it runs.
Result<int> saveScript(Context &context, const Args &args)
{
    auto text = scriptText(args);
    if (!text)
        return fail(text.error());
    const auto there = batchsql::findScript(context.session(), args.word(0));
    if (!there)
        return fail(there.error());
    if (*there && !args.flag("replace"))
        return fail(usageError("there is a script of this name, last changed by " + (*there)->changedBy + "; give --replace"));
    batchsql::SavedScript script;
    script.name = args.word(0);
    script.schema = args.option("schema");
    script.script = std::move(*text);
    script.revision = *there ? (*there)->revision : 0;
    if (const auto saved = batchsql::saveScript(context.session(), script); !saved)
        return fail(saved.error());
    context.print({{"name", script.name}, {"revision", script.revision + 1}});
    if (!context.json())
        printLine("Saved, for everybody: zandbctl sql run TARGET... --saved " + printable(script.name));
    return exitOk;
}

Result<int> removeScript(Context &context, const Args &args)
{
    if (const auto removed = batchsql::removeScript(context.session(), args.word(0)); !removed)
        return fail(removed.error());
    context.print({{"name", args.word(0)}, {"removed", true}});
    return exitOk;
}

Result<int> listHistory(Context &context, const Args &args)
{
    const auto limit = args.number("limit", 50, 1, 500);
    const auto since = args.duration("since");
    if (!limit || !since)
        return fail(!limit ? limit.error() : since.error());
    const auto now = context.session().now();
    const auto fleet = context.fleet();
    if (!now || !fleet)
        return fail(!now ? now.error() : fleet.error());
    batchsql::HistoryFilter filter;
    filter.author = args.flag("everybody") ? std::string() : context.settings().person;
    filter.since = *now - std::chrono::seconds(since->value_or(30 * 86'400));
    filter.find = args.option("find");
    filter.limit = static_cast<int>(*limit);
    const auto entries = batchsql::listHistory(context.session(), filter);
    if (!entries)
        return fail(entries.error());
    Json array = Json::array();
    Table table({"WHEN", "WHO", "STATE", "INSTANCES", "SCRIPT"}, {3});
    for (const batchsql::HistoryEntry &entry : *entries) {
        Json instances = Json::array();
        for (const batchsql::PlanTarget &target : entry.targets)
            instances.push_back({{"instance", fleet->pathOf(target.instance)}, {"state", target.state}, {"run_id", idJson(target.runId)}});
        for (const std::string &path : entry.paths)
            instances.push_back({{"instance", path}});
        array.push_back({{"at", toIso(entry.at)}, {"plan_id", entry.isPlan ? Json(entry.id.toString()) : Json()}, {"person", entry.author}, {"state", entry.isPlan ? Json(entry.state) : Json("read")},
                         {"count", entry.count}, {"instances", std::move(instances)}, {"schema", entry.schema}, {"script", entry.script}, {"script_is_cut", entry.isCut}});
        table.add({toIso(entry.at), entry.author, entry.isPlan ? entry.state : "read", std::to_string(entry.count), printable(entry.script.substr(0, 80))});
    }
    context.print(array);
    if (!context.json())
        table.print();
    return exitOk;
}

/// What editors complete: schemas, tables and columns of one instance.
Result<int> showNames(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto instances = reachInstances(context, *fleet, args.words());
    if (!instances)
        return fail(instances.error());
    Json array = Json::array();
    for (const Uuid &id : *instances) {
        const InstanceRecord *record = fleet->instance(id);
        const auto names = batchsql::namesAnswer(context.pool().callAndWait(record->instance.hostId, batchsql::namesMethod, batchsql::namesParams(record->instance, args.option("schema")), std::chrono::seconds{30}));
        if (!names)
            return fail(names.error());
        Json tables = Json::array();
        for (const wire::SqlNamedTable &table : names->tables) {
            tables.push_back({{"schema", table.schema}, {"table", table.table}, {"columns", table.columns}});
            if (context.json())
                continue;
            std::string columns;
            for (const std::string &column : table.columns)
                columns += (columns.empty() ? "" : ", ") + printable(column);
            printLine(fleet->pathOf(id) + ": " + printable(table.schema) + "." + printable(table.table) + " (" + columns + ")");
        }
        array.push_back({{"instance", fleet->pathOf(id)}, {"schemas", names->schemas}, {"tables", std::move(tables)}, {"is_cut", names->isCut}});
    }
    context.print(array);
    return exitOk;
}

} // namespace

std::vector<Verb> sqlShelfVerbs()
{
    return {
        {"sql", "scripts", "[NAME]", "scripts that the team has saved in the store, or the text of one", {}, showScripts, 0, 1},
        {"sql", "save", "NAME [--sql TEXT | --file FILE] [--encoding E] [--schema S] [--replace]", "save a script in the store, for everybody", {{"sql", "file", "encoding", "schema"}, {"replace"}}, saveScript, 1, 1},
        {"sql", "forget", "NAME", "remove a saved script", {}, removeScript, 1, 1},
        {"sql", "history", "[--find WORDS] [--everybody] [--since D] [--limit N]", "scripts that were run, newest first: plans, and what only read", {{"find", "since", "limit"}, {"everybody"}}, listHistory, 0, 0},
        {"sql", "names", "TARGET... [--schema S]", "schemas, tables and columns of instances, as editors complete them", {{"schema"}, {}}, showNames, 1, 50},
    };
}

} // namespace zandb::cli
