// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleet/fleet.h"

#include <span>

/// Settings of groups: what a group says holds for everything below it that says nothing else.  Pure.
namespace zandb {

/// After so many days without a good backup an instance is listed; whole days, 1 to 3650.
inline constexpr std::string_view backupAgeDays = "backup-age-days";
inline constexpr std::int64_t defaultBackupAgeDays = 2;

/// How long the store keeps what has ended, in days; said for the whole fleet only.
inline constexpr std::string_view keepRunsDays = "keep-runs-days";               ///< runs with their steps
inline constexpr std::string_view keepAttemptsDays = "keep-attempts-days";       ///< what each attempt ended with
inline constexpr std::string_view keepLogsDays = "keep-logs-days";               ///< the copied end of attempts' logs
inline constexpr std::string_view keepOccurrencesDays = "keep-occurrences-days"; ///< missed and skipped ones among them
inline constexpr std::string_view keepAuditDays = "keep-audit-days";
inline constexpr std::string_view keepAlertsDays = "keep-alerts-days";           ///< alerts that no longer hold
inline constexpr std::string_view keepSamplesDays = "keep-samples-days";         ///< series of figures
inline constexpr std::string_view keepSlowMinutesDays = "keep-slow-minutes-days"; ///< slow statements by the minute
inline constexpr std::string_view keepSlowHoursDays = "keep-slow-hours-days";     ///< by the hour, and their samples
inline constexpr std::string_view keepSlowDaysDays = "keep-slow-days-days";       ///< by the day, and their digests
inline constexpr std::string_view keepKilledDays = "keep-killed-days";           ///< statements that were killed, or would have been
inline constexpr std::string_view keepSnapshotsDays = "keep-snapshots-days";     ///< what instances were made of, day by day
inline constexpr std::string_view keepSqlPlansDays = "keep-sql-plans-days";      ///< scripts that went over instances, once they have ended

/// Whether what is below it is production: what changes it by batch SQL is confirmed by typing a name.  0 or 1.
inline constexpr std::string_view productionMark = "production";

/// Whether what is below it is of the core: proved each day.  0 or 1; an instance may say so for itself too (isCore()).
inline constexpr std::string_view coreMark = "core";
/// An alert when the newest proof of an instance's backups is older, in days.  Only where it is said, and for what is of the core.
inline constexpr std::string_view unprovedDays = "alert-unproved-days";

inline constexpr std::string_view hostAwayMinutes = "alert-away-minutes";   ///< an alert when a host was not heard of for so long
inline constexpr std::string_view replicaLagSeconds = "alert-lag-seconds";   ///< when a replica is so far behind; it ends below half of it
inline constexpr std::string_view diskFullDays = "alert-disk-days";          ///< when a disk will be full in so many days
inline constexpr std::string_view wantedMembers = "headless-instances";      ///< so many should run; 0: nobody says

inline constexpr std::string_view rotateKeep = "rotate-keep";         ///< rotated slow logs that stay
inline constexpr std::string_view rotateCompress = "rotate-compress"; ///< those older than the newest: 0 not, 1 by gzip, 2 by zstd

inline constexpr std::string_view keyPercent = "key-percent"; ///< integer keys that have used so much of their values are told of
inline constexpr std::string_view keyDays = "key-days";       ///< or whose values last so many days or fewer, at their growth

/// What may be said for groups.
struct GroupSettingKind
{
    std::string_view name;
    std::int64_t fallback; ///< holds where nobody says anything
    std::int64_t least;
    std::int64_t most;
    bool wholeFleet;       ///< said for the whole fleet only
};
std::span<const GroupSettingKind> groupSettingKinds();
/// Null for a name nobody knows.
const GroupSettingKind *groupSettingKind(std::string_view name);

/// A setting that holds, and where it was said.
struct GroupSetting
{
    Json value;
    std::optional<Uuid> from; ///< the group that says it; null id: the whole fleet; none: nobody, it is the default
};
/// What holds for `group` (none: hosts of no group): its own, else the nearest above it, else the whole fleet's, else the
/// default.  A stored value that is not what it should be counts as not said.
GroupSetting groupSetting(const Fleet &fleet, const std::optional<Uuid> &group, std::string_view name);
/// Whether the instance is marked as core: what it says itself, else its group.  What an instance says stands under its own id beside
/// what groups say.
bool isCore(const Fleet &fleet, const Uuid &instanceId);
/// What holds for an instance: its group's setting.
GroupSetting settingOf(const Fleet &fleet, const Uuid &instanceId, std::string_view name);
/// The days that hold for an instance.
std::int64_t backupAgeDaysOf(const Fleet &fleet, const Uuid &instanceId);
/// Whether a value is one of this setting's; false for a name nobody knows.
bool isGroupSetting(std::string_view name, const Json &value);

} // namespace zandb
