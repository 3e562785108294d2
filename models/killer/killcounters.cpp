// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/killer/killcounters.h"

namespace zandb {

std::optional<std::vector<std::int64_t>> counterSteps(const std::vector<Series> &history, std::size_t column, TimePoint from, Microseconds step, std::size_t count)
{
    constexpr std::int64_t widestGap = 10;
    std::optional<std::vector<std::int64_t>> steps;
    std::optional<std::pair<TimePoint, std::int64_t>> before;
    for (const Series &piece : history) {
        for (std::size_t point = 0; column < piece.columns.size() && point < piece.points; ++point) {
            const auto value = piece.columns[column][point];
            if (!value)
                continue;
            if (!steps)
                steps.emplace(count, 0);
            const TimePoint at = piece.at(point);
            const auto last = std::exchange(before, std::pair(at, *value));
            if (!last || at <= last->first || at - last->first > piece.step * widestGap || *value < last->second || at < from || step.count() <= 0)
                continue;
            const auto place = static_cast<std::size_t>((at - from) / step);
            if (place < count)
                (*steps)[place] += *value - last->second;
        }
    }
    return steps;
}

} // namespace zandb
