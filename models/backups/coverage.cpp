// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/backups/coverage.h"

#include "models/fleet/fleetindex.h"
#include "models/fleet/groupsettings.h"

#include <algorithm>

namespace zandb {

std::vector<Coverage> coverageOf(const Fleet &fleet, const std::vector<std::vector<Uuid>> &sets, const std::map<Uuid, LastBackups> &backups,
                                 const std::set<Uuid> &inTasks, TimePoint now)
{
    std::map<Uuid, const std::vector<Uuid> *> setOf;
    for (const auto &set : sets) {
        for (const Uuid &id : set)
            setOf[id] = &set;
    }
    const FleetIndex index(fleet);
    std::map<std::optional<Uuid>, std::int64_t> daysOf; // by group
    std::vector<Coverage> all;
    for (const InstanceRecord &record : fleet.instances) {
        if (record.state == "gone")
            continue;
        Coverage one;
        one.instance = record.instance.id;
        one.path = index.pathOf(record);
        const Host *host = index.host(record.instance.hostId);
        const auto [days, isNew] = daysOf.try_emplace(host ? host->groupId : std::nullopt);
        if (isNew)
            days->second = groupSetting(fleet, days->first, backupAgeDays).value.get<std::int64_t>();
        one.maxAgeDays = days->second;
        const auto look = [&](const Uuid &id) {
            one.inTask = one.inTask || inTasks.contains(id);
            const auto it = backups.find(id);
            if (it == backups.end())
                return;
            // a time from the future says only that it has been made
            const auto newer = [&](const std::optional<TimePoint> &at, std::optional<TimePoint> &best) {
                const bool better = at && (!best || std::min(*at, now) > *best);
                if (better)
                    best = std::min(*at, now);
                return better;
            };
            if (newer(it->second.good, one.lastGood))
                one.backedUpBy = id;
            newer(it->second.proved, one.lastProved);
        };
        look(one.instance);
        if (const auto set = setOf.find(one.instance); set != setOf.end())
            std::ranges::for_each(*set->second, look);
        all.push_back(std::move(one));
    }
    std::ranges::sort(all, {}, &Coverage::path);
    return all;
}

CoverageCounts countCoverage(const std::vector<Coverage> &coverage, TimePoint now)
{
    CoverageCounts counts;
    for (const Coverage &one : coverage) {
        ++counts.instances;
        counts.tooOld += one.isTooOld(now);
        counts.never += !one.lastGood;
        counts.inNoTask += !one.inTask;
        counts.neverProved += one.lastGood && !one.lastProved;
    }
    return counts;
}

} // namespace zandb
