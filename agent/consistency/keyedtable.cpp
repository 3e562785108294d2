// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/consistency/keyedtable.h"

#include "agent/consistency/rowdigest.h"
#include "agent/fleet/sqlparts.h"
#include "agent/protocol/errors.h"

#include <algorithm>
#include <array>
#include <map>

namespace zandb::agent {
namespace {

template<std::size_t N>
bool isOneOf(std::string_view word, const std::array<std::string_view, N> &words)
{
    return std::ranges::find(words, word) != words.end();
}

constexpr std::array<std::string_view, 5> integerTypes{"tinyint", "smallint", "mediumint", "int", "bigint"};
constexpr std::array<std::string_view, 2> realTypes{"float", "double"};
constexpr std::array<std::string_view, 7> plainTypes{"date", "datetime", "timestamp", "time", "uuid", "inet4", "inet6"};
constexpr std::array<std::string_view, 2> characterTypes{"char", "varchar"};
constexpr std::array<std::string_view, 2> byteTypes{"binary", "varbinary"};
/// Engines whose readers hold up no writer.
constexpr std::array<std::string_view, 3> readableEngines{"innodb", "rocksdb", "tokudb"};

std::string lower(std::string text)
{
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
    return text;
}

bool isNumber(const KeyedColumn &column)
{
    return isOneOf(column.dataType, integerTypes) || column.dataType == "decimal" || column.dataType == "year";
}

/// Its values can stand in a condition so that the index is used and the order is the index's own.
bool fitsKey(const KeyedColumn &column)
{
    return !column.nullable
        && (isNumber(column) || isOneOf(column.dataType, plainTypes) || isOneOf(column.dataType, byteTypes) || (isOneOf(column.dataType, characterTypes) && !column.charset.empty()));
}

std::string hex(std::string_view bytes)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = "x'";
    for (const unsigned char c : bytes) {
        text += digits[c >> 4];
        text += digits[c & 15];
    }
    return text + '\'';
}

/// Digits with a sign and a point, and nothing else: it stands in SQL as it is.
bool isPlainNumber(std::string_view text)
{
    return !text.empty() && text.size() <= 90 && std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || c == '-' || c == '.'; })
        && text.find('-', 1) == text.npos && text.find_first_of("0123456789") != text.npos;
}

Result<std::string> literal(const KeyedColumn &column, const Json &value)
{
    const auto bytes = bytesFromJson(value);
    if (!bytes)
        return fail(errors::protocolBadParams, {{"detail", "a value of a key is no text"}});
    if (isNumber(column)) {
        if (!isPlainNumber(*bytes))
            return fail(errors::protocolBadParams, {{"detail", "a value of a key is no number"}});
        return *bytes;
    }
    if (isOneOf(column.dataType, byteTypes))
        return hex(*bytes);
    if (isOneOf(column.dataType, characterTypes))
        return '_' + column.charset + ' ' + hex(*bytes); // the column's collation is stronger than a literal's
    if (!std::ranges::all_of(*bytes, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ' ' || c == '-' || c == ':' || c == '.'; }))
        return fail(errors::protocolBadParams, {{"detail", "a value of a key is no time"}});
    return '\'' + *bytes + '\'';
}

Result<std::vector<std::string>> literals(const KeyedTable &table, const wire::ConsistencyKey &key)
{
    if (key.size() != table.key.size())
        return fail(errors::protocolBadParams, {{"detail", "the key has " + std::to_string(table.key.size()) + " columns, not " + std::to_string(key.size())}});
    std::vector<std::string> words;
    for (std::size_t i = 0; i < key.size(); ++i) {
        auto word = literal(table.columns[table.key[i]], key[i]);
        if (!word)
            return fail(word.error());
        words.push_back(std::move(*word));
    }
    return words;
}

std::string nameOf(const KeyedTable &table, std::size_t part)
{
    return quotedName(table.columns[table.key[part]].name);
}

