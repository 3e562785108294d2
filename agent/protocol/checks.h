// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"

#include <string>
#include <vector>

/// Orders of kind `keycheck`: how full the integer keys of an instance are, and what else its tables should not be.
namespace zandb::wire {

struct KeyCheckArgs
{
    std::string instance;
    int leastPercent = 20;     ///< keys that have used less are counted and not listed
    bool full = false;         ///< looks at every key, not only at those whose turn it is
    int unusedAfterDays = 7;   ///< an index counts as never used when the server has been up this long
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(KeyCheckArgs, instance, leastPercent, full, unusedAfterDays)
};

/// An integer column that begins an index, or a sequence.
struct KeyUsage
{
    std::string schema;
    std::string table;
    std::string column;       ///< empty: a sequence
    std::string type;         ///< "int(10) unsigned"; "sequence"
    std::string kind;         ///< "auto_increment", "foreign_key", "key", "sequence"
    std::string references;   ///< of a foreign key: "shop.orders.id"
    std::string used;         ///< the largest value so far, as text: it may be beyond 2^53
    std::string limit;        ///< the largest value there can be
    std::int64_t ppm = 0;     ///< of the positive values, in millionths, rounded down
    std::optional<std::int64_t> rows;  ///< estimated by the server
    std::optional<std::int64_t> bytes; ///< of the table with its indexes: what an ALTER of the type writes anew
    TimePoint at{};           ///< when the value was read
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(KeyUsage, schema, table, column, type, kind, references, used, limit, ppm, rows, bytes, at)
};

/// Something that a DBA would mend.  `kind`: "no_primary_key", "other_engine" (detail.engine), "duplicate_index" (name; detail.by: the index that
/// does its work), "unused_index" (name), "mixed_charsets" (of a schema, or of a table's columns; detail.charsets), "no_password" (name: user@host).
struct CheckFinding
{
    std::string kind;
    std::string schema;
    std::string table;
    std::string name;
    Json detail = Json::object();
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(CheckFinding, kind, schema, table, name, detail)
};

/// A table whose keys could not be read.  `why`: "locked" (somebody holds its metadata lock; the check does not wait), "slow" (no index answered
/// within two seconds), "engine", "failed".
struct UncheckedTable
{
    std::string schema;
    std::string table;
    std::string why;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(UncheckedTable, schema, table, why)
};

/// The result of an order.  Lists are cut at some thousands; the counts are whole.
struct KeyCheckResult
{
    std::int64_t tables = 0;
    std::int64_t keys = 0;          ///< integer columns that begin an index, and sequences
    std::int64_t read = 0;          ///< of them read now; the others are known from an earlier day
    std::vector<KeyUsage> usages;   ///< the fullest first
    std::int64_t usageCount = 0;    ///< at or above leastPercent
    std::vector<CheckFinding> findings;
    std::int64_t findingCount = 0;
    std::vector<UncheckedTable> unchecked;
    std::int64_t uncheckedCount = 0;
    std::vector<std::string> notPermitted; ///< what the account may not see, or the server does not keep: "passwords", "unused_indexes"
    std::int64_t tookMs = 0;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(KeyCheckResult, tables, keys, read, usages, usageCount, findings, findingCount, unchecked, uncheckedCount, notPermitted,
                                                tookMs)
};

} // namespace zandb::wire
