// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/slowlog.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Figures of slow statements that can be added up: of minutes, hours, instances.  Values and pure functions; thread-safe.
namespace zandb {

/// Sums that would leave the range stay at its end: what an agent says is not trusted.
std::int64_t addedUp(std::int64_t a, std::int64_t b);

/// What a chart shows of slow statements.
struct SlowTotals
{
    std::int64_t events = 0;
    std::int64_t timeUs = 0;   ///< query time, microseconds
    std::int64_t examined = 0; ///< rows

    void add(const SlowTotals &other);
    bool operator==(const SlowTotals &) const = default;
};

/// One column of numbers, of those events that have it.
struct SlowSum
{
    std::int64_t count = 0; ///< 0: no event has it
    std::int64_t sum = 0;
    std::int64_t least = 0; ///< of query times only; else 0
    std::int64_t most = 0;

    void add(const SlowSum &other);
    std::optional<double> mean() const;
    bool operator==(const SlowSum &) const = default;
};

/// A histogram of query times: (bucket, count) by bucket; agent/protocol/slowlog.h says what a bucket holds.
using SlowTimes = std::vector<std::pair<std::int16_t, std::int64_t>>;
/// Adds `other` to `times`, bucket by bucket.
void addTimes(SlowTimes &times, const SlowTimes &other);
/// Any pairs as an agent may send them: by bucket, each once, within what a time can be, counts above 0.
SlowTimes timesOf(const std::vector<std::pair<std::int64_t, std::int64_t>> &pairs);

/// What a digest did in some stretch of time.
struct SlowFigures
{
    std::int64_t events = 0; ///< all of them; time.count is less where a log lacks the time
    SlowSum time;            ///< microseconds
    SlowSum lock;            ///< microseconds
    SlowSum sent;            ///< rows
    SlowSum examined;        ///< rows
    SlowSum bytes;           ///< sent to clients
    SlowTimes times;

    void add(const SlowFigures &other);
    SlowTotals totals() const { return {events, time.sum, examined.sum}; }
    bool operator==(const SlowFigures &) const = default;
};

/// The query time in microseconds below which `share` (0 to 1) of the events are, by their rank (nearest rank); within 2.5 % of the true
/// one, and never outside of what was measured.  None when no event has a time.
std::optional<double> slowQuantileUs(const SlowFigures &figures, double share);
/// Rows examined for each row sent; none when nothing was examined or the log does not say.  Statements that send nothing count as one row.
std::optional<double> examinedPerSent(const SlowFigures &figures);
/// How much more `now` is than `before`: 0.18 is 18 % more.  None when there was nothing before.
std::optional<double> changeOf(double now, double before);

/// From a column as the agent sends it; `scale` turns its unit into ours.  Least and most only `withEnds`.
SlowSum slowSumOf(const wire::SlowSums &sums, double scale, bool withEnds = false);
/// From a number as the agent sends it: whole, at least 0.
std::int64_t slowNumberOf(double number);

} // namespace zandb
