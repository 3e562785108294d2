// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/alerts/severity.h"
#include "models/fleet/fleet.h"

#include <set>
#include <vector>

/// What of the fleet is an alert.  Pure; the thresholds are settings of groups (groupsettings.h).
namespace zandb {

/// A host does not answer.  Subject: its id; detail: name, state, since.
inline constexpr std::string_view hostAwayAlert = "host.away";
/// An instance is down on a host that answers.  Subject: its id; detail: state, since.
inline constexpr std::string_view instanceDownAlert = "instance.down";
/// A replica does not run, or is behind.  Subject: the instance's id; detail: source, errno, text; lag_s.
inline constexpr std::string_view replicationBrokenAlert = "replication.broken";
inline constexpr std::string_view replicationBehindAlert = "replication.behind";
/// A disk is nearly full or will be soon.  Subject: "HOST-ID|MOUNT"; detail: name, mount, free, total, days (none: not growing).
inline constexpr std::string_view diskFullAlert = "disk.full_soon";
/// No good backup young enough.  Subject: the instance's id; detail: newest, days.
inline constexpr std::string_view backupOldAlert = "backup.old";
/// What should be proved was not proved lately.  Subject: the instance's id; detail: newest, days.
inline constexpr std::string_view backupUnprovedAlert = "backup.unproved";
/// A headless instance stopped without saying goodbye, or fewer run than should.  Subject: its name, or "fleet"; detail: name, since; alive, wanted.
inline constexpr std::string_view memberAwayAlert = "member.away";
inline constexpr std::string_view memberFewAlert = "member.few";

/// Something that is looked at again and again.
struct Condition
{
    enum class Holds { Yes, Still }; ///< Still: not enough to begin an alert, not little enough to end one
    std::string kind;
    std::string subject;
    Json detail = Json::object();
    Holds holds = Holds::Yes;
    std::chrono::seconds least{0};   ///< so long it must hold before it is an alert
};

/// An alert's kind and subject.
using AlertKey = std::pair<std::string, std::string>;
struct AlertChange
{
    AlertKey key;
    bool begins = false;
    Json detail = Json::object();
};

/// Remembers since when conditions hold.  Belongs to one thread.
class AlertWatch
{
public:
    /// What begins and what ends.  `held`: the alerts that hold now, of the kinds that are judged here; those without a condition end.
    std::vector<AlertChange> judge(const std::vector<Condition> &conditions, const std::set<AlertKey> &held, TimePoint now);

private:
    std::map<AlertKey, TimePoint> m_since;
};

/// A reading of a disk.
struct DiskReading
{
    TimePoint at{};
    std::int64_t freeBytes = 0;
};
/// In how many days the disk is full, by the median of the slopes between readings (Theil and Sen's estimator: a few odd readings change
/// nothing).  None: it does not fill, or the readings span less than a day or are fewer than 6.
std::optional<double> daysUntilFull(const std::vector<DiskReading> &readings, std::int64_t freeNow);

struct WatchedDisk
{
    Uuid host;
    wire::Disk disk;
    std::optional<double> days;
};
std::vector<Condition> hostConditions(const Fleet &fleet, TimePoint now);
std::vector<Condition> instanceConditions(const Fleet &fleet, TimePoint now);
std::vector<Condition> diskConditions(const std::vector<WatchedDisk> &disks, const Fleet &fleet);

} // namespace zandb
