// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/sharding/shardschemas.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace zandb {
namespace {

constexpr std::size_t mostPlaces = 10;

/// MySQL 8 leaves out the display width of integers, which says nothing of what they hold.
std::string comparableType(std::string type)
{
    for (const char *integer : {"tinyint(", "smallint(", "mediumint(", "int(", "bigint("}) {
        const std::string_view begin(integer);
        const auto end = type.find(')');
        if (type.starts_with(begin) && end != std::string::npos) {
            type.erase(begin.size() - 1, end - begin.size() + 2);
            break;
        }
    }
    return type;
}

using Columns = std::vector<ShardTables::Column>;
std::string textOf(const Columns &columns, bool withTypes)
{
    std::string text;
    for (const auto &column : columns)
        text += column.name + '\0' + (withTypes ? column.type : std::string()) + '\1';
    return text;
}

} // namespace

ShardTables shardTablesOf(const wire::SqlNames &names, const std::string &schema)
{
    ShardTables shard;
    for (const wire::SqlNamedTable &table : names.tables) {
        if (table.schema != schema)
            continue;
        auto &columns = shard.tables[table.table];
        shard.hasTypes = shard.hasTypes && table.types.size() == table.columns.size();
        for (std::size_t i = 0; i < table.columns.size(); ++i)
            columns.push_back({table.columns[i], i < table.types.size() ? comparableType(table.types[i]) : std::string()});
    }
    return shard;
}

std::vector<ShardDifference> compareShards(std::vector<ShardTables> shards)
{
    std::ranges::sort(shards, {}, [](const ShardTables &shard) { return std::tie(shard.number, shard.place); });
    const bool withTypes = std::ranges::all_of(shards, &ShardTables::hasTypes);
    std::map<std::tuple<std::string, std::string, std::string, std::string, std::string>, ShardDifference> found; // by table, column, kind
    const auto differs = [&](const ShardTables &shard, const char *kind, const std::string &table, const std::string &column = {}, const std::string &has = {}, const std::string &usual = {}) {
        const std::tuple key(table, column, std::string(kind), has, usual);
        if (found.size() >= mostShardDifferences && !found.contains(key))
            return;
        ShardDifference &one = found[key];
        one.kind = kind;
        one.table = table;
        one.column = column;
        one.has = has;
        one.usual = usual;
        if (one.where.size() < mostPlaces)
            one.where.push_back(shard.place);
        one.numbers.push_back(shard.number);
    };
    std::set<std::string> tables;
    for (const ShardTables &shard : shards) {
        for (const auto &[table, columns] : shard.tables)
            tables.insert(table);
    }
    for (const std::string &table : tables) {
        struct Form
        {
            std::size_t count = 0;
            const Columns *columns = nullptr;
        };
        std::map<std::string, Form> forms;
        std::vector<std::string> order; // as they were first seen
        std::size_t having = 0;
        for (const ShardTables &shard : shards) {
            const auto it = shard.tables.find(table);
            if (it == shard.tables.end())
                continue;
            ++having;
            std::string text = textOf(it->second, withTypes);
            Form &form = forms[text];
            if (form.count++ == 0) {
                form.columns = &it->second;
                order.push_back(std::move(text));
            }
        }
        const bool isUsual = 2 * having > shards.size() || (2 * having == shards.size() && shards.front().tables.contains(table));
        const Form *usual = nullptr;
        for (const std::string &text : order) {
            if (!usual || forms[text].count > usual->count)
                usual = &forms[text];
        }
        for (const ShardTables &shard : shards) {
            const auto it = shard.tables.find(table);
            if (it == shard.tables.end()) {
                if (isUsual)
                    differs(shard, "table_missing", table);
                continue;
            }
            if (!isUsual) {
                differs(shard, "table_extra", table);
                continue;
            }
            const Columns &have = it->second, &wanted = *usual->columns;
            if (textOf(have, withTypes) == textOf(wanted, withTypes))
                continue;
            std::map<std::string, std::string> mine, theirs;
            for (const auto &column : have)
                mine[column.name] = column.type;
            for (const auto &column : wanted)
                theirs[column.name] = column.type;
            bool other = false;
            for (const auto &[name, type] : theirs) {
                const auto same = mine.find(name);
                if (same == mine.end())
                    differs(shard, "column_missing", table, name, {}, type);
                else if (withTypes && same->second != type)
                    differs(shard, "column_type", table, name, same->second, type);
                other = other || same == mine.end() || (withTypes && same->second != type);
            }
            for (const auto &[name, type] : mine) {
                if (!theirs.contains(name)) {
                    differs(shard, "column_extra", table, name, type);
                    other = true;
                }
            }
            if (!other)
                differs(shard, "column_order", table);
        }
    }
    std::vector<ShardDifference> differences;
    for (auto &[key, one] : found)
        differences.push_back(std::move(one));
    return differences;
}

std::string numbersText(const std::vector<std::int64_t> &numbers)
{
    std::string text;
    for (std::size_t i = 0; i < numbers.size();) {
        std::size_t end = i;
        while (end + 1 < numbers.size() && numbers[end + 1] <= numbers[end] + 1)
            ++end;
        text += (text.empty() ? "" : ", ") + std::to_string(numbers[i]);
        if (numbers[end] != numbers[i])
            text += '-' + std::to_string(numbers[end]);
        i = end + 1;
    }
    return text;
}

} // namespace zandb
