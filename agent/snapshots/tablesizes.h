// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace zandb::agent {

/// What is known of one table, all partitions together.
struct TableSize
{
    std::string engine;
    std::optional<std::int64_t> file;  ///< bytes of its tablespaces or files
    std::optional<std::int64_t> data;  ///< bytes of rows, as statistics or files say
    std::optional<std::int64_t> index; ///< bytes of secondary indexes
    std::optional<std::int64_t> rows;  ///< an estimate
};
/// By schema and table as SQL has them.  Table "": the schema itself; schema "": tablespaces of no schema.
using TableSizes = std::map<std::pair<std::string, std::string>, TableSize, std::less<>>;

/// Adds a number to one that may not be known yet.
void addTo(std::optional<std::int64_t> &sum, std::int64_t number);
/// The schema and table that a tablespace ("shop/or@002dders#P#p0") belongs to.  What full-text indexes keep beside a table belongs to the schema.  Pure.
std::pair<std::string, std::string> tableOfTablespace(std::string_view name);
/// The table without "#P#..." of a partition, in either case.  Pure.
std::string_view withoutPartition(std::string_view table);
/// Adds a file of another engine by its name in a schema's directory: .MYD, .MYI, .MAD, .MAI, .CSV, .ARZ; .ibd only with `innodb`.  Others are none of a
/// table's.  True: it was one.
bool addTableFile(TableSizes &sizes, const std::string &schema, std::string_view file, std::int64_t bytes, bool innodb);

} // namespace zandb::agent
