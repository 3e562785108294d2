// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/snapshots/snapshot.h"

/// Sizes over days.  Values and pure functions; thread-safe.
namespace zandb {

/// A day's snapshot without its tables.
struct SnapshotDayRow
{
    SnapshotDay day = 0;
    TimePoint takenAt{};
    std::string flavour;
    std::string version;
    std::int64_t schemas = 0;
    SnapshotSum sum;
    std::map<std::string, std::optional<std::int64_t>> directories;
    std::vector<std::string> missing;
    std::optional<std::int64_t> slow;   ///< slow statements of that day (UTC); none: not asked for
    std::optional<std::int64_t> killed;
};

/// A schema or table over the days of a SnapshotGrowth.
struct GrowthLine
{
    std::string schema;
    std::string table; ///< empty: the whole schema
    std::vector<std::optional<SnapshotSum>> points; ///< one a day; none: no snapshot, or not among the largest then

    /// Newest known.
    const SnapshotSum *last() const;
    /// Bytes a day between the oldest and the newest known; none with fewer than two days.
    std::optional<double> bytesPerDay(const std::vector<SnapshotDay> &days) const;
};
struct SnapshotGrowth
{
    std::vector<SnapshotDay> days;     ///< with a snapshot, ascending
    std::vector<GrowthLine> schemas;   ///< largest now first
    std::vector<GrowthLine> tables;
};
/// From lines by day, in any order.
SnapshotGrowth growthOf(const std::vector<std::pair<SnapshotDay, SnapshotLine>> &lines);

} // namespace zandb
