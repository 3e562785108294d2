// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/snapshots/growth.h"

#include <algorithm>
#include <set>

namespace zandb {

const SnapshotSum *GrowthLine::last() const
{
    for (auto point = points.rbegin(); point != points.rend(); ++point) {
        if (*point)
            return &**point;
    }
    return nullptr;
}

std::optional<double> GrowthLine::bytesPerDay(const std::vector<SnapshotDay> &days) const
{
    std::optional<std::size_t> first, newest;
    for (std::size_t i = 0; i < points.size() && i < days.size(); ++i) {
        if (points[i]) {
            first = first.value_or(i);
            newest = i;
        }
    }
    if (!first || *first == *newest)
        return std::nullopt;
    return static_cast<double>(points[*newest]->bytes - points[*first]->bytes) / (days[*newest] - days[*first]);
}

SnapshotGrowth growthOf(const std::vector<std::pair<SnapshotDay, SnapshotLine>> &lines)
{
    SnapshotGrowth growth;
    std::set<SnapshotDay> days;
    for (const auto &[day, line] : lines)
        days.insert(day);
    growth.days.assign(days.begin(), days.end());
    std::map<std::pair<std::string, std::string>, GrowthLine> all;
    for (const auto &[day, line] : lines) {
        GrowthLine &one = all[{line.schema, line.table}];
        one.schema = line.schema;
        one.table = line.table;
        one.points.resize(growth.days.size());
        one.points[static_cast<std::size_t>(std::ranges::lower_bound(growth.days, day) - growth.days.begin())] = line.sum;
    }
    for (auto &[name, line] : all)
        (name.second.empty() ? growth.schemas : growth.tables).push_back(std::move(line));
    for (auto *list : {&growth.schemas, &growth.tables}) {
        std::ranges::stable_sort(*list, [](const GrowthLine &a, const GrowthLine &b) { return a.last()->bytes > b.last()->bytes; });
    }
    return growth;
}

} // namespace zandb
