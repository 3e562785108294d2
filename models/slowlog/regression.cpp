// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/slowlog/regression.h"

#include "models/common/packing.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace zandb::regression {
namespace {

using packing::putVarint;
using packing::Reader;
using packing::unzigzag;
using packing::zigzag;

constexpr double widths = 6 * 1.4826;
constexpr double leastExtraUs = 200'000;  ///< a minute
constexpr double leastSlowerUs = 5'000;
constexpr double muchSlowerUs = 1'000'000;
constexpr std::int64_t callsWanted = 10;
constexpr std::int64_t leastCalls = 5;
constexpr double leastMoreCalls = 50;
constexpr std::int64_t minuteUs = 60'000'000;
constexpr std::size_t maxBuckets = 400;
constexpr std::size_t maxRecent = 64;
constexpr std::size_t maxTimes = 2048;

double medianOf(std::vector<double> values)
{
    if (values.empty())
        return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    if (values.size() % 2 == 1)
        return *middle;
    return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

/// Median and 6 sigma.
std::pair<double, double> bandOf(const std::vector<double> &values)
{
    const double median = medianOf(values);
    std::vector<double> away;
    for (const double value : values)
        away.push_back(std::abs(value - median));
    return {median, widths * medianOf(std::move(away))};
}

double quantileOf(std::vector<double> values, double share)
{
    std::ranges::sort(values);
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
    return values.empty() ? 0 : values[std::clamp<std::size_t>(rank, 1, values.size()) - 1];
}

SlowFigures figuresOf(const Minute *begin, const Minute *end)
{
    SlowFigures figures;
    for (const Minute *minute = begin; minute != end; ++minute) {
        figures.events = addedUp(figures.events, minute->calls);
        figures.time.sum = addedUp(figures.time.sum, minute->timeUs);
        addTimes(figures.times, minute->times);
    }
    return figures;
}

double p95Of(const SlowFigures &figures)
{
    return slowQuantileUs(figures, 0.95).value_or(0);
}

/// Calls whose time is certainly above a limit: by the lower end of their bucket of times.
std::int64_t callsAbove(const SlowTimes &times, double limitUs)
{
    std::int64_t calls = 0;
    for (const auto &[bucket, count] : times)
        calls += bucket != wire::slowBucketZero && std::pow(wire::slowBucketBase, bucket - 1) * 1e6 >= limitUs ? count : 0;
    return calls;
}

TimePoint bucketOf(TimePoint at)
{
    return TimePoint{at.time_since_epoch() / bucketLength * bucketLength};
}

/// The shortest stretch of newest minutes that has enough calls.
std::optional<SlowFigures> judged(const Usual &usual, TimePoint now, std::int64_t &minutes)
{
    const Minute *end = usual.recent.data() + usual.recent.size();
    while (end != usual.recent.data() && (end - 1)->at > now)
        --end;
    std::int64_t calls = 0;
    const Minute *begin = end;
    while (begin != usual.recent.data() && now - (begin - 1)->at < judgedAtMost && calls < callsWanted) {
        --begin;
        calls += begin->calls;
    }
    if (calls < leastCalls)
        return std::nullopt;
    minutes = (now - begin->at) / Microseconds{minuteUs} + 1;
    return figuresOf(begin, end);
}

} // namespace

void learn(Usual &usual, TimePoint minute, const SlowFigures &figures, bool frozen)
{
    if (usual.since == TimePoint{})
        usual.since = minute;
    const TimePoint newest = usual.recent.empty() ? minute : std::max(minute, usual.recent.back().at);
    const TimePoint open = bucketOf(newest - judgedAtMost);
    if (minute >= open && minute >= usual.since && figures.events > 0) {
        auto place = std::ranges::lower_bound(usual.recent, minute, {}, &Minute::at);
        if (place == usual.recent.end() || place->at != minute)
            place = usual.recent.insert(place, Minute{minute, 0, 0, {}});
        place->calls = addedUp(place->calls, figures.events);
        place->timeUs = addedUp(place->timeUs, figures.time.sum);
        addTimes(place->times, figures.times);
    }
    auto first = usual.recent.begin();
    while (first != usual.recent.end() && first->at < open) {
        const TimePoint begin = bucketOf(first->at);
        const auto last = std::ranges::find_if(first, usual.recent.end(), [&](const Minute &one) { return bucketOf(one.at) != begin; });
        const SlowFigures sum = figuresOf(&*first, &*first + (last - first));
        if (!frozen)
            usual.buckets.push_back({begin, sum.events, sum.time.sum, static_cast<std::int64_t>(p95Of(sum))});
        first = last;
    }
    usual.recent.erase(usual.recent.begin(), first);
    std::erase_if(usual.buckets, [&](const Bucket &bucket) { return bucket.begin < newest - trailing; });
}

void restart(Usual &usual, TimePoint at)
{
    usual.since = std::chrono::floor<std::chrono::minutes>(at);
    usual.buckets.clear();
    std::erase_if(usual.recent, [&](const Minute &minute) { return minute.at < usual.since; });
}

std::optional<Judgement> judgeTime(const Usual &usual, TimePoint now, double common)
{
    std::vector<double> p95s, means;
    std::int64_t known = 0;
    for (const Bucket &bucket : usual.buckets) {
        if (bucket.calls < 3)
            continue;
        known = addedUp(known, bucket.calls);
        p95s.push_back(static_cast<double>(bucket.p95Us));
        means.push_back(static_cast<double>(bucket.timeUs) / static_cast<double>(bucket.calls));
    }
    std::int64_t minutes = 0;
    const auto figures = judged(usual, now, minutes);
    if (!figures || p95s.size() < 2 || known < 30)
        return std::nullopt;
    const auto [median, width] = bandOf(p95s);
    Judgement judgement;
    judgement.median = median;
    judgement.buckets = p95s.size();
    judgement.limit = std::max({median + width, median * (p95s.size() < 12 ? 3 : 2), median + leastSlowerUs});
    if (p95s.size() >= 50)
        judgement.limit = std::max(judgement.limit, 1.2 * quantileOf(p95s, 0.98));
    judgement.now = p95Of(*figures);
    judgement.calls = figures->events;
    judgement.extraUs = (static_cast<double>(figures->time.sum) - static_cast<double>(figures->events) * medianOf(means)) / static_cast<double>(minutes);
    const double limit = judgement.limit * std::max(1.0, common);
    const std::int64_t above = callsAbove(figures->times, limit);
    judgement.isOut = judgement.now > limit && above >= leastCalls && above * 5 >= figures->events
        && (judgement.extraUs >= leastExtraUs || judgement.now - median >= muchSlowerUs);
    judgement.isCalm = judgement.now <= (median + judgement.limit) / 2 * std::max(1.0, common);
    return judgement;
}

std::optional<Judgement> judgeCalls(const Usual &usual, TimePoint now)
{
    const TimePoint learnt = std::max(bucketOf(usual.since) + bucketLength, bucketOf(now - trailing));
    const TimePoint end = bucketOf(now - judgedAtMost);
    if (usual.since == TimePoint{} || end <= learnt)
        return std::nullopt;
    const auto places = static_cast<std::size_t>((end - learnt) / bucketLength);
    if (places < 6 || places > maxBuckets)
        return std::nullopt;
    std::vector<double> calls(places, 0.0);
    std::int64_t known = 0, time = 0;
    for (const Bucket &bucket : usual.buckets) {
        if (bucket.begin < learnt || bucket.begin >= end)
            continue;
        calls[static_cast<std::size_t>((bucket.begin - learnt) / bucketLength)] += static_cast<double>(bucket.calls);
        known = addedUp(known, bucket.calls);
        time = addedUp(time, bucket.timeUs);
    }
    Judgement judgement;
    std::int64_t timeNow = 0;
    for (const Minute &minute : usual.recent) {
        if (minute.at <= now && now - minute.at < judgedAtMost) {
            judgement.calls = addedUp(judgement.calls, minute.calls);
            timeNow = addedUp(timeNow, minute.timeUs);
        }
    }
    const auto [median, width] = bandOf(calls);
    judgement.median = median;
    judgement.buckets = places;
    judgement.limit = std::max({median + width, 3 * median, median + leastMoreCalls, 1.5 * *std::ranges::max_element(calls)});
    judgement.now = static_cast<double>(judgement.calls);
    const double usualTime = known > 0 ? static_cast<double>(time) / static_cast<double>(known) * median : 0;
    judgement.extraUs = (static_cast<double>(timeNow) - usualTime) / 5;
    judgement.isOut = judgement.now > judgement.limit && judgement.extraUs >= leastExtraUs;
    judgement.isCalm = judgement.now <= (judgement.median + judgement.limit) / 2;
    return judgement;
}

double commonFactor(std::vector<double> ratios)
{
    return ratios.size() < 8 ? 1.0 : std::max(1.0, medianOf(std::move(ratios)));
}

std::string pack(const Usual &usual)
{
    std::string out;
    const auto number = [&](std::int64_t value) { putVarint(out, static_cast<std::uint64_t>(std::max<std::int64_t>(0, value))); };
    std::int64_t last = 0;
    const auto minute = [&](TimePoint at) {
        const std::int64_t value = toMicros(at) / minuteUs;
        putVarint(out, zigzag(static_cast<std::uint64_t>(value - last)));
        last = value;
    };
    minute(usual.since);
    putVarint(out, usual.buckets.size());
    for (const Bucket &bucket : usual.buckets) {
        minute(bucket.begin);
        number(bucket.calls);
        number(bucket.timeUs);
        number(bucket.p95Us);
    }
    putVarint(out, usual.recent.size());
    for (const Minute &one : usual.recent) {
        minute(one.at);
        number(one.calls);
        number(one.timeUs);
        putVarint(out, one.times.size());
        std::int64_t before = 0;
        for (const auto &[bucket, count] : one.times) {
            putVarint(out, zigzag(static_cast<std::uint64_t>(bucket - before)));
            number(count);
            before = bucket;
        }
    }
    return out;
}

std::optional<Usual> unpack(std::string_view blob)
{
    Reader reader(blob);
    bool good = true;
    const auto number = [&]() -> std::int64_t {
        const auto value = reader.varint();
        good = good && value && *value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        return good ? static_cast<std::int64_t>(*value) : 0;
    };
    const auto signedNumber = [&]() -> std::int64_t {
        const auto value = reader.varint();
        good = good && value;
        return good ? static_cast<std::int64_t>(unzigzag(*value)) : 0;
    };
    std::int64_t last = 0;
    const auto minute = [&]() {
        constexpr std::int64_t mostMinute = 4'000'000'000; // beyond the year 9000
        const std::int64_t step = signedNumber();
        good = good && step >= -mostMinute && step <= mostMinute && last + step >= 0 && last + step <= mostMinute;
        last = good ? last + step : last;
        return fromMicros(last * minuteUs);
    };
    const auto count = [&](std::size_t most) -> std::size_t {
        const std::int64_t value = number();
        good = good && value <= static_cast<std::int64_t>(most);
        return good ? static_cast<std::size_t>(value) : 0;
    };
    Usual usual;
    usual.since = minute();
    usual.buckets.resize(count(maxBuckets));
    for (Bucket &bucket : usual.buckets) {
        bucket.begin = minute();
        bucket.calls = number();
        bucket.timeUs = number();
        bucket.p95Us = number();
    }
    usual.recent.resize(count(maxRecent));
    for (Minute &one : usual.recent) {
        one.at = minute();
        one.calls = number();
        one.timeUs = number();
        const std::size_t times = count(maxTimes);
        std::int64_t before = std::numeric_limits<std::int64_t>::min();
        for (std::size_t i = 0; good && i < times; ++i) {
            const std::int64_t step = signedNumber();
            const std::int64_t bucket = (i == 0 ? 0 : before) + std::clamp<std::int64_t>(step, -100'000, 100'000);
            good = good && bucket >= std::numeric_limits<std::int16_t>::min() && bucket <= std::numeric_limits<std::int16_t>::max() && (i == 0 || bucket > before);
            before = bucket;
            one.times.emplace_back(static_cast<std::int16_t>(bucket), number());
        }
    }
    const auto ascending = [](const auto &list, auto member) { return std::ranges::adjacent_find(list, [&](const auto &a, const auto &b) { return a.*member >= b.*member; }) == list.end(); };
    if (!good || !reader.isAtEnd() || !ascending(usual.buckets, &Bucket::begin) || !ascending(usual.recent, &Minute::at))
        return std::nullopt;
    return usual;
}

} // namespace zandb::regression
