// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/consistency.h"

#include <string>
#include <vector>

/// Comparisons of a replica with its primary, and what they found.  Values.
namespace zandb {

/// A row that was not the same on each of several readings between which the primary's row did not change.
struct RowDifference
{
    std::vector<std::string> keyColumns;
    wire::ConsistencyKey key;
    std::string kind;                 ///< "missing" and "extra": on the replica; "differs"
    std::vector<std::string> columns; ///< of one that differs: those whose values do
};

/// What is known of one table.
struct TableVerdict
{
    std::string schema;
    std::string table;
    std::string state = "equal";     ///< "equal", "differs", "unsettled" (some rows changed at each reading), "unchecked"
    /// Of an unchecked one: "no_key", "key_type", "engine", "definition" (the two are not defined alike), "locked", "slow", "failed".  Of one that differs
    /// and was not read: "missing" and "extra", on the replica.
    std::string why;
    std::string detail;              ///< a server's words
    std::int64_t rows = 0;           ///< of the primary, that were compared
    std::int64_t bytes = 0;
    std::int64_t differences = 0;    ///< rows; with more, those that were located
    bool more = false;               ///< rows differ beyond those that were located
    std::int64_t moved = 0;          ///< rows that had to be read again
    std::int64_t unsettled = 0;
    std::int64_t tookMs = 0;
};

struct CheckProgress
{
    std::int64_t tables = 0;
    std::int64_t tablesDone = 0;
    std::int64_t rows = 0;           ///< as the primary estimates
    std::int64_t rowsDone = 0;
    std::int64_t differences = 0;
    std::string table;               ///< that is read now: "shop.orders"
    std::string pause;               ///< "", "lag", "load"
    std::int64_t pausedMs = 0;
    std::optional<std::int64_t> secondsLeft;
};

/// Sums of a comparison.
struct CheckSums
{
    std::int64_t tables = 0;
    std::int64_t equal = 0;
    std::int64_t differing = 0;
    std::int64_t unsettled = 0;
    std::int64_t unchecked = 0;
    std::int64_t rows = 0;
    std::int64_t bytes = 0;
    std::int64_t differences = 0;
    std::int64_t pausedMs = 0;
    bool isCut = false;              ///< there were more tables than one answer holds

    void add(const TableVerdict &table);
    /// "differs", "incomplete" (equal as far as it was looked at), "equal".
    std::string state() const;
};

struct ConsistencyCheck
{
    Uuid id;
    Uuid primary;
    Uuid replica;
    std::string author;
    TimePoint startedAt{};
    TimePoint seenAt{};               ///< when whoever compares last wrote
    std::optional<TimePoint> endedAt;
    std::string state = "running";    ///< besides those of CheckSums: "running", "failed", "cancelled"
    bool cancelWished = false;
    CheckSums sums;
    CheckProgress progress;
    std::optional<Error> error;

    /// "interrupted" for one that runs and of which nothing was heard for two minutes.
    std::string stateAt(TimePoint now) const;
};

Json progressJson(const CheckProgress &progress);
CheckProgress progressOf(const Json &json);
Json sumsJson(const CheckSums &sums);
CheckSums sumsOf(const Json &json);
/// Without schema, table, state and why.
Json verdictDetail(const TableVerdict &table);
void readVerdictDetail(const Json &json, TableVerdict &table);

/// One statement that makes the replica's row what the primary's is, for a person to run on the replica; `rows` is the primary's answer with the values of the
/// row at `place`.  Empty: the values are too long to print.
std::string repairStatement(const std::string &schema, const std::string &table, const wire::ConsistencyRows &rows, std::size_t place);

} // namespace zandb
