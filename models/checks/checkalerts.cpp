// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/checks/checkalerts.h"

#include "models/fleet/groupsettings.h"

#include <algorithm>
#include <limits>

namespace zandb {

KeyThresholds keyThresholdsOf(const Fleet &fleet, const Uuid &instance)
{
    const InstanceRecord *record = fleet.instance(instance);
    const Host *host = record ? fleet.host(record->instance.hostId) : nullptr;
    const auto group = host ? host->groupId : std::nullopt;
    return {groupSetting(fleet, group, keyPercent).value.get<std::int64_t>(), groupSetting(fleet, group, keyDays).value.get<std::int64_t>()};
}

Json keyAlertDetail(const std::vector<KeyRecord> &full, const Fleet &fleet)
{
    if (full.empty())
        return Json::object();
    const auto worst = std::ranges::min_element(full, [](const KeyRecord &a, const KeyRecord &b) {
        const double never = std::numeric_limits<double>::infinity();
        return std::pair(a.daysLeft.value_or(never), -a.usage.ppm) < std::pair(b.daysLeft.value_or(never), -b.usage.ppm);
    });
    const wire::KeyUsage &usage = worst->usage;
    constexpr double urgentDays = 7;
    return {{"severity", worst->daysLeft && *worst->daysLeft <= urgentDays ? "critical" : "warning"},
            {"name", fleet.pathOf(worst->instance)},
            {"count", full.size()},
            {"key", usage.schema + '.' + usage.table + (usage.column.empty() ? "" : '.' + usage.column)},
            {"ppm", usage.ppm},
            {"days_left", worst->daysLeft ? Json(static_cast<std::int64_t>(std::min(*worst->daysLeft, 1e6))) : Json()}};
}

} // namespace zandb
