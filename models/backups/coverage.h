// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleet/fleet.h"

#include <set>

namespace zandb {

/// The newest backups of an instance that the catalogue calls good and that are still there.
struct LastBackups
{
    std::optional<TimePoint> good;   ///< when the newest one ended
    std::optional<TimePoint> proved; ///< when the newest one that was started on a server and checked was so
};

/// How well one instance is backed up.  Instances joined by replication stand in for each other: a backup of a replica is one
/// of its primary.
struct Coverage
{
    Uuid instance;
    std::string path;                ///< "db1/my3306"
    std::int64_t maxAgeDays = 0;     ///< what its group asks for
    std::optional<TimePoint> lastGood;
    std::optional<Uuid> backedUpBy;  ///< the instance that newest backup is of
    std::optional<TimePoint> lastProved; ///< when that was, not when the backup was made
    bool inTask = false;             ///< an enabled backup task is for it, or for one it is joined with

    bool isTooOld(TimePoint now) const { return !lastGood || now - *lastGood > std::chrono::days{maxAgeDays}; }
    bool isFine(TimePoint now) const { return !isTooOld(now) && inTask && lastProved; }
};

/// Of the fleet's instances that are not gone, by path.  `sets`: instances joined by replication; one of no set stands alone.
/// `inTasks`: those that enabled backup tasks name.  A backup that ended after `now` counts as of `now`.  Pure.
std::vector<Coverage> coverageOf(const Fleet &fleet, const std::vector<std::vector<Uuid>> &sets, const std::map<Uuid, LastBackups> &backups,
                                 const std::set<Uuid> &inTasks, TimePoint now);

/// How many of them, for a line of figures.
struct CoverageCounts
{
    int instances = 0;
    int tooOld = 0;      ///< no good backup younger than their limit, those never backed up included
    int never = 0;       ///< of these: none at all
    int inNoTask = 0;
    int neverProved = 0; ///< of those that have a good one
    bool operator==(const CoverageCounts &) const = default;
};
CoverageCounts countCoverage(const std::vector<Coverage> &coverage, TimePoint now);

} // namespace zandb
