// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/checks/keyusage.h"

#include <algorithm>

namespace zandb {

using namespace std::chrono_literals;
using Days = std::chrono::duration<double, std::ratio<86'400>>;

void addKeyPoint(std::vector<KeyPoint> &points, TimePoint at, KeyValue used)
{
    const auto day = std::chrono::floor<std::chrono::days>(at);
    std::erase_if(points, [&](const KeyPoint &point) { return std::chrono::floor<std::chrono::days>(point.first) >= day; });
    points.emplace_back(at, used);
    if (points.size() > keyPointsKept)
        points.erase(points.begin(), points.end() - static_cast<std::ptrdiff_t>(keyPointsKept));
}

std::optional<double> growthOf(const std::vector<KeyPoint> &points)
{
    std::optional<double> growth;
    for (const auto span : {std::chrono::days{30}, std::chrono::days{7}}) {
        const auto first = std::ranges::find_if(points, [&](const KeyPoint &point) { return point.first >= points.back().first - span - 1h; });
        if (first == points.end() || points.back().first - first->first < 20h)
            continue;
        const double grown = static_cast<double>(points.back().second - first->second) / Days(points.back().first - first->first).count();
        growth = std::max({growth.value_or(0), grown, 0.0});
    }
    return growth;
}

std::optional<double> daysLeftOf(const wire::KeyUsage &usage, std::optional<double> perDay)
{
    const auto used = parseKeyValue(usage.used), limit = parseKeyValue(usage.limit);
    if (!used || !limit)
        return std::nullopt;
    if (*used >= *limit)
        return 0;
    if (!perDay || *perDay <= 0)
        return std::nullopt;
    return static_cast<double>(*limit - *used) / *perDay;
}

} // namespace zandb
