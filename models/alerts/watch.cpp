// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/alerts/watch.h"

#include "models/fleet/groupsettings.h"

#include <algorithm>

namespace zandb {

using namespace std::chrono_literals;

namespace {

std::int64_t settingOfHost(const Fleet &fleet, const Host &host, std::string_view name)
{
    return groupSetting(fleet, host.groupId, name).value.get<std::int64_t>();
}

constexpr std::size_t mostReadings = 120; ///< 7,140 pairs
constexpr double leastFreeShare = 0.05;
constexpr double soonCritical = 2;

void addReplication(std::vector<Condition> &conditions, const InstanceRecord &record, std::int64_t limit)
{
    std::int64_t lag = 0;
    for (const wire::ReplicationState &source : record.detail->replication) {
        const std::string name = source.sourceHost + ':' + std::to_string(source.sourcePort);
        if (!source.ioRunning || !source.sqlRunning) {
            conditions.push_back({std::string(replicationBrokenAlert), record.instance.id.toString(),
                                  {{"source", name}, {"errno", source.errorNumber}, {"text", source.errorText.substr(0, 300)}}, Condition::Holds::Yes, 60s});
            return; // one alert tells of it, and its lag is no news
        }
        lag = std::max(lag, source.lagSeconds.value_or(0));
    }
    if (lag >= limit / 2)
        conditions.push_back({std::string(replicationBehindAlert), record.instance.id.toString(), {{"lag_s", lag}},
                              lag >= limit ? Condition::Holds::Yes : Condition::Holds::Still, 60s});
}

} // namespace

std::vector<AlertChange> AlertWatch::judge(const std::vector<Condition> &conditions, const std::set<AlertKey> &held, TimePoint now)
{
    std::vector<AlertChange> changes;
    std::map<AlertKey, TimePoint> since;
    std::set<AlertKey> kept;
    for (const Condition &condition : conditions) {
        const AlertKey key{condition.kind, condition.subject};
        kept.insert(key);
        if (condition.holds != Condition::Holds::Yes)
            continue;
        const auto known = m_since.find(key);
        const TimePoint from = known == m_since.end() ? now : std::min(known->second, now);
        since[key] = from;
        if (!held.contains(key) && now - from >= condition.least)
            changes.push_back({key, true, condition.detail});
    }
    for (const AlertKey &key : held) {
        if (!kept.contains(key))
            changes.push_back({key, false, {}});
    }
    m_since = std::move(since);
    return changes;
}

std::optional<double> daysUntilFull(const std::vector<DiskReading> &readings, std::int64_t freeNow)
{
    if (readings.size() < 6 || readings.back().at - readings.front().at < 24h)
        return std::nullopt;
    std::vector<const DiskReading *> some;
    const std::size_t step = (readings.size() + mostReadings - 1) / mostReadings;
    for (std::size_t i = 0; i < readings.size(); i += step)
        some.push_back(&readings[i]);
    std::vector<double> slopes; // bytes a day
    for (std::size_t i = 0; i < some.size(); ++i) {
        for (std::size_t j = i + 1; j < some.size(); ++j) {
            const double days = std::chrono::duration<double>(some[j]->at - some[i]->at).count() / 86400;
            if (days > 0)
                slopes.push_back(static_cast<double>(some[i]->freeBytes - some[j]->freeBytes) / days);
        }
    }
    if (slopes.empty())
        return std::nullopt;
    const auto middle = slopes.begin() + static_cast<std::ptrdiff_t>(slopes.size() / 2);
    std::nth_element(slopes.begin(), middle, slopes.end());
    return *middle > 0 ? std::optional(static_cast<double>(freeNow) / *middle) : std::nullopt;
}

std::vector<Condition> hostConditions(const Fleet &fleet, TimePoint now)
{
    std::vector<Condition> conditions;
    for (const Host &host : fleet.hosts) {
        const auto state = fleet.hostStates.find(host.id);
        const bool known = state != fleet.hostStates.end();
        const TimePoint seen = known && state->second.seenAt ? *state->second.seenAt : host.createdAt;
        const std::chrono::minutes limit{settingOfHost(fleet, host, hostAwayMinutes)};
        if (known && state->second.state == "ok" && now - seen < limit)
            continue;
        // while it is not asked long enough it neither begins nor ends
        conditions.push_back({std::string(hostAwayAlert), host.id.toString(),
                              {{"name", host.name}, {"state", known ? state->second.state : "unknown"}, {"since", toIso(std::chrono::floor<std::chrono::seconds>(seen))}},
                              now - seen >= limit ? Condition::Holds::Yes : Condition::Holds::Still});
    }
    return conditions;
}

std::vector<Condition> instanceConditions(const Fleet &fleet, TimePoint now)
{
    std::vector<Condition> conditions;
    for (const InstanceRecord &record : fleet.instances) {
        const Host *host = fleet.host(record.instance.hostId);
        const auto state = fleet.hostStates.find(record.instance.hostId);
        if (!host || record.state == "gone" || record.state == "unknown")
            continue;
        const bool hostAnswers = state != fleet.hostStates.end() && state->second.state == "ok" && state->second.seenAt && now - *state->second.seenAt < 2min;
        if (!hostAnswers) {
            // nobody can tell: what held goes on
            for (const std::string_view kind : {instanceDownAlert, replicationBrokenAlert, replicationBehindAlert})
                conditions.push_back({std::string(kind), record.instance.id.toString(), {}, Condition::Holds::Still});
            continue;
        }
        if (record.state != "up") {
            conditions.push_back({std::string(instanceDownAlert), record.instance.id.toString(), {{"state", record.state}}, Condition::Holds::Yes, 60s});
            continue;
        }
        if (record.detail)
            addReplication(conditions, record, settingOfHost(fleet, *host, replicaLagSeconds));
    }
    return conditions;
}

std::vector<Condition> diskConditions(const std::vector<WatchedDisk> &disks, const Fleet &fleet)
{
    std::vector<Condition> conditions;
    for (const auto &[id, disk, days] : disks) {
        const Host *host = fleet.host(id);
        if (!host || disk.totalBytes <= 0)
            continue;
        const auto limit = static_cast<double>(settingOfHost(fleet, *host, diskFullDays));
        const double share = static_cast<double>(disk.freeBytes) / static_cast<double>(disk.totalBytes);
        const bool full = share < leastFreeShare, soon = days && *days < limit;
        const bool still = share < leastFreeShare * 1.4 || (days && *days < limit * 1.5);
        if (!full && !soon && !still)
            continue;
        Json detail{{"name", host->name + ':' + disk.mount}, {"mount", disk.mount}, {"free", disk.freeBytes}, {"total", disk.totalBytes},
                    {"days", days ? Json(static_cast<std::int64_t>(std::min(*days, 10'000.0))) : Json()}};
        if (full || (days && *days < soonCritical))
            detail["severity"] = "critical";
        conditions.push_back({std::string(diskFullAlert), id.toString() + '|' + disk.mount.substr(0, 200), std::move(detail),
                              full || soon ? Condition::Holds::Yes : Condition::Holds::Still});
    }
    return conditions;
}

} // namespace zandb
