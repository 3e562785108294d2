// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/snapshots/snapshot.h"

#include "models/common/text.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <limits>

namespace zandb {
namespace {

constexpr std::size_t maxTables = 1'000'000;
constexpr std::size_t maxName = 256;
constexpr std::size_t maxVariables = 5000;
constexpr std::size_t maxText = 4096;
constexpr std::size_t maxAccounts = 100'000;
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

std::int64_t added(std::int64_t a, std::int64_t b) { return a > most - b ? most : a + b; }

/// No longer than it may be, and UTF-8.
std::string textOf(const Json &json, std::size_t longest)
{
    return json.is_string() ? qs(json.get<std::string>()).left(static_cast<qsizetype>(longest)).toStdString() : std::string();
}

std::optional<std::int64_t> numberOf(const Json &json) { return integerIn(json, 0, most); }
std::optional<bool> flagOf(const Json &json) { return json.is_boolean() ? std::optional(json.get<bool>()) : std::nullopt; }

} // namespace

std::int64_t SnapshotTable::bytes() const { return file ? *file : added(data.value_or(0), index.value_or(0)); }

SnapshotDay snapshotDayOf(TimePoint at)
{
    return static_cast<SnapshotDay>(std::chrono::floor<std::chrono::days>(at).time_since_epoch().count());
}

TimePoint beginOf(SnapshotDay day) { return TimePoint{std::chrono::days{day}}; }

std::optional<SnapshotDay> snapshotDayOf(std::string_view text)
{
    int parts[3] = {};
    if (text.size() != 10 || text[4] != '-' || text[7] != '-')
        return std::nullopt;
    const std::size_t begins[] = {0, 5, 8}, sizes[] = {4, 2, 2};
    for (int i = 0; i < 3; ++i) {
        const char *begin = text.data() + begins[i];
        const auto [end, error] = std::from_chars(begin, begin + sizes[i], parts[i]);
        if (error != std::errc() || end != begin + sizes[i])
            return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year{parts[0]}, std::chrono::month{static_cast<unsigned>(parts[1])}, std::chrono::day{static_cast<unsigned>(parts[2])}};
    return date.ok() ? std::optional(static_cast<SnapshotDay>(std::chrono::sys_days{date}.time_since_epoch().count())) : std::nullopt;
}

std::string dayText(SnapshotDay day)
{
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
    char text[24];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return text;
}

void SnapshotSum::add(const SnapshotTable &table)
{
    tables += !table.table.empty() && !table.schema.empty();
    bytes = added(bytes, table.bytes());
    data = added(data, table.data.value_or(0));
    index = added(index, table.index.value_or(0));
    rows = added(rows, table.rows.value_or(0));
}

SnapshotSum sumOf(const Snapshot &snapshot)
{
    SnapshotSum sum;
    for (const SnapshotTable &table : snapshot.tables)
        sum.add(table);
    return sum;
}

std::map<std::string, SnapshotSum> sumsBySchema(const Snapshot &snapshot)
{
    std::map<std::string, SnapshotSum> sums;
    for (const SnapshotTable &table : snapshot.tables)
        sums[table.schema].add(table);
    return sums;
}

std::vector<SnapshotLine> linesOf(const Snapshot &snapshot)
{
    const auto largest = [](std::vector<SnapshotLine> lines, std::size_t count) {
        std::ranges::sort(lines, [](const SnapshotLine &a, const SnapshotLine &b) {
            return std::tie(b.sum.bytes, a.schema, a.table) < std::tie(a.sum.bytes, b.schema, b.table);
        });
        lines.resize(std::min(lines.size(), count));
        return lines;
    };
    std::vector<SnapshotLine> schemas;
    for (const auto &[name, sum] : sumsBySchema(snapshot))
        schemas.push_back({name, "", sum});
    auto lines = largest(std::move(schemas), mostSchemaLines);
    // only what can be among the largest is looked at again
    std::vector<const SnapshotTable *> tables;
    for (const SnapshotTable &table : snapshot.tables) {
        if (!table.table.empty() && !table.schema.empty())
            tables.push_back(&table);
    }
    const auto middle = tables.begin() + static_cast<std::ptrdiff_t>(std::min(tables.size(), mostTableLines));
    std::partial_sort(tables.begin(), middle, tables.end(), [](const SnapshotTable *a, const SnapshotTable *b) {
        return std::pair(-a->bytes(), std::tie(a->schema, a->table)) < std::pair(-b->bytes(), std::tie(b->schema, b->table));
    });
    for (auto table = tables.begin(); table != middle; ++table) {
        SnapshotLine line{(*table)->schema, (*table)->table, {}};
        line.sum.add(**table);
        lines.push_back(std::move(line));
    }
    return lines;
}

SnapshotBuilder::SnapshotBuilder(const wire::SnapshotResult &result)
{
    m_snapshot.takenAt = result.takenAt;
}

bool SnapshotBuilder::add(const Json &item)
{
    if (!item.is_object())
        return false;
    if (const auto tables = item.find("tables"); tables != item.end())
        return addTables(*tables);
    const auto facts = item.find("facts");
    return facts != item.end() && addFacts(*facts);
}

bool SnapshotBuilder::addTables(const Json &rows)
{
    if (!rows.is_array() || m_snapshot.tables.size() + rows.size() > maxTables)
        return false;
    for (const Json &row : rows) {
        if (!row.is_array() || row.size() != 7)
            return false;
        SnapshotTable table{textOf(row[0], maxName), textOf(row[1], maxName), textOf(row[2], 64), numberOf(row[3]), numberOf(row[4]), numberOf(row[5]), numberOf(row[6])};
        m_snapshot.tables.push_back(std::move(table));
    }
    return true;
}

bool SnapshotBuilder::addFacts(const Json &facts)
{
    if (!facts.is_object() || m_hasFacts)
        return false;
    const auto part = [&](const char *name) -> const Json & {
        static const Json none;
        const auto found = facts.find(name);
        return found == facts.end() ? none : *found;
    };
    m_snapshot.version = textOf(part("version"), 100);
    m_snapshot.flavour = textOf(part("flavour"), 32);
    if (part("variables").is_object()) {
        for (const auto &[name, text] : part("variables").items()) {
            if (m_snapshot.variables.size() < maxVariables && name.size() <= maxName)
                m_snapshot.variables[name] = textOf(text, maxText);
        }
    }
    for (const Json &row : part("plugins")) {
        if (row.is_array() && row.size() == 3 && m_snapshot.plugins.size() < maxVariables)
            m_snapshot.plugins.push_back({textOf(row[0], maxName), textOf(row[1], 64), textOf(row[2], 64)});
    }
    if (part("accounts").is_array()) {
        m_snapshot.accounts.emplace();
        for (const Json &row : part("accounts")) {
            if (row.is_array() && row.size() == 6 && m_snapshot.accounts->size() < maxAccounts)
                m_snapshot.accounts->push_back({textOf(row[0], maxName), textOf(row[1], maxName), textOf(row[2], maxName), flagOf(row[3]), flagOf(row[4]), flagOf(row[5]).value_or(false)});
        }
    }
    for (const char *name : {"data", "log", "tmp", "binlog"}) {
        if (part("directories").is_object())
            m_snapshot.directories[name] = numberOf(part("directories").value(name, Json()));
    }
    for (const Json &what : part("missing")) {
        if (m_snapshot.missing.size() < 100)
            m_snapshot.missing.push_back(textOf(what, 64));
    }
    return m_hasFacts = true;
}

std::optional<Snapshot> SnapshotBuilder::take()
{
    if (!m_hasFacts)
        return std::nullopt;
    const auto key = [](const SnapshotTable &table) { return std::tie(table.schema, table.table); };
    std::ranges::stable_sort(m_snapshot.tables, [&](const SnapshotTable &a, const SnapshotTable &b) { return key(a) < key(b); });
    const auto twice = std::ranges::unique(m_snapshot.tables, [&](const SnapshotTable &a, const SnapshotTable &b) { return key(a) == key(b); });
    m_snapshot.tables.erase(twice.begin(), twice.end());
    return std::move(m_snapshot);
}

} // namespace zandb
