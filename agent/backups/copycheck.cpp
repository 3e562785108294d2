// SPDX-License-Identifier: GPL-3.0-or-later
// What is asked of the server that runs on a restored copy.
#include "agent/backups/copycheck.h"

#include "agent/backups/inventory.h"
#include "agent/backups/tablenames.h"

namespace zandb::agent {

namespace {

tl::unexpected<Error> failed(std::string detail)
{
    return fail(errors::restoreFailed, {{"step", "check"}, {"detail", std::move(detail)}});
}

std::string quoted(std::string name)
{
    for (std::size_t at = 0; (at = name.find('`', at)) != std::string::npos; at += 2)
        name.insert(at, 1, '`');
    return '`' + name + '`';
}

// All that the manifest names must be there.
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

// CHECK TABLE of each.
Result<void> checkTables(const CopyCheck &copy, SqlClient &client, const SqlResult &tables, wire::RestoreResult &result)
{
    std::int64_t done = 0;
    for (const auto &row : tables.rows) {
        if (copy.stop.stop_requested())
            return fail(errors::cancelled);
        const std::string name = tableText(row.at(0).value_or(""), row.at(1).value_or(""));
        auto verdict = client.query("CHECK TABLE " + quoted(row.at(0).value_or("")) + '.' + quoted(row.at(1).value_or("")));
        if (!verdict) {
            result.tablesDamaged.push_back(name);
            copy.log("damaged: " + name + ": " + describe(verdict.error()));
            if (!copy.server.running())
                return failed("the server ended while it checked " + name + "\n" + copy.server.logEnd());
            continue;
        }
        for (std::size_t i = 0; i < verdict->rows.size(); ++i) {
            const std::string type = verdict->value(i, "Msg_type").value_or("");
            const std::string text = verdict->value(i, "Msg_text").value_or("");
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
        return fail(client.error());
    const auto tables = (*client)->query("SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE TABLE_TYPE NOT IN "
                                         "('VIEW', 'SYSTEM VIEW', 'TEMPORARY') AND TABLE_SCHEMA NOT IN ('information_schema', "
                                         "'performance_schema') ORDER BY 1, 2");
    if (!tables)
        return fail(tables.error());
    if (auto same = compareTables(copy.manifest, *tables); !same)
        return same;
    return checkTables(copy, **client, *tables, result);
}

} // namespace zandb::agent
