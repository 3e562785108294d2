// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/slowlog/slowfigures.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace zandb {
namespace {

/// A millisecond of a microsecond to some ten thousand years: whatever lies outside is no time of a statement.
constexpr std::int64_t leastBucket = -600;
constexpr std::int64_t mostBucket = 600;

} // namespace

std::int64_t addedUp(std::int64_t a, std::int64_t b)
{
    std::int64_t sum = 0;
    if (!__builtin_add_overflow(a, b, &sum))
        return sum;
    return b > 0 ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int64_t>::min();
}

void SlowTotals::add(const SlowTotals &other)
{
    events = addedUp(events, other.events);
    timeUs = addedUp(timeUs, other.timeUs);
    examined = addedUp(examined, other.examined);
}

void SlowSum::add(const SlowSum &other)
{
    if (other.count == 0)
        return;
    least = count == 0 ? other.least : std::min(least, other.least);
    most = count == 0 ? other.most : std::max(most, other.most);
    count = addedUp(count, other.count);
    sum = addedUp(sum, other.sum);
}

std::optional<double> SlowSum::mean() const
{
    return count > 0 ? std::optional(static_cast<double>(sum) / static_cast<double>(count)) : std::nullopt;
}

void addTimes(SlowTimes &times, const SlowTimes &other)
{
    if (other.empty())
        return;
    SlowTimes both;
    both.reserve(times.size() + other.size());
    auto a = times.begin();
    auto b = other.begin();
    while (a != times.end() || b != other.end()) {
        if (b == other.end() || (a != times.end() && a->first < b->first)) {
            both.push_back(*a++);
        } else if (a == times.end() || b->first < a->first) {
            both.push_back(*b++);
        } else {
            both.emplace_back(a->first, addedUp(a->second, b->second));
            ++a;
            ++b;
        }
    }
    times = std::move(both);
}

SlowTimes timesOf(const std::vector<std::pair<std::int64_t, std::int64_t>> &pairs)
{
    std::map<std::int16_t, std::int64_t> sorted;
    for (const auto &[bucket, count] : pairs) {
        if (count <= 0)
            continue;
        const std::int64_t kept = bucket == wire::slowBucketZero ? bucket : std::clamp(bucket, leastBucket, mostBucket);
        auto &sum = sorted[static_cast<std::int16_t>(kept)];
        sum = addedUp(sum, count);
    }
    return {sorted.begin(), sorted.end()};
}

void SlowFigures::add(const SlowFigures &other)
{
    events = addedUp(events, other.events);
    time.add(other.time);
    lock.add(other.lock);
    sent.add(other.sent);
    examined.add(other.examined);
    bytes.add(other.bytes);
    addTimes(times, other.times);
}

std::optional<double> slowQuantileUs(const SlowFigures &figures, double share)
{
    std::int64_t all = 0;
    for (const auto &[bucket, count] : figures.times)
        all = addedUp(all, count);
    if (all <= 0)
        return std::nullopt;
    const auto rank = std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(share * static_cast<double>(all))));
    std::int64_t passed = 0;
    for (const auto &[bucket, count] : figures.times) {
        passed = addedUp(passed, count);
        if (passed < rank)
            continue;
        // the geometric middle of the bucket: at most half a bucket off
        const double us = bucket == wire::slowBucketZero ? 0 : std::pow(wire::slowBucketBase, bucket - 0.5) * 1e6;
        const auto &time = figures.time;
        return time.count == 0 ? us : std::clamp(us, static_cast<double>(time.least), static_cast<double>(std::max(time.least, time.most)));
    }
    return std::nullopt;
}

std::optional<double> examinedPerSent(const SlowFigures &figures)
{
    if (figures.examined.count == 0 || figures.examined.sum <= 0)
        return std::nullopt;
    return static_cast<double>(figures.examined.sum) / static_cast<double>(std::max<std::int64_t>(1, figures.sent.sum));
}

std::optional<double> changeOf(double now, double before)
{
    return before > 0 ? std::optional(now / before - 1) : std::nullopt;
}

std::int64_t slowNumberOf(double number)
{
    constexpr double most = 9e18;
    return std::isnan(number) || number <= 0 ? 0 : static_cast<std::int64_t>(std::llround(std::min(number, most)));
}

SlowSum slowSumOf(const wire::SlowSums &sums, double scale, bool withEnds)
{
    SlowSum sum;
    if (sums.count <= 0)
        return sum;
    sum.count = sums.count;
    sum.sum = slowNumberOf(sums.sum * scale);
    if (!withEnds)
        return sum;
    sum.least = slowNumberOf(sums.min * scale);
    sum.most = std::max(sum.least, slowNumberOf(sums.max * scale));
    return sum;
}

} // namespace zandb
