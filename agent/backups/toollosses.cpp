// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/toollosses.h"

#include "agent/fleet/tablenames.h"

#include <algorithm>
#include <array>

namespace zandb::agent {

namespace {

bool beyondAscii(std::string_view text)
{
    return std::ranges::any_of(text, [](unsigned char c) { return c >= 0x80; });
}

bool hasMode(std::string_view modes, std::string_view wanted)
{
    const std::string list = ',' + std::string(modes) + ',';
    return list.find(',' + std::string(wanted) + ',') != std::string::npos;
}

// With one of these a text is read as something else.
bool readsOtherwise(std::string_view modes)
{
    constexpr std::array words{"ANSI_QUOTES", "PIPES_AS_CONCAT", "NO_BACKSLASH_ESCAPES", "IGNORE_SPACE", "HIGH_NOT_PRECEDENCE", "ORACLE"};
    return std::ranges::any_of(words, [modes](const char *word) { return hasMode(modes, word); });
}

struct Column
{
    std::string schema, table, name, dataType, type, characterSet, defaultValue, extra, expression;
    std::string text() const { return tableText(schema, table) + '.' + name; }
    bool inUtf8() const { return characterSet.starts_with("utf8"); }
};

// Of tables; views have columns too.
Result<std::vector<Column>> columnsToLookAt(SqlClient &client, const ServerObjects &objects)
{
    const auto rows = client.query(
        "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, CHARACTER_SET_NAME, COLUMN_DEFAULT, EXTRA, GENERATION_EXPRESSION "
        "FROM information_schema.COLUMNS WHERE DATA_TYPE IN ('uuid', 'inet4', 'inet6', 'enum', 'set') OR EXTRA LIKE '%INVISIBLE%' "
        "OR GENERATION_EXPRESSION <> '' OR COLUMN_DEFAULT LIKE '%nextval(%' OR (COLUMN_DEFAULT <> '' AND CHARACTER_SET_NAME NOT LIKE 'utf8%') "
        "ORDER BY TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME");
    if (!rows)
        return fail(rows.error());
    std::vector<Column> columns;
    for (const auto &row : rows->rows) {
        const auto at = [&row](std::size_t i) { return row.at(i).value_or(""); };
        if (objects.definers.contains({"table", at(0), at(1)}))
            columns.push_back({at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7), at(8)});
    }
    return columns;
}

// "nextval(`other`.`numbers`)" -> "other"; empty when the sequence is of the table's own schema, or there is none.
std::string schemaOfSequence(const Column &column)
{
    constexpr std::string_view call = "nextval(`";
    const auto at = column.defaultValue.find(call);
    if (at == std::string::npos)
        return {};
    const std::string rest = column.defaultValue.substr(at + call.size());
    const auto end = rest.find("`.`");
    const std::string schema = end == std::string::npos ? std::string() : rest.substr(0, end);
    return schema == column.schema ? std::string() : schema;
}

// It keeps the rows of a table x-schema in a file that it takes for the definition of a table x.
bool isNamedLikeItsFiles(std::string_view name)
{
    constexpr std::array<std::string_view, 5> ends{"-schema", "-schema-view", "-schema-triggers", "-schema-post", "-schema-create"};
    return std::ranges::any_of(ends, [name](std::string_view end) { return name.ends_with(end); });
}

void lossesOfMydumper(const std::vector<Column> &columns, const ServerObjects &objects, std::vector<std::string> &losses)
{
    std::set<std::pair<std::string, std::string>> generated; // of these it names the columns, so none is left out
    for (const Column &column : columns) {
        if (!column.expression.empty())
            generated.emplace(column.schema, column.table);
    }
    for (const Column &column : columns) {
        const bool list = column.dataType == "enum" || column.dataType == "set";
        if (column.dataType == "uuid" || column.dataType == "inet4" || column.dataType == "inet6") {
            std::string type = column.dataType;
            std::ranges::transform(type, type.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
            losses.push_back(column.text() + " (" + type + ')');
        } else if (list && !column.inUtf8() && beyondAscii(column.type)) {
            losses.push_back(column.text() + (column.dataType == "enum" ? " (ENUM" : " (SET") + " with labels beyond ASCII)");
        } else if (column.defaultValue.find("nextval(") != std::string::npos) {
            losses.push_back(column.text() + " (DEFAULT NEXTVAL)");
        } else if (!column.inUtf8() && beyondAscii(column.defaultValue)) {
            losses.push_back(column.text() + " (DEFAULT beyond ASCII)");
        } else if (column.extra.find("INVISIBLE") != std::string::npos && !generated.contains({column.schema, column.table})) {
            losses.push_back(column.text() + " (INVISIBLE)");
        }
    }
    for (const auto &[object, definer] : objects.definers) {
        if (object.kind == "package")
            losses.push_back(objectText(object));
        else if ((object.schema + object.name).find('`') != std::string::npos)
            losses.push_back(objectText(object) + " (backquote in its name)");
        else if (object.kind == "table" && isNamedLikeItsFiles(object.name))
            losses.push_back(objectText(object) + " (its name ends like those of mydumper's own files)");
    }
    for (const auto &table : objects.versioned)
        losses.push_back(table + " (history)");
}

// What mydumper does not write into its files.
Result<void> lossesByMode(SqlClient &client, std::vector<std::string> &losses)
{
    const auto mode = client.value("SELECT @@GLOBAL.sql_mode");
    if (!mode)
        return fail(mode.error());
    for (const char *word : {"ANSI_QUOTES", "NO_BACKSLASH_ESCAPES"}) {
        if (hasMode(mode->value_or(""), word))
            losses.push_back(std::string("all tables (sql_mode ") + word + ')');
    }
    return {};
}

struct Moded
{
    std::string text;
    std::string modes;
};

Result<std::vector<Moded>> modesOfObjects(SqlClient &client)
{
    std::vector<Moded> found;
    for (const char *sql : {"SELECT LOWER(ROUTINE_TYPE), ROUTINE_SCHEMA, ROUTINE_NAME, SQL_MODE FROM information_schema.ROUTINES",
                            "SELECT 'trigger', TRIGGER_SCHEMA, TRIGGER_NAME, SQL_MODE FROM information_schema.TRIGGERS",
                            "SELECT 'event', EVENT_SCHEMA, EVENT_NAME, SQL_MODE FROM information_schema.EVENTS"}) {
        const auto rows = client.query(sql);
        if (!rows)
            return fail(rows.error());
        for (const auto &row : rows->rows) {
            const std::string kind = row.at(0).value_or(""), schema = row.at(1).value_or("");
            if (!isSystemSchema(schema) && !kind.starts_with("package"))
                found.push_back({objectText({kind, schema, row.at(2).value_or("")}), row.at(3).value_or("")});
        }
    }
    return found;
}

// The servers' own dump programs take these for the system's, whatever the case of their letters.
void lossesBySchema(const std::set<std::string> &schemas, std::vector<std::string> &losses)
{
    for (const auto &schema : schemas) {
        std::string lower = schema;
        std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        if (isSystemSchema(lower))
            losses.push_back("schema " + schema + " (named like a system schema)");
    }
}

} // namespace

Result<std::vector<std::string>> toolLosses(SqlClient &client, const std::string &tool, const ServerObjects &objects, const Inventory &inventory)
{
    std::vector<std::string> losses;
    if (tool != "mydumper" && tool != "mariadb-dump" && tool != "mysqldump")
        return losses;
    const auto columns = columnsToLookAt(client, objects);
    if (!columns)
        return fail(columns.error());
    if (tool == "mydumper") {
        lossesOfMydumper(*columns, objects, losses);
        if (auto done = lossesByMode(client, losses); !done)
            return fail(done.error());
        const auto moded = modesOfObjects(client);
        if (!moded)
            return fail(moded.error());
        for (const auto &object : *moded) {
            if (readsOtherwise(object.modes))
                losses.push_back(object.text + " (sql_mode " + object.modes + ')');
        }
        return losses;
    }
    // it writes schema by schema, and the server refuses a default whose sequence comes later
    for (const Column &column : *columns) {
        if (const std::string schema = schemaOfSequence(column); schema > column.schema)
            losses.push_back(column.text() + " (DEFAULT NEXTVAL of the schema " + schema + ", which is dumped later)");
    }
    const auto schemas = userSchemas(client, inventory);
    if (!schemas)
        return fail(schemas.error());
    lossesBySchema(*schemas, losses);
    return losses;
}

Result<std::vector<std::string>> lostSqlModes(SqlClient &client)
{
    std::vector<std::string> names;
    if (!client.isMariaDb())
        return names;
    const auto usual = client.value("SELECT DEFAULT_VALUE FROM information_schema.SYSTEM_VARIABLES WHERE VARIABLE_NAME = 'SQL_MODE'");
    const auto moded = modesOfObjects(client);
    if (!usual || !moded)
        return fail(usual ? moded.error() : usual.error());
    for (const auto &object : *moded) {
        if (object.modes != usual->value_or(""))
            names.push_back(object.text + " (" + object.modes + ')');
    }
    return names;
}

} // namespace zandb::agent
