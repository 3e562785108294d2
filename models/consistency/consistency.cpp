// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/consistency/consistency.h"

#include <algorithm>

namespace zandb {
namespace {

constexpr std::int64_t most = std::int64_t{1} << 62;

/// The store is untrusted: what is no number counts as 0.
std::int64_t numberIn(const Json &json, const char *name)
{
    const auto found = json.is_object() ? json.find(name) : json.end();
    return found == json.end() || !json.is_object() ? 0 : integerIn(*found, 0, most).value_or(0);
}

std::string textIn(const Json &json, const char *name)
{
    const auto found = json.is_object() ? json.find(name) : json.end();
    return json.is_object() && found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool flagIn(const Json &json, const char *name)
{
    const auto found = json.is_object() ? json.find(name) : json.end();
    return json.is_object() && found != json.end() && found->is_boolean() && found->get<bool>();
}

std::string quoted(const std::string &name)
{
    std::string text = "`";
    for (const char c : name)
        text += c == '`' ? std::string("``") : std::string(1, c);
    return text + '`';
}

/// A value as SQL that means the same whatever the sql_mode and the character set of the session: ASCII without quotes and backslashes as it is, all else by
/// its bytes, which a column of any character set takes as they are.
std::string literalOf(const Json &value, const std::string &kind)
{
    if (value.is_null())
        return "NULL";
    const std::string bytes = bytesFromJson(value).value_or("");
    if (kind == "number" && !bytes.empty() && bytes.find_first_not_of("0123456789+-.eE") == std::string::npos)
        return bytes;
    const bool plain = value.is_string()
        && std::ranges::all_of(bytes, [](unsigned char c) { return c >= 0x20 && c < 0x7f && c != '\'' && c != '\\'; });
    if (kind != "bytes" && plain)
        return '\'' + bytes + '\'';
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = kind == "json" ? "_utf8mb4 x'" : "x'"; // JSON is made of text only
    for (const unsigned char c : bytes) {
        text += digits[c >> 4];
        text += digits[c & 15];
    }
    return text + '\'';
}

} // namespace

void CheckSums::add(const TableVerdict &table)
{
    ++tables;
    ++(table.state == "equal" ? equal : table.state == "differs" ? differing : table.state == "unsettled" ? unsettled : unchecked);
    rows += table.rows;
    bytes += table.bytes;
    differences += table.differences;
}

std::string CheckSums::state() const
{
    return differing > 0 ? "differs" : unsettled > 0 || unchecked > 0 || isCut ? "incomplete" : "equal";
}

std::string ConsistencyCheck::stateAt(TimePoint now) const
{
    return state == "running" && now - seenAt > std::chrono::minutes{2} ? "interrupted" : state;
}

Json progressJson(const CheckProgress &p)
{
    return {{"tables", p.tables}, {"tables_done", p.tablesDone}, {"rows", p.rows}, {"rows_done", p.rowsDone}, {"differences", p.differences}, {"table", p.table}, {"pause", p.pause},
            {"paused_ms", p.pausedMs}, {"seconds_left", p.secondsLeft ? Json(*p.secondsLeft) : Json()}};
}

CheckProgress progressOf(const Json &json)
{
    CheckProgress p;
    p.tables = numberIn(json, "tables");
    p.tablesDone = numberIn(json, "tables_done");
    p.rows = numberIn(json, "rows");
    p.rowsDone = numberIn(json, "rows_done");
    p.differences = numberIn(json, "differences");
    p.table = textIn(json, "table");
    p.pause = textIn(json, "pause");
    p.pausedMs = numberIn(json, "paused_ms");
    if (json.is_object() && json.contains("seconds_left"))
        p.secondsLeft = integerIn(json["seconds_left"], 0, most);
    return p;
}

Json sumsJson(const CheckSums &s)
{
    return {{"tables", s.tables}, {"equal", s.equal}, {"differing", s.differing}, {"unsettled", s.unsettled}, {"unchecked", s.unchecked}, {"rows", s.rows}, {"bytes", s.bytes},
            {"differences", s.differences}, {"paused_ms", s.pausedMs}, {"is_cut", s.isCut}};
}

CheckSums sumsOf(const Json &json)
{
    CheckSums s;
    s.tables = numberIn(json, "tables");
    s.equal = numberIn(json, "equal");
    s.differing = numberIn(json, "differing");
    s.unsettled = numberIn(json, "unsettled");
    s.unchecked = numberIn(json, "unchecked");
    s.rows = numberIn(json, "rows");
    s.bytes = numberIn(json, "bytes");
    s.differences = numberIn(json, "differences");
    s.pausedMs = numberIn(json, "paused_ms");
    s.isCut = flagIn(json, "is_cut");
    return s;
}

Json verdictDetail(const TableVerdict &t)
{
    return {{"detail", t.detail}, {"rows", t.rows}, {"bytes", t.bytes}, {"differences", t.differences}, {"more", t.more}, {"moved", t.moved}, {"unsettled", t.unsettled},
            {"took_ms", t.tookMs}};
}

void readVerdictDetail(const Json &json, TableVerdict &t)
{
    t.detail = textIn(json, "detail");
    t.rows = numberIn(json, "rows");
    t.bytes = numberIn(json, "bytes");
    t.differences = numberIn(json, "differences");
    t.more = flagIn(json, "more");
    t.moved = numberIn(json, "moved");
    t.unsettled = numberIn(json, "unsettled");
    t.tookMs = numberIn(json, "took_ms");
}

std::string repairStatement(const std::string &schema, const std::string &table, const wire::ConsistencyRows &rows, std::size_t place)
{
    const wire::ConsistencyRow &row = rows.rows.at(place);
    const std::string name = quoted(schema) + '.' + quoted(table);
    const auto kindOf = [&](const std::string &column) {
        const auto found = std::ranges::find(rows.columns, column);
        const auto at = static_cast<std::size_t>(found - rows.columns.begin());
        return at < rows.kinds.size() ? rows.kinds[at] : std::string("bytes");
    };
    if (row.digest.empty()) { // the primary has no such row
        if (row.key.size() != rows.key.size())
            return {};
        std::string where;
        for (std::size_t i = 0; i < row.key.size(); ++i)
            where += (where.empty() ? "" : " AND ") + quoted(rows.key[i]) + " = " + literalOf(row.key[i], kindOf(rows.key[i]));
        return "DELETE FROM " + name + " WHERE " + where + ';';
    }
    if (row.values.size() != rows.columns.size())
        return {};
    std::string columns, values;
    for (std::size_t i = 0; i < rows.columns.size(); ++i) {
        if (std::ranges::find(rows.written, rows.columns[i]) == rows.written.end())
            continue;
        columns += (columns.empty() ? "" : ", ") + quoted(rows.columns[i]);
        values += (values.empty() ? "" : ", ") + literalOf(row.values[i], kindOf(rows.columns[i]));
    }
    return "REPLACE INTO " + name + " (" + columns + ") VALUES (" + values + ");";
}

} // namespace zandb
