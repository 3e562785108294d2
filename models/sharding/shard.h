// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/time.h"
#include "agent/protocol/uuid.h"

#include <QRegularExpression>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// The sharding map: which instance owns which part of a logical database.  Values and pure functions; thread-safe.
namespace zandb {

inline constexpr std::int64_t mostShardNumber = 9'000'000'000'000'000; ///< JSON has it exactly
inline constexpr std::size_t mostShards = 1'000'000;                    ///< of one import

/// A part of a logical database: a schema of an instance.
struct Shard
{
    Uuid id;                       ///< shardId()
    std::string database;          ///< the logical one
    std::int64_t number = 0;
    std::int64_t count = 0;        ///< how many there should be; 0: nobody said
    std::optional<Uuid> instance;  ///< none: its owner was not of the fleet when it was imported
    std::string owner;             ///< "db1/my3306", as it was called when the shard was written down
    std::string schema;            ///< empty: the import did not say
    std::string dsn;               ///< never with a password
    std::optional<Uuid> rule;      ///< that found it; none: it was imported
    TimePoint changedAt{};
};
/// The same for the same number, schema and owner, whoever writes it down.
Uuid shardId(const Shard &shard);
/// They say the same; when they were written down does not matter.
bool sameShard(const Shard &a, const Shard &b);

/// Schemas whose names fit are shards of a logical database.
struct ShardRule
{
    Uuid id;
    std::string database;
    std::string pattern;        ///< of the whole name, with one group where the number stands: order_(\d+)
    std::optional<Uuid> group;  ///< only instances below it; none: all
    std::int64_t count = 0;     ///< how many there should be; 0: nobody says
    std::string dsn;            ///< with {host}, {port}, {instance}, {schema} and {number}; empty: the usual one
    std::string person;
    TimePoint changedAt{};
};
inline constexpr std::string_view usualDsn = "mysql://{host}:{port}/{schema}";
/// Why it is no valid rule: "database", "pattern", "count", "dsn"; empty: it is one.
std::string_view problemOf(const ShardRule &rule);
/// Whether a DSN seems to hold a password, in any of the usual forms.
bool holdsPassword(std::string_view dsn);
std::string filledDsn(const std::string &form, const std::string &host, int port, const std::string &instance, const std::string &schema, std::int64_t number);

/// The pattern of a rule, made once and asked for many names.
class ShardPattern
{
public:
    explicit ShardPattern(const std::string &pattern);
    bool isValid() const { return m_valid; }
    /// 17 of "order_0017"; nothing when the name does not fit, or no number stands there.
    std::optional<std::int64_t> numberOf(const std::string &schema) const;

private:
    QRegularExpression m_expression;
    bool m_valid;
};

/// What a person typed to find a shard: "order 17", "order_0017", "17".
struct ShardQuery
{
    std::vector<std::string> words;      ///< lower-case, all of them, at most 8
    std::optional<std::int64_t> number;  ///< a word that is a number or ends with one
    std::vector<std::string> names;      ///< the words without that number
};
ShardQuery parseShardQuery(std::string_view text);
/// What is searched: database and schema in small letters.
std::string shardSearchText(const Shard &shard);

/// "added", "changed" (another owner, schema, DSN or count of the same number), "removed".
struct ShardChange
{
    std::optional<Shard> before;
    std::optional<Shard> after;
    const char *kind() const { return !before ? "added" : !after ? "removed" : "changed"; }
    const Shard &shard() const { return after ? *after : *before; }
};
struct ShardCounts
{
    std::int64_t added = 0;
    std::int64_t changed = 0;
    std::int64_t removed = 0;
    std::int64_t same = 0;
};
/// From `have` to `wanted`, by database and number.  Ids are those of shardId(); of several wanted ones with the same id the first counts.
std::vector<ShardChange> shardChanges(std::vector<Shard> have, std::vector<Shard> wanted);
ShardCounts countsOf(const std::vector<ShardChange> &changes);

/// What is wrong with a map.  `kind`: "missing" (no owner), "duplicate" (twice on one instance), "two_owners", "beyond_count", "two_counts" (several
/// numbers of shards are said), "unknown_owner" (not of the fleet), "schema_gone" (its owner has no such schema), "stale" (rules would change it).
struct ShardFinding
{
    std::string kind;
    std::string database;
    std::int64_t number = 0;        ///< -1: of the database
    std::int64_t last = 0;          ///< of missing ones in a row, else as `number`
    std::vector<std::string> where; ///< owner and schema of those it is about, at most ten
    ShardCounts counts;             ///< of "stale"
};
inline constexpr std::size_t mostShardFindings = 10'000;
struct ShardAudit
{
    std::vector<Shard> shards;
    std::set<Uuid> instances;                          ///< of the fleet
    std::map<Uuid, std::set<std::string>> schemas;     ///< as collected; of instances that nobody looked at, nothing
    std::vector<ShardChange> stale;                    ///< what rules would change now
};
/// By database and number.  Of a database that nobody gave a count to, the largest number counts; numbers begin with 0, 1, or where all are beyond the
/// count, with the least.
std::vector<ShardFinding> auditShards(ShardAudit audit);
/// "db1/my3306 order_17"
std::string placeOf(const Shard &shard);

} // namespace zandb
