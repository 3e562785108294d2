// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/batchsql.h"

#include <map>
#include <string>
#include <vector>

/// Whether the shards of one logical database have the same tables.  Pure functions; what agents say is not trusted.
namespace zandb {

/// The tables of one shard.
struct ShardTables
{
    std::string place;  ///< placeOf() of the shard
    std::int64_t number = 0;
    struct Column
    {
        std::string name;
        std::string type;
    };
    std::map<std::string, std::vector<Column>> tables;
    bool hasTypes = true; ///< false: only names are compared
};
/// Of one schema among those that an agent named.
ShardTables shardTablesOf(const wire::SqlNames &names, const std::string &schema);

/// Where some shards differ from most others.  `kind`: "table_missing", "table_extra", "column_missing", "column_extra", "column_type" (has, usual),
/// "column_order".
struct ShardDifference
{
    std::string kind;
    std::string table;
    std::string column;
    std::string has;
    std::string usual;
    std::vector<std::string> where; ///< places, at most ten
    std::vector<std::int64_t> numbers; ///< of all of them, ascending
};
inline constexpr std::size_t mostShardDifferences = 10'000;
/// What most shards have is the usual; of several as frequent ones that of the least number.  By table and column.
std::vector<ShardDifference> compareShards(std::vector<ShardTables> shards);
/// "1-4, 7"
std::string numbersText(const std::vector<std::int64_t> &numbers);

} // namespace zandb
