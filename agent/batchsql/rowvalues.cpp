// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/batchsql/rowvalues.h"

#include "agent/fleet/sqlparts.h"

#include <mysql.h>

#include <algorithm>
#include <array>
#include <memory>

namespace zandb::agent {
namespace {

using Form = RowColumn::Form;

Form formOf(std::string type, bool hasCharset)
{
    std::ranges::transform(type, type.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto isAny = [&](std::initializer_list<std::string_view> words) { return std::ranges::find(words, type) != words.end(); };
    if (isAny({"tinyint", "smallint", "mediumint", "int", "bigint", "decimal"}))
        return Form::Number;
    if (isAny({"float", "double"}))
        return Form::Double;
    if (type == "bit")
        return Form::Bit;
    if (type == "json" && !hasCharset)
        return Form::Json;
    if (hasCharset)
        return Form::Text;
    if (isAny({"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "geometry", "point", "linestring", "polygon", "multipoint", "multilinestring",
               "multipolygon", "geometrycollection", "geomcollection", "vector"}))
        return Form::Bytes;
    if (isAny({"date", "time", "datetime", "timestamp", "year", "uuid", "inet6", "inet4"}))
        return Form::Quoted;
    return Form::Unknown;
}

std::string readExpression(const RowColumn &column)
{
    const std::string name = quotedName(column.name);
    switch (column.form) {
    case Form::Double:
        return name + "*1e0"; // the text of a FLOAT has six digits, that of a DOUBLE all of them
    case Form::Bit:
        return "CAST(" + name + " AS UNSIGNED)";
    default:
        return name;
    }
}

std::string hexLiteral(std::string_view bytes)
{
    constexpr char digits[] = "0123456789ABCDEF";
    std::string text = "x'";
    text.reserve(bytes.size() * 2 + 3);
    for (const char c : bytes) {
        text += digits[static_cast<unsigned char>(c) >> 4];
        text += digits[static_cast<unsigned char>(c) & 15];
    }
    return text + '\'';
}

/// Letters, digits and signs that every such character set and every sql_mode reads alike.
bool isPlain(std::string_view text, std::string_view charset)
{
    constexpr std::array<std::string_view, 6> sets{"utf8mb4", "utf8mb3", "utf8", "latin1", "ascii", "gbk"};
    return std::ranges::find(sets, charset) != sets.end()
        && std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f && c != '\'' && c != '\\'; });
}

} // namespace

const RowColumn *RowTable::column(std::string_view wanted) const
{
    const std::size_t at = indexOf(wanted);
    return at < columns.size() ? &columns[at] : nullptr;
}

