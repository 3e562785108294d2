// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fleet/groupsettings.h"

#include <algorithm>
#include <array>

namespace zandb {

namespace {

// The board computes what was due of 90 days, so what tells of those days stays.
constexpr std::array kinds{
    GroupSettingKind{backupAgeDays, defaultBackupAgeDays, 1, 3650, false}, GroupSettingKind{keepRunsDays, 400, 90, 3650, true},
    GroupSettingKind{keepAttemptsDays, 90, 7, 3650, true},                 GroupSettingKind{keepLogsDays, 30, 1, 3650, true},
    GroupSettingKind{keepOccurrencesDays, 400, 90, 3650, true},            GroupSettingKind{keepAuditDays, 400, 90, 3650, true},
    GroupSettingKind{keepAlertsDays, 90, 7, 3650, true},                   GroupSettingKind{keepSamplesDays, 90, 1, 3650, true},
    GroupSettingKind{keepSlowMinutesDays, 7, 1, 90, true},                 GroupSettingKind{keepSlowHoursDays, 90, 7, 3650, true},
    GroupSettingKind{keepSlowDaysDays, 400, 90, 3650, true},
    GroupSettingKind{keepKilledDays, 400, 7, 3650, true},                  GroupSettingKind{rotateKeep, 14, 1, 365, false},
    GroupSettingKind{rotateCompress, 2, 0, 2, false},
    GroupSettingKind{hostAwayMinutes, 5, 1, 10080, false},                 GroupSettingKind{replicaLagSeconds, 600, 2, 604800, false},
    GroupSettingKind{diskFullDays, 7, 1, 365, false},                      GroupSettingKind{wantedMembers, 0, 0, 100, true},
    GroupSettingKind{coreMark, 0, 0, 1, false},                            GroupSettingKind{unprovedDays, 7, 1, 3650, false},
    GroupSettingKind{keyPercent, 75, 1, 100, false},
    GroupSettingKind{keyDays, 60, 1, 3650, false},
    GroupSettingKind{keepSnapshotsDays, 400, 30, 3650, true},              GroupSettingKind{keepSqlPlansDays, 400, 7, 3650, true},
    GroupSettingKind{productionMark, 0, 0, 1, false},
};

} // namespace

std::span<const GroupSettingKind> groupSettingKinds() { return kinds; }

const GroupSettingKind *groupSettingKind(std::string_view name)
{
    const auto found = std::ranges::find(kinds, name, &GroupSettingKind::name);
    return found == kinds.end() ? nullptr : &*found;
}

bool isGroupSetting(std::string_view name, const Json &value)
{
    const GroupSettingKind *kind = groupSettingKind(name);
    return kind && integerIn(value, kind->least, kind->most).has_value();
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
    const GroupSettingKind *kind = groupSettingKind(name);
    return {kind ? Json(kind->fallback) : Json(), std::nullopt};
}

GroupSetting settingOf(const Fleet &fleet, const Uuid &instanceId, std::string_view name)
{
    const InstanceRecord *record = fleet.instance(instanceId);
    const Host *host = record ? fleet.host(record->instance.hostId) : nullptr;
    return groupSetting(fleet, host ? host->groupId : std::nullopt, name);
}

bool isCore(const Fleet &fleet, const Uuid &instanceId)
{
    const auto own = fleet.groupSettings.find({instanceId, std::string(coreMark)});
    const bool says = own != fleet.groupSettings.end() && isGroupSetting(coreMark, own->second);
    return (says ? own->second : settingOf(fleet, instanceId, coreMark).value) == 1;
}

std::int64_t backupAgeDaysOf(const Fleet &fleet, const Uuid &instanceId)
{
    return settingOf(fleet, instanceId, backupAgeDays).value.get<std::int64_t>();
}

} // namespace zandb