/// (a, b) beyond (x, y), as ranges of the index: a > x OR (a = x AND b > y).
std::string bound(const KeyedTable &table, const std::vector<std::string> &values, std::size_t part, char sign, bool inclusive)
{
    const std::string name = nameOf(table, part);
    if (part + 1 == values.size())
        return name + ' ' + sign + (inclusive ? "= " : " ") + values[part];
    return '(' + name + ' ' + sign + ' ' + values[part] + " OR (" + name + " = " + values[part] + " AND " + bound(table, values, part + 1, sign, inclusive) + "))";
}

std::string selectList(const KeyedTable &table)
{
    std::string list;
    for (const KeyedColumn &column : table.columns) {
        if (!list.empty())
            list += ", ";
        list += quotedName(column.name);
        if (isOneOf(column.dataType, realTypes))
            list += " + 0e0"; // as text a FLOAT has six digits, and a DOUBLE all that tell it from its neighbours
    }
    return "SELECT " + list + " FROM " + quotedName(table.schema) + '.' + quotedName(table.name) + " FORCE INDEX (" + quotedName(table.index) + ')';
}

/// "int" of "int(11)": some versions write the width, which says nothing of values.
std::string withoutWidth(const std::string &type, const std::string &dataType)
{
    const auto open = type.find('('), close = type.find(')');
    if ((!isOneOf(dataType, integerTypes) && dataType != "year") || open == type.npos || close == type.npos || close < open)
        return type;
    return type.substr(0, open) + type.substr(close + 1);
}

Result<void> readColumns(SqlClient &client, const std::string &where, KeyedTable &table)
{
    const auto result = client.query("SELECT COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, CHARACTER_SET_NAME, COLLATION_NAME, IS_NULLABLE, EXTRA, GENERATION_EXPRESSION "
                                     "FROM information_schema.COLUMNS WHERE " + where + " ORDER BY ORDINAL_POSITION");
    if (!result)
        return fail(result.error());
    for (const SqlRow &row : result->rows) {
        const std::string extra = row[6].value_or(""), expression = row[7].value_or("");
        if (extra.find("VIRTUAL") != extra.npos || expression == "ROW START" || expression == "ROW END")
            continue;
        KeyedColumn column;
        column.name = row[0].value_or("");
        column.dataType = lower(row[1].value_or(""));
        column.type = withoutWidth(lower(row[2].value_or("")), column.dataType);
        column.charset = row[3].value_or("");
        column.collation = row[4].value_or("");
        column.nullable = row[5] != "NO";
        column.generated = extra.find("STORED GENERATED") != extra.npos || extra.find("PERSISTENT") != extra.npos;
        table.columns.push_back(std::move(column));
    }
    return {};
}

struct Candidate
{
    std::vector<std::size_t> columns;
    bool fits = true;
    bool isKey = true; ///< and not only of values without NULL
};

Result<void> chooseKey(SqlClient &client, const std::string &where, KeyedTable &table)
{
    const std::string usable = client.isMariaDb() ? (client.versionNumber() >= 100600 ? "IGNORED = 'NO'" : "1") : (client.versionNumber() >= 80000 ? "IS_VISIBLE = 'YES'" : "1");
    const auto result = client.query("SELECT INDEX_NAME, COLUMN_NAME, SUB_PART, INDEX_TYPE, " + usable + " FROM information_schema.STATISTICS WHERE " + where
                                     + " AND NON_UNIQUE = 0 ORDER BY INDEX_NAME, SEQ_IN_INDEX");
    if (!result)
        return fail(result.error());
    std::map<std::string, Candidate> indexes;
    for (const SqlRow &row : result->rows) {
        Candidate &index = indexes[row[0].value_or("")];
        const auto column = std::ranges::find(table.columns, row[1].value_or(""), &KeyedColumn::name);
        if (column == table.columns.end() || row[2] || row[3] != "BTREE" || row[4] != "1" || column->nullable) {
            index.isKey = false;
            continue;
        }
        index.fits = index.fits && fitsKey(*column);
        index.columns.push_back(static_cast<std::size_t>(column - table.columns.begin()));
    }
    const std::pair<const std::string, Candidate> *best = nullptr;
    bool isThere = false;
    for (const auto &index : indexes) {
        isThere = isThere || index.second.isKey;
        if (!index.second.isKey || !index.second.fits)
            continue;
        if (index.first == "PRIMARY") {
            best = &index;
            break;
        }
        if (!best || index.second.columns.size() < best->second.columns.size())
            best = &index;
    }
    if (!best) {
        table.why = isThere ? "key_type" : "no_key";
        return {};
    }
    table.index = best->first;
    table.key = best->second.columns;
    return {};
}

} // namespace