std::size_t RowTable::indexOf(std::string_view wanted) const
{
    // names of columns compare without case
    const auto same = [&](const RowColumn &column) {
        return std::ranges::equal(column.name, wanted, [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
    };
    return static_cast<std::size_t>(std::ranges::find_if(columns, same) - columns.begin());
}

std::string quoteTable(const rules::GuardTable &table)
{
    return quotedName(table.schema) + '.' + quotedName(table.table);
}

Result<RowTable> readTable(SqlClient &client, const rules::GuardTable &table)
{
    // from here on nobody changes its definition
    if (const auto held = client.query("SELECT 1 FROM " + quoteTable(table) + " LIMIT 0"); !held)
        return fail(held.error());
    const std::string where = "TABLE_SCHEMA=" + client.quote(table.schema) + " AND TABLE_NAME=" + client.quote(table.table);
    const auto columns = client.query("SELECT COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, CHARACTER_SET_NAME, EXTRA, GENERATION_EXPRESSION FROM information_schema.COLUMNS WHERE "
                                      + where + " ORDER BY ORDINAL_POSITION");
    if (!columns)
        return fail(columns.error());
    RowTable result;
    result.name = table;
    for (const SqlRow &row : columns->rows) {
        if (!row.at(5).value_or("").empty())
            continue;
        std::string extra = row.at(4).value_or("");
        std::ranges::transform(extra, extra.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        RowColumn column;
        column.name = row.at(0).value_or("");
        column.type = row.at(2).value_or("");
        column.charset = row.at(3).value_or("");
        column.form = formOf(row.at(1).value_or(""), row.at(3).has_value());
        column.onUpdate = extra.find("on update") != std::string::npos;
        result.columns.push_back(std::move(column));
    }
    const auto parts = client.query("SELECT INDEX_NAME, COLUMN_NAME, SUB_PART, NULLABLE FROM information_schema.STATISTICS WHERE " + where
                                    + " AND NON_UNIQUE=0 ORDER BY INDEX_NAME<>'PRIMARY', INDEX_NAME, SEQ_IN_INDEX");
    if (!parts)
        return fail(parts.error());
    std::string index;
    std::vector<std::string> key;
    bool usable = false;
    const auto close = [&] {
        if (usable && !key.empty())
            result.keys.push_back(key);
    };
    for (const SqlRow &row : parts->rows) {
        if (const std::string name = row.at(0).value_or(""); name != index) {
            close();
            index = name;
            key.clear();
            usable = true;
        }
        const std::string column = row.at(1).value_or("");
        usable = usable && !row.at(2) && row.at(3).value_or("") != "YES" && result.column(column) != nullptr;
        key.push_back(column);
    }
    close();
    return result;
}

Result<std::optional<std::vector<RowValues>>> readRows(SqlClient &client, const RowTable &table, const std::string &tail, std::int64_t bytes)
{
    std::string list;
    for (const RowColumn &column : table.columns)
        list += (list.empty() ? "" : ", ") + readExpression(column);
    const std::string sql = "SELECT " + list + " FROM " + quoteTable(table.name) + ' ' + tail;
    // the bytes of a column in its own character set
    if (auto set = client.query("SET character_set_results=NULL"); !set)
        return fail(set.error());
    MYSQL *link = client.native();
    if (mysql_real_query(link, sql.data(), static_cast<unsigned long>(sql.size())) != 0)
        return fail(client.lastError());
    std::vector<RowValues> rows;
    bool whole = true;
    {
        const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> result(mysql_use_result(link), &mysql_free_result);
        if (!result)
            return fail(client.lastError());
        while (const MYSQL_ROW row = mysql_fetch_row(result.get())) {
            const unsigned long *lengths = mysql_fetch_lengths(result.get());
            RowValues &values = rows.emplace_back(table.columns.size());
            for (std::size_t i = 0; i < table.columns.size(); ++i) {
                bytes -= row[i] ? static_cast<std::int64_t>(lengths[i]) : 0;
                if (row[i] && bytes >= 0)
                    values[i].emplace(row[i], lengths[i]);
            }
            if (bytes < 0) {
                whole = false;
                rows.clear();
            }
        }
        if (mysql_errno(link) != 0)
            return fail(client.lastError());
    }
    whole = whole && mysql_warning_count(link) == 0;
    if (auto set = client.query("SET character_set_results=utf8mb4"); !set)
        return fail(set.error());
    return whole ? std::optional(std::move(rows)) : std::nullopt;
}

std::string literalOf(SqlClient &client, const RowColumn &column, const std::optional<std::string> &value)
{
    if (!value)
        return "NULL";
    switch (column.form) {
    case Form::Number:
    case Form::Bit:
        // digits and signs, or else nothing that a server would read as more than a text
        return value->find_first_not_of("+-.0123456789eE") == std::string::npos && !value->empty() ? *value : client.quote(*value);
    case Form::Double:
        if (value->empty() || value->find_first_not_of("+-.0123456789eE") != std::string::npos)
            return client.quote(*value);
        return value->find_first_of("eE") == std::string::npos ? *value + "e0" : *value;
    case Form::Text:
        if (isPlain(*value, column.charset))
            return '\'' + *value + '\'';
        return '_' + column.charset + ' ' + hexLiteral(*value);
    case Form::Bytes:
        return hexLiteral(*value);
    case Form::Json:
    case Form::Quoted:
    case Form::Unknown:
        break;
    }
    return client.quote(*value);
}

std::string keyCondition(SqlClient &client, const RowTable &table, const std::vector<std::string> &key, const RowValues &row)
{
    std::string condition;
    for (const std::string &name : key) {
        const std::size_t at = table.indexOf(name);
        condition += (condition.empty() ? "" : " AND ") + quotedName(name) + '=' + literalOf(client, table.columns[at], row[at]);
    }
    return condition;
}

} // namespace zandb::agent
