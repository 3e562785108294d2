// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/time.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zandb {

/// Figures over time at regular instants, as one row of the store holds them.  The packed form is specified in series.md.
/// A value; all functions are pure and thread-safe.
struct Series
{
    using Column = std::vector<std::optional<std::int64_t>>; ///< one entry a point; none: NULL

    TimePoint begin{};                 ///< the instant of point 0
    std::chrono::milliseconds step{};  ///< between two points; above 0
    std::size_t points = 0;            ///< of every column
    std::vector<Column> columns;

    TimePoint at(std::size_t point) const { return begin + step * static_cast<std::int64_t>(point); }
    bool operator==(const Series &) const = default;
};

namespace series {

inline constexpr int format = 1;
inline constexpr std::size_t maxPoints = 3600;
inline constexpr std::size_t maxColumns = 256;
inline constexpr std::size_t maxBlob = 65536;

/// The columns packed, for the row's `blob`.  None when it would break a limit of series.md, or when a column has another
/// number of values than `points`.  `level` is zstd's: low while an hour still grows, high when it is packed for good.
std::optional<std::string> pack(const Series &series, int level = 3);

/// Fills `columns` of a series whose begin, step and points are those of the row.  False, and the series has no columns, when the blob is
/// not one of this format.  The store is not trusted: any bytes may be given.
bool unpack(std::string_view blob, Series &series);

/// Sorts `added` into `kept`: the result begins at the earlier of the two and holds the points of both; where both have a
/// value, the one of `added` counts.  None when the steps differ, when the instants of the two do not lie on one grid, or when
/// the result would have more than maxPoints.
std::optional<Series> merge(const Series &kept, const Series &added);

} // namespace series
} // namespace zandb