std::string KeyedTable::definition() const
{
    RowDigest digest;
    for (const KeyedColumn &column : columns) {
        for (const std::string &text : {column.name, column.type, column.charset, column.collation})
            digest.add(text);
        digest.add(column.nullable ? "null" : "");
    }
    for (const std::size_t part : key)
        digest.add(std::to_string(part));
    return digestText(digest.digest());
}

std::vector<std::string> KeyedTable::keyNames() const
{
    std::vector<std::string> names;
    for (const std::size_t part : key)
        names.push_back(columns[part].name);
    return names;
}

std::string literalKind(const KeyedColumn &column)
{
    if (isNumber(column) || isOneOf(column.dataType, realTypes))
        return "number";
    if (column.dataType == "json" && column.charset.empty())
        return "json";
    // bytes that look like ASCII are other letters there
    const bool isWide = column.charset == "ucs2" || column.charset.starts_with("utf16") || column.charset.starts_with("utf32");
    const bool text = (!column.charset.empty() && !isWide) || isOneOf(column.dataType, plainTypes);
    return text ? "text" : "bytes";
}

Result<KeyedTable> readKeyedTable(SqlClient &client, const std::string &schema, const std::string &table)
{
    KeyedTable read{schema, table, {}, {}, {}, {}};
    const std::string where = "TABLE_SCHEMA = " + client.quote(schema) + " AND TABLE_NAME = " + client.quote(table);
    const auto engine = client.query("SELECT ENGINE, TABLE_TYPE FROM information_schema.TABLES WHERE " + where);
    if (!engine)
        return fail(engine.error());
    if (engine->rows.empty()) {
        read.why = "missing";
        return read;
    }
    if (!isOneOf(lower(engine->rows[0][0].value_or("")), readableEngines)) {
        read.why = "engine";
        return read;
    }
    if (auto done = readColumns(client, where, read); !done)
        return fail(done.error());
    if (auto done = chooseKey(client, where, read); !done)
        return fail(done.error());
    return read;
}

Result<std::string> chunkQuery(const KeyedTable &table, const wire::ConsistencyKey &after, const wire::ConsistencyKey &upTo, std::int64_t limit)
{
    std::string where;
    for (const auto &[key, sign, inclusive] : {std::tuple{&after, '>', false}, std::tuple{&upTo, '<', true}}) {
        if (key->empty())
            continue;
        const auto values = literals(table, *key);
        if (!values)
            return fail(values.error());
        where += (where.empty() ? " WHERE " : " AND ") + bound(table, *values, 0, sign, inclusive);
    }
    std::string order;
    for (std::size_t part = 0; part < table.key.size(); ++part)
        order += (order.empty() ? " ORDER BY " : ", ") + nameOf(table, part);
    return selectList(table) + where + order + (limit > 0 ? " LIMIT " + std::to_string(limit) : std::string());
}

Result<std::string> rowsQuery(const KeyedTable &table, const std::vector<wire::ConsistencyKey> &keys)
{
    std::string where;
    for (const wire::ConsistencyKey &key : keys) {
        const auto values = literals(table, key);
        if (!values)
            return fail(values.error());
        where += where.empty() ? " WHERE (" : " OR (";
        for (std::size_t part = 0; part < values->size(); ++part)
            where += (part == 0 ? "" : " AND ") + nameOf(table, part) + " = " + (*values)[part];
        where += ')';
    }
    return selectList(table) + where;
}

} // namespace zandb::agent
