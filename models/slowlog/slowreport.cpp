// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/slowlog/slowreport.h"

#include <algorithm>
#include <array>

namespace zandb {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 3> metrics{"time", "count", "rows"};
constexpr std::array<std::string_view, 5> bys{"digest", "user", "schema", "instance", "group"};
constexpr std::array<std::string_view, 3> slots{"slowest", "most_rows", "most_recent"};

template<class T, std::size_t n>
std::optional<T> wordOf(const std::array<std::string_view, n> &words, std::string_view word)
{
    const auto found = std::ranges::find(words, word);
    return found == words.end() ? std::nullopt : std::optional(static_cast<T>(found - words.begin()));
}

} // namespace

std::string_view toString(SlowMetric metric) { return metrics[static_cast<std::size_t>(metric)]; }
std::string_view toString(SlowBy by) { return bys[static_cast<std::size_t>(by)]; }
std::optional<SlowMetric> slowMetricOf(std::string_view word) { return wordOf<SlowMetric>(metrics, word); }
std::optional<SlowBy> slowByOf(std::string_view word) { return wordOf<SlowBy>(bys, word); }
std::string_view slotWord(int slot) { return slots[static_cast<std::size_t>(std::clamp(slot, 0, 2))]; }

std::int64_t valueOf(const SlowTotals &totals, SlowMetric metric)
{
    return metric == SlowMetric::Time ? totals.timeUs : metric == SlowMetric::Count ? totals.events : totals.examined;
}

std::optional<std::size_t> SlowAxis::bucketOf(TimePoint instant) const
{
    if (instant < begin || instant >= end())
        return std::nullopt;
    return static_cast<std::size_t>((instant - begin) / step);
}

SlowAxis slowAxis(TimePoint from, TimePoint to, TimePoint minutesSince, std::size_t most)
{
    static constexpr std::array<std::chrono::minutes, 16> steps{1min, 2min, 5min, 10min, 15min, 30min, 60min, 120min, 180min, 360min, 720min,
                                                                1440min, 2 * 1440min, 7 * 1440min, 30 * 1440min, 365 * 1440min};
    to = std::max(to, from + 1min);
    SlowAxis axis;
    for (const auto step : steps) {
        axis.step = step;
        axis.begin = TimePoint{from.time_since_epoch() - from.time_since_epoch() % axis.step};
        const Microseconds length = to - axis.begin;
        axis.buckets = static_cast<std::size_t>((length + axis.step - Microseconds{1}) / axis.step);
        if (axis.buckets <= most && (step >= 60min || from >= minutesSince))
            break;
    }
    axis.buckets = std::min(axis.buckets, most);
    return axis;
}

std::vector<SlowLine> topLines(const SlowOverTime &overTime, SlowMetric metric, std::size_t count)
{
    std::vector<const SlowLine *> sorted;
    SlowLine rest{"*", {}, {}, std::vector<SlowTotals>(overTime.axis.buckets)};
    const auto join = [&](const SlowLine &line) {
        rest.sum.add(line.sum);
        for (std::size_t i = 0; i < std::min(line.points.size(), rest.points.size()); ++i)
            rest.points[i].add(line.points[i]);
    };
    for (const SlowLine &line : overTime.lines) {
        // the folded tail of digests is no digest
        if (line.key == "*" || (overTime.by == SlowBy::Digest && line.key == checksumText(slowOther)))
            join(line);
        else if (line.sum.events > 0)
            sorted.push_back(&line);
    }
    std::ranges::sort(sorted, [&](const SlowLine *a, const SlowLine *b) {
        const auto left = valueOf(a->sum, metric), right = valueOf(b->sum, metric);
        return left != right ? left > right : a->key < b->key;
    });
    std::vector<SlowLine> result;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        if (i < count)
            result.push_back(*sorted[i]);
        else
            join(*sorted[i]);
    }
    if (rest.sum.events > 0)
        result.push_back(std::move(rest));
    return result;
}

std::map<std::string, SlowTotals> totalsByDigest(const SlowTop &top)
{
    std::map<std::string, SlowTotals> totals;
    for (const SlowDigestRow &row : top.digests)
        totals.emplace(checksumText(row.checksum), row.figures.totals());
    return totals;
}

bool isNew(const SlowDigestRow &row, TimePoint from)
{
    return row.checksum != slowOther && row.firstSeen >= from && row.firstSeen != TimePoint{};
}

} // namespace zandb
