// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleet/fleet.h"

/// Settings of groups: what a group says holds for everything below it that says nothing else.  Pure.
namespace zandb {

/// After so many days without a good backup an instance is listed; whole days, 1 to 3650.
inline constexpr std::string_view backupAgeDays = "backup-age-days";
inline constexpr std::int64_t defaultBackupAgeDays = 2;

/// A setting that holds, and where it was said.
struct GroupSetting
{
    Json value;
    std::optional<Uuid> from; ///< the group that says it; null id: the whole fleet; none: nobody, it is the default
};
/// What holds for `group` (none: hosts of no group): its own, else the nearest above it, else the whole fleet's, else the
/// default.  A stored value that is not what it should be counts as not said.
GroupSetting groupSetting(const Fleet &fleet, const std::optional<Uuid> &group, std::string_view name);
/// The days that hold for an instance.
std::int64_t backupAgeDaysOf(const Fleet &fleet, const Uuid &instanceId);
/// Whether a value is one of this setting's; false for a name nobody knows.
bool isGroupSetting(std::string_view name, const Json &value);

} // namespace zandb
