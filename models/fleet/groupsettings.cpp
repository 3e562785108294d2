// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fleet/groupsettings.h"

#include <algorithm>

namespace zandb {

bool isGroupSetting(std::string_view name, const Json &value)
{
    return name == backupAgeDays && integerIn(value, 1, 3650).has_value();
}

GroupSetting groupSetting(const Fleet &fleet, const std::optional<Uuid> &group, std::string_view name)
{
    const auto said = [&](const Uuid &by) -> const Json * {
        const auto it = fleet.groupSettings.find({by, std::string(name)});
        return it != fleet.groupSettings.end() && isGroupSetting(name, it->second) ? &it->second : nullptr;
    };
    std::optional<Uuid> at = group;
    for (int depth = 0; at && depth < 64; ++depth) { // a cycle in hostile rows ends the walk
        if (const Json *value = said(*at))
            return {*value, at};
        const auto found = std::ranges::find(fleet.groups, *at, &Group::id);
        at = found == fleet.groups.end() ? std::nullopt : found->parentId;
    }
    if (const Json *value = said(Uuid{}))
        return {*value, Uuid{}};
    return {name == backupAgeDays ? Json(defaultBackupAgeDays) : Json(), std::nullopt};
}

std::int64_t backupAgeDaysOf(const Fleet &fleet, const Uuid &instanceId)
{
    const InstanceRecord *record = fleet.instance(instanceId);
    const Host *host = record ? fleet.host(record->instance.hostId) : nullptr;
    return groupSetting(fleet, host ? host->groupId : std::nullopt, backupAgeDays).value.get<std::int64_t>();
}

} // namespace zandb
