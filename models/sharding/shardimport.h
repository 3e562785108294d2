// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/sharding/shard.h"

#include <QString>

/// Sharding maps in files, CSV with a heading or a JSON array of objects.  Pure functions; the text is not trusted.
///
/// Columns: database, shard (its number), owner (HOST/INSTANCE), and where somebody knows them count (how many there should be), schema, dsn.  Cells of CSV are
/// parted by commas, semicolons or tabs, whichever the heading has.  Other columns are not read.
namespace zandb {

/// What is wrong with a line.  `code`: "encoding", "quote", "heading" (lacks database, shard or owner), "cells" (more or fewer than the heading), "json",
/// "object", "database", "shard", "owner", "count", "schema", "dsn", "password", "twice" (detail: the line of the first), "many".
struct ShardImportFault
{
    std::size_t line = 0;   ///< from 1
    std::string code;
    std::string detail;     ///< what stands there; never of a DSN
};

struct ShardImport
{
    std::vector<Shard> shards;                ///< without instance and id; in the file's order
    std::vector<ShardImportFault> faults;     ///< the first hundred; any: nothing is to be imported
    std::size_t faultCount = 0;
};

enum class ShardFormat { CsvFile, JsonFile };
ShardImport parseShards(std::string_view text, ShardFormat format);
/// JsonFile when it is a name or the text of such a file.
ShardFormat shardFormatOf(std::string_view file, std::string_view text);
/// "line 7: the shard's number is missing or no number: x"
QString shardFaultText(const ShardImportFault &fault);

/// What parseShards() reads back.
std::string writeShards(const std::vector<Shard> &shards, ShardFormat format);

} // namespace zandb
