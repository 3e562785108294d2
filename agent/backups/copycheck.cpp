// SPDX-License-Identifier: GPL-3.0-or-later
// What is asked of the server that runs on a restored copy.
#include "agent/backups/copycheck.h"

#include "agent/backups/blame.h"
#include "agent/backups/inventory.h"
#include "agent/backups/objects.h"
#include "agent/fleet/sqlparts.h"
#include "agent/fleet/tablenames.h"

#include <algorithm>

namespace zandb::agent {

namespace {

tl::unexpected<Error> failed(std::string detail)
{
    return fail(errors::restoreFailed, {{"step", "check"}, {"detail", std::move(detail)}});
}

std::string quotedTable(const std::string &schema, const std::string &table) { return quotedName(schema) + '.' + quotedName(table); }

std::string detailOf(const Error &error)
{
    const auto detail = error.fields.find("detail");
    return detail == error.fields.end() ? error.code : detail->second;
}

// At most so many names in an error; their number is told.
std::string listed(const std::vector<std::string> &names)
{
    constexpr std::size_t most = 20;
    std::string text;
    for (std::size_t i = 0; i < std::min(most, names.size()); ++i)
        text += (text.empty() ? "" : ", ") + names[i];
    return names.size() > most ? text + " and " + std::to_string(names.size() - most) + " more" : text;
}

// All tables that the manifest names must be there.
Result<void> compareTables(const Manifest &manifest, const SqlResult &tables)
{
    std::set<std::string> there;
    std::set<std::string> expected;
    for (const auto &row : tables.rows) {
        if (!isSystemSchema(row.at(0).value_or("")))
            there.insert(tableText(row.at(0).value_or(""), row.at(1).value_or("")));
    }
    for (const auto &table : manifest.tables) {
        if (!isSystemSchema(table.schema))
            expected.insert(tableText(table.schema, table.table));
    }
    if (const CoverageGap gap = compareNames(expected, expected, there); !gap.missing.empty())
        return fail(makeError(errors::restoreFailed, {{"step", "check"}, {"detail", "tables are missing"}}, gap.error()));
    return {};
}

// Kinds, names and, with them, counts of all objects.
Result<void> compareObjects(const CopyCheck &copy, const ServerObjects &there, wire::RestoreResult &result)
{
    const BackedUpObjects &expected = *copy.manifest.objects;
    std::set<std::pair<std::string, std::string>> kept; // no dump can hold these; their definitions are in the manifest
    for (const auto &view : expected.broken) {
        if (!view.definition.empty())
            kept.emplace(view.schema, view.name);
    }
    const std::set<ServerObject> names(expected.names.begin(), expected.names.end());
    std::vector<std::string> missing, extra;
    for (const auto &object : names) {
        if (there.definers.contains(object))
            ++result.objectsCompared[object.kind];
        else if (object.kind != "view" || !kept.contains({object.schema, object.name}))
            missing.push_back(objectText(object));
    }
    for (const auto &[object, definer] : there.definers) {
        if (!names.contains(object))
            extra.push_back(objectText(object));
    }
    if (!extra.empty()) // made while the backup was taken, or put there by somebody: nothing is lost by them
        result.warnings.push_back(makeWarning(wire::warnings::extraObjects, extra));
    if (!missing.empty())
        return failed("missing in the copy: " + listed(missing));

    std::set<std::tuple<std::string, std::string, std::string>> missedThere;
    for (const auto &one : expected.missingDefiners)
        missedThere.emplace(one.kind, one.schema, one.name);
    std::vector<std::string> notRestored;
    for (const auto &one : there.missingDefiners) {
        if (!missedThere.contains({one.kind, one.schema, one.name}))
            notRestored.push_back(objectText({one.kind, one.schema, one.name}) + ": " + one.definer);
    }
    if (!notRestored.empty())
        result.warnings.push_back(makeWarning(wire::warnings::definersNotRestored, notRestored));
    return {};
}

// A view whose names do not resolve lacks something, unless it was so at the source.  What fails later, while rows are read,
// comes from the values in them, and would fail at the source too.
Result<void> readViews(const CopyCheck &copy, SqlClient &client, const ServerObjects &there, wire::RestoreResult &result)
{
    std::set<std::pair<std::string, std::string>> broken;
    if (copy.manifest.objects) {
        for (const auto &view : copy.manifest.objects->broken)
            broken.emplace(view.schema, view.name);
    }
    std::vector<std::string> lacking, unreadable;
    std::set<std::pair<std::string, std::string>> unusable;
    for (const auto &view : there.broken) {
        unusable.emplace(view.schema, view.name);
        if (!broken.contains({view.schema, view.name}))
            lacking.push_back(tableText(view.schema, view.name) + ": " + view.detail);
    }
    if (!lacking.empty() && copy.manifest.objects)
        return failed("views that the source could read cannot be read: " + listed(lacking));
    for (auto &text : lacking) // an earlier version did not note which were broken at the source
        unreadable.push_back(std::move(text));
    const std::string limit = client.isMariaDb() ? "SET SESSION max_statement_time = 60" : "SET SESSION max_execution_time = 60000";
    (void)client.query(limit);
    for (const auto &[object, definer] : there.definers) {
        if (object.kind != "view" || unusable.contains({object.schema, object.name}))
            continue;
        if (copy.stop.stop_requested())
            return fail(errors::cancelled);
        const auto read = client.query("SELECT * FROM " + quotedTable(object.schema, object.name) + " LIMIT 1");
        if (!read && read.error().is(errors::instanceDown))
            return fail(copy.server.blameFor("check", tableText(object.schema, object.name), read.error()));
        if (!read)
            unreadable.push_back(tableText(object.schema, object.name) + ": " + detailOf(read.error()));
    }
    (void)client.query(client.isMariaDb() ? "SET SESSION max_statement_time = DEFAULT" : "SET SESSION max_execution_time = DEFAULT");
    if (!unreadable.empty())
        result.warnings.push_back(makeWarning(wire::warnings::unreadableViews, unreadable));
    return {};
}

// As many rows as the dump held.  Those in memory went when the server that had loaded them ended.
Result<void> compareRows(const CopyCheck &copy, SqlClient &client, const SqlResult &tables, wire::RestoreResult &result)
{
    std::set<std::pair<std::string, std::string>> inMemory;
    for (const auto &row : tables.rows) {
        if (row.at(2).value_or("") == "MEMORY")
            inMemory.emplace(row.at(0).value_or(""), row.at(1).value_or(""));
    }
    std::vector<std::string> different;
    for (const auto &table : copy.manifest.tables) {
        if (!table.rows || isSystemSchema(table.schema) || inMemory.contains({table.schema, table.table}))
            continue;
        if (copy.stop.stop_requested())
            return fail(errors::cancelled);
        const auto count = client.value("SELECT COUNT(*) FROM " + quotedTable(table.schema, table.table)
                                        + (table.history ? " FOR SYSTEM_TIME ALL" : ""));
        if (!count)
            return fail(copy.server.blameFor("check", "the rows of " + tableText(table.schema, table.table) + " cannot be counted", count.error()));
        if (count->value_or("") == std::to_string(*table.rows))
            result.rowsCompared += *table.rows;
        else
            different.push_back(tableText(table.schema, table.table) + " has " + count->value_or("no number of") + " rows instead of "
                                + std::to_string(*table.rows));
    }
    return different.empty() ? Result<void>{} : failed(listed(different));
}

// What this backup does not allow to compare is said.
void sayWhatIsNotCompared(const Manifest &manifest, wire::RestoreResult &result)
{
    std::vector<std::string> what;
    if (!manifest.objects)
        what.emplace_back("objects");
    if (std::ranges::none_of(manifest.tables, [](const BackedUpTable &table) { return table.rows.has_value(); }))
        what.emplace_back("rows");
    if (!what.empty())
        result.warnings.push_back(makeWarning(wire::warnings::notCompared, what));
}

// CHECK TABLE of each.
Result<void> checkTables(const CopyCheck &copy, SqlClient &client, const SqlResult &tables, wire::RestoreResult &result)
{
    std::int64_t done = 0;
    for (const auto &row : tables.rows) {
        if (copy.stop.stop_requested())
            return fail(errors::cancelled);
        const std::string name = tableText(row.at(0).value_or(""), row.at(1).value_or(""));
        auto verdict = client.query("CHECK TABLE " + quotedTable(row.at(0).value_or(""), row.at(1).value_or("")));
        if (!verdict) {
            // a server that somebody ended, or that lacks memory, says nothing of the table
            const Error error = copy.server.blameFor("check", name, verdict.error());
            if (!error.is(errors::restoreFailed))
                return fail(error);
            result.tablesDamaged.push_back(name);
            copy.log("damaged: " + name + ": " + describe(verdict.error()));
            if (!copy.server.running())
                return fail(error);
            continue;
        }
        for (std::size_t i = 0; i < verdict->rows.size(); ++i) {
            const std::string type = verdict->value(i, "Msg_type").value_or("");
            const std::string text = verdict->value(i, "Msg_text").value_or("");
            if (isTroubleOfHost(text))
                return fail(errors::restoreHindered, {{"step", "check"}, {"detail", name + ": " + text}});
            if (type == "error" || type == "Error" || (type == "status" && text != "OK" && text.find("up to date") == std::string::npos)) {
                copy.log("damaged: " + name + ": " + text);
                if (result.tablesDamaged.empty() || result.tablesDamaged.back() != name)
                    result.tablesDamaged.push_back(name);
            }
        }
        ++result.tablesChecked;
        copy.progress(++done, static_cast<std::int64_t>(tables.rows.size()));
    }
    if (result.tablesDamaged.empty())
        return {};
    std::string names;
    for (const auto &name : result.tablesDamaged)
        names += (names.empty() ? "" : ", ") + name;
    return failed("damaged tables: " + names);
}

} // namespace

Result<void> checkCopy(const CopyCheck &copy, wire::RestoreResult &result)
{
    auto client = copy.server.connect();
    if (!client)
        return fail(copy.server.blameFor("check", "a connection", client.error()));
    const auto tables = (*client)->query("SELECT TABLE_SCHEMA, TABLE_NAME, ENGINE FROM information_schema.TABLES WHERE TABLE_TYPE NOT IN "
                                         "('VIEW', 'SYSTEM VIEW', 'TEMPORARY') AND BINARY TABLE_SCHEMA NOT IN "
                                         "('information_schema', 'performance_schema') ORDER BY 1, 2");
    if (!tables)
        return fail(copy.server.blameFor("check", "the list of tables", tables.error()));
    if (auto same = compareTables(copy.manifest, *tables); !same)
        return same;
    const auto there = listObjects(**client);
    if (!there)
        return fail(copy.server.blameFor("check", "the list of objects", there.error()));
    if (auto same = copy.manifest.objects ? compareObjects(copy, *there, result) : Result<void>{}; !same)
        return same;
    if (auto sound = checkTables(copy, **client, *tables, result); !sound)
        return sound;
    if (auto readable = readViews(copy, **client, *there, result); !readable)
        return readable;
    if (auto same = compareRows(copy, **client, *tables, result); !same)
        return same;
    sayWhatIsNotCompared(copy.manifest, result);
    return {};
}

} // namespace zandb::agent
