// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/checks/schematables.h"

#include <algorithm>
#include <charconv>

namespace zandb::agent {
namespace {

using Tables = std::map<std::string, SchemaTable>;

std::optional<std::int64_t> number(const std::optional<std::string> &text)
{
    std::int64_t value = 0;
    if (!text || std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc())
        return std::nullopt;
    return value;
}

/// utf8mb4 of "utf8mb4_0900_ai_ci".
std::string charsetOf(const std::string &collation)
{
    return collation.substr(0, collation.find('_'));
}

Result<Tables> readTables(SqlClient &client, const std::string &schema)
{
    const auto result = client.query("SELECT TABLE_NAME, TABLE_TYPE, ENGINE, AUTO_INCREMENT, TABLE_ROWS, DATA_LENGTH + INDEX_LENGTH, TABLE_COLLATION "
                                     "FROM information_schema.TABLES WHERE TABLE_SCHEMA = "
                                     + client.quote(schema) + " AND TABLE_TYPE IN ('BASE TABLE', 'SEQUENCE')");
    if (!result)
        return fail(result.error());
    Tables tables;
    for (const SqlRow &row : result->rows) {
        SchemaTable table;
        table.name = row[0].value_or("");
        table.sequence = row[1] == "SEQUENCE";
        table.engine = row[2].value_or("");
        table.next = row[3];
        table.rows = number(row[4]);
        table.bytes = number(row[5]);
        table.charset = charsetOf(row[6].value_or(""));
        tables.emplace(table.name, std::move(table));
    }
    return tables;
}

Result<void> readIndexes(SqlClient &client, const std::string &schema, Tables &tables)
{
    const bool mariaDb = client.isMariaDb();
    // servers of before 10.6 and 8.0 have neither column
    const std::string usable = mariaDb ? (client.versionNumber() >= 100600 ? "IGNORED = 'NO'" : "1") : (client.versionNumber() >= 80000 ? "IS_VISIBLE = 'YES'" : "1");
    const auto result = client.query("SELECT TABLE_NAME, INDEX_NAME, INDEX_TYPE, NON_UNIQUE, COLUMN_NAME, SUB_PART, COLLATION, " + usable
                                     + ", SEQ_IN_INDEX FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = " + client.quote(schema));
    if (!result)
        return fail(result.error());
    for (const SqlRow &row : result->rows) {
        const auto table = tables.find(row[0].value_or(""));
        const std::size_t place = static_cast<std::size_t>(number(row[8]).value_or(1)) - 1;
        if (table == tables.end() || place >= 64)
            continue;
        auto &indexes = table->second.indexes;
        const std::string name = row[1].value_or("");
        auto index = std::ranges::find(indexes, name, &TableIndex::name);
        if (index == indexes.end())
            index = indexes.insert(index, {name, row[2].value_or(""), row[3] == "0", row[7] == "1", {}});
        if (index->parts.size() <= place)
            index->parts.resize(place + 1);
        index->parts[place] = {row[4].value_or(""), row[5].value_or(""), row[6] == "D"};
    }
    return {};
}

Result<void> readIntegers(SqlClient &client, const std::string &schema, Tables &tables)
{
    const auto result = client.query("SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, EXTRA LIKE '%auto_increment%' FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = "
                                     + client.quote(schema) + " AND DATA_TYPE IN ('tinyint', 'smallint', 'mediumint', 'int', 'bigint')");
    if (!result)
        return fail(result.error());
    for (const SqlRow &row : result->rows) {
        if (const auto table = tables.find(row[0].value_or("")); table != tables.end())
            table->second.integers.push_back({row[1].value_or(""), row[2].value_or(""), row[3] == "1", {}});
    }
    return {};
}

Result<void> readCharsets(SqlClient &client, const std::string &schema, Tables &tables)
{
    const auto result = client.query("SELECT TABLE_NAME, GROUP_CONCAT(DISTINCT CHARACTER_SET_NAME ORDER BY CHARACTER_SET_NAME), COUNT(DISTINCT CHARACTER_SET_NAME) "
                                     "FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = "
                                     + client.quote(schema) + " AND CHARACTER_SET_NAME IS NOT NULL GROUP BY TABLE_NAME HAVING COUNT(DISTINCT CHARACTER_SET_NAME) > 1");
    if (!result)
        return fail(result.error());
    for (const SqlRow &row : result->rows) {
        const auto table = tables.find(row[0].value_or(""));
        if (table == tables.end())
            continue;
        std::string_view names = row[1] ? std::string_view(*row[1]) : std::string_view();
        while (!names.empty()) {
            const auto comma = std::min(names.find(','), names.size());
            table->second.columnCharsets.emplace_back(names.substr(0, comma));
            names.remove_prefix(std::min(comma + 1, names.size()));
        }
    }
    return {};
}

/// Which integer column refers to which.  Only those of one column: the others are a few, and each of their columns is looked at anyway.
Result<void> readForeignKeys(SqlClient &client, const std::string &schema, Tables &tables)
{
    // MariaDB opens every table for KEY_COLUMN_USAGE; InnoDB's own list costs nothing, but writes names as those of files
    const auto result = client.isMariaDb()
        ? client.query("SELECT SUBSTRING_INDEX(f.FOR_NAME, '/', -1), MIN(c.FOR_COL_NAME), CONCAT(REPLACE(f.REF_NAME, '/', '.'), '.', MIN(c.REF_COL_NAME)) "
                       "FROM information_schema.INNODB_SYS_FOREIGN f JOIN information_schema.INNODB_SYS_FOREIGN_COLS c ON c.ID = f.ID "
                       "WHERE SUBSTRING_INDEX(f.FOR_NAME, '/', 1) = "
                       + client.quote(schema) + " AND f.FOR_NAME NOT LIKE '%@%' AND f.REF_NAME NOT LIKE '%@%' GROUP BY f.ID, f.FOR_NAME, f.REF_NAME HAVING COUNT(*) = 1")
        : client.query("SELECT TABLE_NAME, MIN(COLUMN_NAME), MIN(CONCAT(REFERENCED_TABLE_SCHEMA, '.', REFERENCED_TABLE_NAME, '.', REFERENCED_COLUMN_NAME)) "
                       "FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = "
                       + client.quote(schema) + " AND REFERENCED_TABLE_NAME IS NOT NULL GROUP BY CONSTRAINT_NAME, TABLE_NAME HAVING COUNT(*) = 1");
    if (!result)
        return fail(result.error());
    for (const SqlRow &row : result->rows) {
        const auto table = tables.find(row[0].value_or(""));
        if (table == tables.end())
            continue;
        for (IntegerColumn &column : table->second.integers) {
            if (column.name == row[1])
                column.references = row[2].value_or("");
        }
    }
    return {};
}

} // namespace

Result<std::vector<std::string>> schemasOfPeople(SqlClient &client)
{
    const auto result = client.query("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA "
                                     "WHERE SCHEMA_NAME NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema') ORDER BY SCHEMA_NAME");
    if (!result)
        return fail(result.error());
    std::vector<std::string> names;
    for (const SqlRow &row : result->rows)
        names.push_back(row[0].value_or(""));
    return names;
}

Result<std::map<std::string, SchemaTable>> readSchemaTables(SqlClient &client, const std::string &schema)
{
    auto tables = readTables(client, schema);
    if (!tables)
        return tables;
    for (const auto step : {readIndexes, readIntegers, readCharsets, readForeignKeys}) {
        if (auto done = step(client, schema, *tables); !done)
            return fail(done.error());
    }
    return tables;
}

} // namespace zandb::agent
