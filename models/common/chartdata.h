// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/time.h"

#include <QString>

#include <optional>
#include <vector>

class QTimeZone;

/// What a chart over time shows, and the axes it is drawn on.  Values and pure functions; thread-safe.
namespace zandb {

/// The values of one bucket of time: the least, the mean over the time, and the greatest.
struct Spread
{
    double low = 0;
    double mean = 0;
    double high = 0;
    bool operator==(const Spread &) const = default;
};
/// One entry a bucket; none: nothing is known of that time.
using Spreads = std::vector<std::optional<Spread>>;

/// What values of a chart are counted in.
enum class ChartUnit {
    Count,
    PerSecond,
    Share,          ///< 0 to 1, shown as per cent
    Bytes,
    BytesPerSecond,
    Seconds,
};

struct ChartLine
{
    QString key;    ///< stable, the head of its column when data are copied: "queries_per_s"
    QString name;   ///< in the legend; translated
    Spreads values;
};

/// Lines over one grid: bucket `i` of `n` covers the `i`-th of n equal parts of [from, until).  All lines have the same number of buckets.
struct ChartData
{
    TimePoint from{};
    TimePoint until{};
    std::vector<ChartLine> lines;

    std::size_t buckets() const { return lines.empty() ? 0 : lines.front().values.size(); }
    /// Where a bucket begins; buckets(): the end.
    TimePoint at(std::size_t bucket) const;
    bool isEmpty() const; ///< nothing is known of any line
};

/// The part of a grid that a range of time shows.  One column covers `width` whole buckets, and there are at most as many columns as asked for.
struct ChartColumns
{
    std::size_t first = 0; ///< bucket with which the first column begins
    std::size_t width = 1; ///< buckets a column
    std::size_t count = 0;
};
/// The columns for [from, until), which may be wider than the data.  Columns lie on a grid of the data's own, so that they hold the same buckets while
/// one moves along.
ChartColumns chartColumns(const ChartData &data, TimePoint from, TimePoint until, std::size_t most);
/// The values of each column: the least of the least, the mean of what is known, the greatest of the greatest.  A column is none only when all its
/// buckets are: a gap stays a gap, and a peak of one bucket is never lost.
Spreads columnValues(const Spreads &values, const ChartColumns &columns);

struct ValueTick
{
    double value = 0;
    QString text;
};
/// An axis of values: its ends, the unit all its numbers are in, and plain numbers (1, 2 or 5 times a power of ten) along it.
struct ValueAxis
{
    double bottom = 0;
    double top = 1;
    QString unit;   ///< "MiB/s"; empty for counts
    std::vector<ValueTick> ticks;
};
/// An axis for values from `low` to `high` with at most `mostTicks` (at least 2) ticks.  It begins at zero unless `fromZero` is false; a share never goes beyond 1.
ValueAxis valueAxis(double low, double high, ChartUnit unit, int mostTicks, bool fromZero = true);
/// A value with its unit as a person reads it: "1.42 MiB/s", "99.98 %", "350 ms".  Takes the current translation and locale.
QString chartValueText(double value, ChartUnit unit);

struct TimeTick
{
    TimePoint at{};
    QString text;           ///< "14:30", "14:30:05"; the date "11-30" where a day begins
    bool dayBegins = false;
};
/// Plain instants of the wall clock of `zone` in [from, until], at most `mostTicks` (at least 1).  An hour that the clock skips has no tick.
std::vector<TimeTick> timeTicks(TimePoint from, TimePoint until, const QTimeZone &zone, int mostTicks);

/// The means of the lines that `shown` says true to as tab-separated lines under a head of their keys; the first column is the beginning of each bucket in
/// UTC, what is not known is empty.  A missing entry of `shown` counts as true.
QString chartText(const ChartData &data, const std::vector<bool> &shown);

} // namespace zandb
