// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/slowlog/digestreport.h"

#include <algorithm>
#include <cmath>

namespace zandb::agent {
namespace {

double figureOf(const SlowClass &of, const DigestChoice &choice)
{
    const SlowColumn &column = choice.column == "lock_time" ? of.lock
        : choice.column == "rows_sent"                      ? of.sent
        : choice.column == "rows_examined"                  ? of.examined
        : choice.column == "bytes_sent"                     ? of.bytes
                                                            : of.query;
    if (choice.figure == "count")
        return static_cast<double>(of.events);
    if (column.count == 0)
        return -1;
    if (choice.figure == "min")
        return column.min;
    if (choice.figure == "max")
        return column.max;
    if (choice.figure == "median")
        return column.median();
    if (choice.figure == "p95")
        return column.percentile95();
    return column.sum;
}

/// Without the last digits, which sums of binary fractions only make up; whole numbers without a point.
Json number(double value)
{
    if (std::abs(value) < 1e6)
        value = std::round(value * 1e9) / 1e9;
    if (value == std::floor(value) && std::abs(value) < 9e15)
        return static_cast<std::int64_t>(value);
    return value;
}

Json columnJson(const SlowColumn &column)
{
    if (column.count == 0)
        return nullptr;
    return {{"sum", number(column.sum)},
            {"min", number(column.min)},
            {"max", number(column.max)},
            {"median", number(column.median())},
            {"p95", number(column.percentile95())},
            {"stddev", number(column.deviation())}};
}

Json namesJson(const std::vector<std::uint32_t> &ids, const SlowNames &names)
{
    if (ids.empty())
        return nullptr;
    std::vector<std::string> texts;
    for (const std::uint32_t id : ids)
        texts.push_back(names.name(id));
    std::ranges::sort(texts);
    return texts;
}

Json timeJson(const std::optional<TimePoint> &at) { return at ? Json(toIso(*at)) : Json(nullptr); }

Json classJson(const SlowClass &of, const SlowDigest &digest)
{
    return {{"fingerprint", of.fingerprint},
            {"checksum", slowChecksum(of.fingerprint)},
            {"query_count", of.events},
            {"query_time", columnJson(of.query)},
            {"lock_time", columnJson(of.lock)},
            {"rows_sent", columnJson(of.sent)},
            {"rows_examined", columnJson(of.examined)},
            {"bytes_sent", columnJson(of.bytes)},
            {"databases", namesJson(of.databases, digest.databases())},
            {"users", namesJson(of.users, digest.users())},
            {"hosts", namesJson(of.hosts, digest.hosts())},
            {"first_seen", timeJson(of.first)},
            {"last_seen", timeJson(of.last)},
            {"sample",
             {{"query", of.sample.empty() ? Json(nullptr) : Json(of.sample)},
              {"query_time", of.sampleSeconds ? number(*of.sampleSeconds) : Json(nullptr)},
              {"timestamp", timeJson(of.sampleAt)}}}};
}

} // namespace

std::vector<const SlowClass *> orderedClasses(const SlowDigest &digest, const DigestChoice &choice)
{
    struct Place
    {
        double figure;
        const SlowClass *of;
    };
    std::vector<Place> places;
    places.reserve(digest.classes().size());
    for (const SlowClass &of : digest.classes())
        places.push_back({figureOf(of, choice), &of});
    std::ranges::sort(places, [](const Place &a, const Place &b) {
        if (a.figure != b.figure)
            return a.figure > b.figure;
        return a.of->events != b.of->events ? a.of->events > b.of->events : a.of->fingerprint < b.of->fingerprint;
    });
    std::vector<const SlowClass *> ordered;
    ordered.reserve(places.size());
    for (const Place &place : places)
        ordered.push_back(place.of);
    return ordered;
}

std::size_t shownClasses(const std::vector<const SlowClass *> &ordered, const DigestChoice &choice)
{
    const std::size_t most = std::min(choice.most, ordered.size());
    if (choice.share >= 1)
        return most;
    double total = 0, shown = 0;
    for (const SlowClass *of : ordered)
        total += std::max(0.0, figureOf(*of, choice));
    std::size_t count = 0;
    while (count < most && (count == 0 || shown < total * choice.share))
        shown += std::max(0.0, figureOf(*ordered[count++], choice));
    return count;
}

void printDigestJson(std::FILE *out, const SlowDigest &digest, const DigestChoice &choice)
{
    const auto ordered = orderedClasses(digest, choice);
    const std::size_t shown = shownClasses(ordered, choice);
    // one class at a time, since all of them as JSON would be the larger part of the memory
    std::fprintf(out, "{\"query_count\":%lld,\"classes\":[", static_cast<long long>(digest.events()));
    for (std::size_t i = 0; i < shown; ++i) {
        const std::string text = dumpJson(classJson(*ordered[i], digest));
        std::fputs(i == 0 ? "\n" : ",\n", out);
        std::fwrite(text.data(), 1, text.size(), out);
    }
    std::fputs("]}\n", out);
}

} // namespace zandb::agent
