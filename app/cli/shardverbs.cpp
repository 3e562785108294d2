// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/groups.h"
#include "app/cli/targets.h"
#include "app/platform/input.h"
#include "app/sharding/shardcompare.h"
#include "app/sharding/shardrepository.h"
#include "models/sharding/shardimport.h"

#include <algorithm>

namespace zandb::cli {
namespace {

constexpr std::size_t mostImport = 64u << 20;
constexpr std::size_t mostChangesShown = 1000;

std::string ownerOf(const Shard &shard, const Fleet &fleet)
{
    return shard.instance && fleet.instance(*shard.instance) ? fleet.pathOf(*shard.instance) : shard.owner;
}
bool isKnown(const Shard &shard, const Fleet &fleet) { return shard.instance && fleet.instance(*shard.instance); }

Json textOrNull(const std::string &text) { return text.empty() ? Json() : Json(text); }

Json shardJson(const Shard &shard, const Fleet &fleet)
{
    return {{"id", shard.id},
            {"database", shard.database},
            {"shard", shard.number},
            {"count", shard.count > 0 ? Json(shard.count) : Json()},
            {"owner", ownerOf(shard, fleet)},
            {"instance_id", isKnown(shard, fleet) ? Json(*shard.instance) : Json()},
            {"schema", textOrNull(shard.schema)},
            {"dsn", textOrNull(shard.dsn)},
            {"source", shard.rule ? "rule" : "import"},
            {"changed", toMicros(shard.changedAt) > 0 ? timeJson(shard.changedAt) : Json()}};
}

std::string orDash(const std::string &text) { return text.empty() ? "-" : printable(text); }

int print(Context &context, const Fleet &fleet, const std::vector<Shard> &shards)
{
    Json array = Json::array();
    Table table({"DATABASE", "SHARD", "OF", "OWNER", "SCHEMA", "DSN", "BY", "CHANGED"}, {1, 2});
    for (const Shard &shard : shards) {
        array.push_back(shardJson(shard, fleet));
        table.add({printable(shard.database), std::to_string(shard.number), shard.count > 0 ? std::to_string(shard.count) : "-",
                   printable(ownerOf(shard, fleet)) + (isKnown(shard, fleet) ? "" : " (unknown)"), orDash(shard.schema), orDash(shard.dsn), shard.rule ? "rule" : "import",
                   timeText(shard.changedAt)});
    }
    context.print(array);
    if (!context.json())
        table.print();
    return exitOk;
}

Result<int> listShards(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    const auto limit = args.number("limit", 1000, 1, static_cast<std::int64_t>(mostShards));
    if (!fleet || !limit)
        return fail(fleet ? limit.error() : fleet.error());
    sharding::ShardFilter filter;
    filter.database = args.word(0);
    if (args.has("on")) {
        auto instances = chosenInstances(*fleet, args.list("on"));
        if (!instances)
            return fail(instances.error());
        filter.instances = std::move(*instances);
    }
    auto shards = sharding::listShards(context.session(), filter, static_cast<std::size_t>(*limit) + 1);
    if (!shards)
        return fail(shards.error());
    if (shards->size() > static_cast<std::size_t>(*limit)) {
        shards->resize(static_cast<std::size_t>(*limit));
        warnLine("Only the first " + std::to_string(*limit) + " shards are listed; --limit N lists more.");
    }
    return print(context, *fleet, *shards);
}

Result<int> findShard(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    const auto limit = args.number("limit", 100, 1, 10'000);
    if (!fleet || !limit)
        return fail(fleet ? limit.error() : fleet.error());
    std::string text;
    for (const std::string &word : args.words())
        text += word + ' ';
    const auto shards = sharding::findShards(context.session(), text, static_cast<std::size_t>(*limit));
    if (!shards)
        return fail(shards.error());
    print(context, *fleet, *shards);
    if (shards->empty() && !context.json())
        warnLine("No shard is called so. \"zandbctl shard rule\" and \"zandbctl shard import\" say where shards are.");
    return shards->empty() ? exitFailed : exitOk;
}

Json changesJson(const std::vector<ShardChange> &changes, const Fleet &fleet)
{
    Json array = Json::array();
    for (const ShardChange &change : changes)
        array.push_back({{"kind", change.kind()}, {"before", change.before ? shardJson(*change.before, fleet) : Json()}, {"after", change.after ? shardJson(*change.after, fleet) : Json()}});
    return array;
}

std::string placeAndMore(const std::optional<Shard> &shard, const Fleet &fleet)
{
    if (!shard)
        return "-";
    return printable(ownerOf(*shard, fleet) + (shard->schema.empty() ? "" : ' ' + shard->schema) + (shard->count > 0 ? " of " + std::to_string(shard->count) : "")
                     + (shard->dsn.empty() ? "" : ' ' + shard->dsn));
}

/// Prints what is going to happen or has happened.
int printPlan(Context &context, const Fleet &fleet, const sharding::ShardPlan &plan, bool applied)
{
    Json unseen = Json::array();
    std::string unseenText;
    for (const Uuid &id : plan.unseen) {
        unseen.push_back(fleet.pathOf(id));
        unseenText += (unseenText.empty() ? "" : ", ") + fleet.pathOf(id);
    }
    context.print({{"applied", applied},
                   {"added", plan.counts.added},
                   {"changed", plan.counts.changed},
                   {"removed", plan.counts.removed},
                   {"same", plan.counts.same},
                   {"changes", changesJson(plan.changes, fleet)},
                   {"unseen", unseen},
                   {"unknown_owners", plan.unknownOwners},
                   {"unknown_owner_shards", plan.unknownOwnerCount}});
    if (!context.json()) {
        Table table({"", "DATABASE", "SHARD", "BEFORE", "AFTER"}, {2});
        for (std::size_t i = 0; i < std::min(plan.changes.size(), mostChangesShown); ++i) {
            const ShardChange &change = plan.changes[i];
            table.add({change.kind(), printable(change.shard().database), std::to_string(change.shard().number), placeAndMore(change.before, fleet), placeAndMore(change.after, fleet)});
        }
        if (!plan.changes.empty())
            table.print();
        if (plan.changes.size() > mostChangesShown)
            printLine("... and " + std::to_string(plan.changes.size() - mostChangesShown) + " more");
        printLine(std::to_string(plan.counts.added) + " added, " + std::to_string(plan.counts.changed) + " changed, " + std::to_string(plan.counts.removed) + " removed, "
                  + std::to_string(plan.counts.same) + " as before; " + (applied ? "done." : "nothing was written."));
    }
    if (!unseenText.empty())
        warnLine("Schemas of these instances were not collected yet (zandbctl instance snapshot HOST/INSTANCE): " + unseenText);
    if (plan.unknownOwnerCount > 0) {
        std::string owners;
        for (std::size_t i = 0; i < std::min<std::size_t>(plan.unknownOwners.size(), 5); ++i)
            owners += (owners.empty() ? "" : ", ") + printable(plan.unknownOwners[i]);
        warnLine(std::to_string(plan.unknownOwnerCount) + " shards have owners that are not of this fleet: " + owners + (plan.unknownOwners.size() > 5 ? ", ..." : ""));
    }
    return exitOk;
}

Result<int> carryOut(Context &context, const Fleet &fleet, const sharding::ShardPlan &plan, bool preview)
{
    const bool anything = !plan.changes.empty() || plan.rule.set || plan.rule.removed;
    if (!preview && anything) {
        if (auto done = sharding::apply(context.session(), plan); !done)
            return fail(done.error());
    }
    return printPlan(context, fleet, plan, !preview);
}

Result<int> importShards(Context &context, const Args &args)
{
    const std::string file = args.word(0);
    const std::string format = args.option("format");
    if (!format.empty() && format != "json" && format != "csv")
        return fail(usageError("--format is csv or json"));
    const auto fleet = context.fleet();
    const auto text = fleet ? readFile(file, mostImport) : Result<std::string>(fail(fleet.error()));
    if (!text)
        return fail(text.error());
    ShardImport import = parseShards(*text, format == "json" ? ShardFormat::JsonFile : format == "csv" ? ShardFormat::CsvFile : shardFormatOf(file, *text));
    if (import.faultCount > 0) {
        Json faults = Json::array();
        for (const ShardImportFault &fault : import.faults) {
            faults.push_back({{"line", fault.line}, {"code", fault.code}, {"detail", textOrNull(fault.detail)}});
            warnLine(printable(shardFaultText(fault).toStdString()));
        }
        context.print({{"applied", false}, {"faults", faults}, {"fault_count", import.faultCount}});
        warnLine(std::to_string(import.faultCount) + " faults; nothing was imported.");
        return exitFailed;
    }
    const auto plan = sharding::planImport(context.session(), *fleet, std::move(import.shards), args.flag("keep-others"));
    return plan ? carryOut(context, *fleet, *plan, args.flag("preview")) : Result<int>(fail(plan.error()));
}

Result<int> exportShards(Context &context, const Args &args)
{
    const std::string format = args.option("format", context.json() ? "json" : "csv");
    if (format != "json" && format != "csv")
        return fail(usageError("--format is csv or json"));
    if (context.json() && format == "csv")
        return fail(usageError("--json prints JSON"));
    const auto fleet = context.fleet();
    auto shards = fleet ? sharding::listShards(context.session(), {args.word(0), {}}, mostShards) : Result<std::vector<Shard>>(fail(fleet.error()));
    if (!shards)
        return fail(shards.error());
    for (Shard &shard : *shards)
        shard.owner = ownerOf(shard, *fleet);
    printBytes(writeShards(*shards, format == "json" ? ShardFormat::JsonFile : ShardFormat::CsvFile));
    return exitOk;
}

Result<int> printRules(Context &context, const Fleet &fleet)
{
    const auto rules = sharding::listRules(context.session());
    if (!rules)
        return fail(rules.error());
    Json array = Json::array();
    Table table({"DATABASE", "PATTERN", "GROUP", "COUNT", "DSN", "BY", "SINCE"}, {3});
    for (const ShardRule &rule : *rules) {
        const std::string group = groupPath(fleet, rule.group);
        array.push_back({{"id", rule.id}, {"database", rule.database}, {"pattern", rule.pattern}, {"group", textOrNull(group)}, {"group_id", idJson(rule.group)},
                         {"count", rule.count > 0 ? Json(rule.count) : Json()}, {"dsn", textOrNull(rule.dsn)}, {"person", rule.person}, {"changed", timeJson(rule.changedAt)}});
        table.add({printable(rule.database), printable(rule.pattern), rule.group && group.empty() ? "(gone)" : orDash(group), rule.count > 0 ? std::to_string(rule.count) : "-", orDash(rule.dsn),
                   printable(rule.person), timeText(rule.changedAt)});
    }
    context.print(array);
    if (!context.json())
        table.print();
    return exitOk;
}

Result<int> setOrRemove(Context &context, const Args &args, const Fleet &fleet)
{
    const auto count = args.number("count", 0, 1, mostShardNumber);
    const auto group = args.has("group") ? findGroup(fleet, args.option("group")) : Result<Group>(Group{});
    if (!count || !group)
        return fail(count ? group.error() : count.error());
    ShardRule rule;
    rule.id = Uuid::v7();
    rule.database = args.word(1);
    rule.pattern = args.word(2);
    rule.count = *count;
    rule.dsn = args.option("dsn");
    if (args.has("group"))
        rule.group = group->id;
    if (const auto problem = problemOf(rule); !problem.empty())
        return fail(usageError(problem == "pattern"    ? "the pattern is a regular expression of a schema's whole name with one group where the number stands, for example 'order_(\\d+)'"
                               : problem == "dsn"      ? "the DSN is too long or holds a password"
                               : problem == "database" ? "a logical database has a name of at most 128 characters"
                                                       : "the count is too large"));
    const auto rules = sharding::listRules(context.session());
    if (!rules)
        return fail(rules.error());
    const auto known = std::ranges::find_if(*rules, [&](const ShardRule &one) { return one.database == rule.database && one.pattern == rule.pattern && one.group == rule.group; });
    sharding::RuleChange change;
    if (args.word(0) == "remove") {
        if (known == rules->end())
            return fail(errors::notFound, {{"what", "rule"}, {"name", rule.database + ' ' + rule.pattern}});
        change.removed = *known;
    } else {
        if (known != rules->end())
            rule.id = known->id;
        change.set = rule;
    }
    const auto plan = sharding::planRules(context.session(), fleet, change);
    return plan ? carryOut(context, fleet, *plan, args.flag("preview")) : Result<int>(fail(plan.error()));
}

Result<int> shardRule(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const std::string act = args.word(0);
    const std::size_t words = args.words().size();
    if (act == "list" && words == 1)
        return printRules(context, *fleet);
    if (act == "apply" && words == 1) {
        const auto plan = sharding::planRules(context.session(), *fleet);
        return plan ? carryOut(context, *fleet, *plan, args.flag("preview")) : Result<int>(fail(plan.error()));
    }
    if ((act == "set" || act == "remove") && words == 3)
        return setOrRemove(context, args, *fleet);
    return fail(usageError("zandbctl shard rule (list | set DATABASE PATTERN | remove DATABASE PATTERN | apply)"));
}

/// Compares the tables of one database's shards.
void compare(Context &context, const Fleet &fleet, const std::vector<Shard> &shards, Json &differences, Json &unread, Table &table)
{
    std::vector<ShardTables> read;
    sharding::readShardTables(context.pool(), fleet, shards, [&](const Shard &shard, Result<ShardTables> tables) {
        if (tables) {
            read.push_back(std::move(*tables));
            return;
        }
        unread.push_back({{"database", shard.database}, {"shard", shard.number}, {"place", placeOf(shard)}, {"error", errorToJson(tables.error())}});
        warnLine(printable(shard.database + ' ' + std::to_string(shard.number)) + " on " + printable(placeOf(shard)) + ": " + errorLine(tables.error()));
    });
    for (const ShardDifference &one : compareShards(std::move(read))) {
        differences.push_back({{"database", shards.front().database}, {"kind", one.kind}, {"table", one.table}, {"column", textOrNull(one.column)}, {"has", textOrNull(one.has)},
                               {"usual", textOrNull(one.usual)}, {"shards", one.numbers}, {"where", one.where}});
        table.add({printable(shards.front().database), numbersText(one.numbers), one.kind, printable(one.table + (one.column.empty() ? "" : '.' + one.column)), orDash(one.has), orDash(one.usual)});
    }
}

Result<int> auditMap(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    const auto findings = fleet ? sharding::audit(context.session(), *fleet, args.word(0)) : Result<std::vector<ShardFinding>>(fail(fleet.error()));
    if (!findings)
        return fail(findings.error());
    Json found = Json::array(), differences = Json::array(), unread = Json::array();
    Table table({"DATABASE", "SHARD", "FINDING", "WHERE"}, {});
    for (const ShardFinding &one : *findings) {
        std::string where;
        for (const std::string &place : one.where)
            where += (where.empty() ? "" : ", ") + place;
        if (one.kind == "stale")
            where = std::to_string(one.counts.added) + " to add, " + std::to_string(one.counts.changed) + " to change, " + std::to_string(one.counts.removed) + " to remove; see zandbctl shard rule apply";
        Json json{{"database", one.database}, {"kind", one.kind}, {"where", one.where}};
        if (one.number >= 0) {
            json["shard"] = one.number;
            json["last"] = one.last;
        }
        if (one.kind == "stale")
            json["counts"] = {{"added", one.counts.added}, {"changed", one.counts.changed}, {"removed", one.counts.removed}};
        found.push_back(std::move(json));
        table.add({printable(one.database), one.number < 0 ? "-" : std::to_string(one.number) + (one.last > one.number ? '-' + std::to_string(one.last) : ""), one.kind, orDash(where)});
    }
    Table compared({"DATABASE", "SHARDS", "DIFFERENCE", "TABLE", "HAS", "USUAL"}, {});
    if (args.flag("schemas")) {
        auto shards = sharding::listShards(context.session(), {args.word(0), {}}, mostShards);
        if (!shards)
            return fail(shards.error());
        context.pool().setHosts(remote::addressesOf(*fleet));
        for (std::size_t i = 0; i < shards->size();) {
            std::size_t end = i;
            while (end < shards->size() && (*shards)[end].database == (*shards)[i].database)
                ++end;
            compare(context, *fleet, {shards->begin() + static_cast<std::ptrdiff_t>(i), shards->begin() + static_cast<std::ptrdiff_t>(end)}, differences, unread, compared);
            i = end;
        }
    }
    context.print({{"findings", found}, {"differences", args.flag("schemas") ? differences : Json()}, {"unread", unread}});
    if (!context.json()) {
        if (!found.empty())
            table.print();
        if (!differences.empty())
            compared.print();
        if (found.empty() && differences.empty())
            printLine(args.flag("schemas") ? "Nothing was found; the shards that were read have the same tables." : "Nothing was found. --schemas compares the shards' tables too.");
    }
    return found.empty() && differences.empty() && unread.empty() ? exitOk : exitFailed;
}

} // namespace

std::vector<Verb> shardVerbs()
{
    return {
        {"shard", "find", "WORD|NUMBER ... [--limit N]", "which instance owns a shard, by parts of its database's and schema's name and by its number", {{"limit"}, {}}, findShard, 1, 8},
        {"shard", "list", "[DATABASE] [--on GROUP|HOST|HOST/INSTANCE,...] [--limit N]", "the sharding map", {{"limit", "on"}, {}}, listShards, 0, 1},
        {"shard", "rule", "(list | set DATABASE PATTERN [--count N] [--group GROUP] [--dsn FORM] | remove DATABASE PATTERN | apply) [--preview]",
         "schemas whose names fit a pattern like 'order_(\\d+)' are shards; --preview tells what would be added, changed and removed",
         {{"count", "group", "dsn"}, {"preview"}}, shardRule, 1, 3},
        {"shard", "import", "FILE [--format csv|json] [--keep-others] [--preview]",
         "take the map of the databases that a file names (database, shard, owner, count, schema, dsn); --keep-others removes none", {{"format"}, {"preview", "keep-others"}}, importShards, 1, 1},
        {"shard", "export", "[DATABASE] [--format csv|json]", "the map as \"shard import\" reads it", {{"format"}, {}}, exportShards, 0, 1},
        {"shard", "audit", "[DATABASE] [--schemas]",
         "shards that are missing, twice, of two owners, or not where the map says; --schemas also compares their tables, which the agents read", {{}, {"schemas"}}, auditMap, 0, 1},
    };
}

} // namespace zandb::cli
