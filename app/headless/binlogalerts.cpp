// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/binlogalerts.h"

#include "app/alerts/alertrepository.h"
#include "app/binlogs/binlogrepository.h"
#include "app/fleet/fleetrepository.h"
#include "models/alerts/binlogalert.h"

#include <algorithm>
#include <set>

namespace zandb::headless {
namespace {

using namespace std::chrono_literals;

/// A restart of a stream takes seconds; what lasts longer is trouble.
constexpr auto archiveGrace = 15min;

std::string isoSeconds(TimePoint at) { return toIso(std::chrono::floor<std::chrono::seconds>(at)); }

Json holeDetail(const binlogs::WindowOf &of, const std::string &name)
{
    // one that a later backup lies behind is history
    if (of.window.holes.empty() || !of.window.holes.back().before.empty())
        return {};
    const BinlogHole &hole = of.window.holes.back();
    return {{"severity", "critical"}, {"name", name}, {"after", hole.after}, {"missing", hole.missing.substr(0, 500)}, {"why", hole.why}, {"from", isoSeconds(hole.from)}};
}

Json lostDetail(const binlogs::WindowOf &of, const std::string &name, bool isWorked)
{
    // a backup that makes room for itself says so only when it has ended
    const std::size_t backups = isWorked ? 0 : of.lostBackups.size();
    if (backups == 0 && of.window.lost.empty())
        return {};
    return {{"severity", "critical"}, {"name", name}, {"files", of.window.lost.size()}, {"backups", backups},
            {"first", of.window.lost.empty() ? of.lostBackups.front().toString() : of.window.lost.front()}};
}

/// Instances on which a run is under way.
Result<std::set<Uuid>> workedOn(store::Session &session)
{
    const auto rows = session.query("SELECT DISTINCT target_id FROM run WHERE state IN ('running','unknown')");
    if (!rows)
        return fail(rows.error());
    std::set<Uuid> instances;
    for (const store::Row &row : *rows) {
        if (!row.isNull(0))
            instances.insert(row.uuid(0));
    }
    return instances;
}

Json expiryDetail(const binlogs::WindowOf &of, const std::string &name, TimePoint now)
{
    const wire::BinlogReport &report = of.status->report;
    const std::chrono::seconds expire{report.expireSeconds};
    if (!report.on || report.expireSeconds <= 0)
        return {};
    const bool archived = !report.archive.repository.empty();
    std::optional<TimePoint> since;
    if (archived) {
        since = report.archive.behindSince;
        if (!since || now - *since < expire / 2)
            return {};
    } else {
        for (const BinlogBase &backup : of.backups)
            since = std::max(since.value_or(backup.endedAt), backup.endedAt);
        if (!since || now - *since < expire * 8 / 10) // without any backup there is nothing to play them upon
            return {};
    }
    return {{"severity", "warning"}, {"name", name}, {"expire_h", report.expireSeconds / 3600}, {"archived", archived ? "yes" : "no"}, {"since", isoSeconds(*since)}};
}

Json archiveDetail(const binlogs::WindowOf &of, const std::string &name, TimePoint now)
{
    const wire::BinlogArchiveState &archive = of.status->report.archive;
    if (archive.repository.empty() || archive.state == "streaming" || !archive.behindSince || (archive.state != "refused" && now - *archive.behindSince < archiveGrace))
        return {};
    return {{"severity", "warning"}, {"name", name}, {"since", isoSeconds(*archive.behindSince)}, {"error", archive.error}};
}

} // namespace

Result<void> tellOfBinlogs(store::Session &session, const Fleet &fleet, TimePoint now)
{
    std::vector<Uuid> instances;
    for (const InstanceRecord &record : fleet.instances)
        instances.push_back(record.instance.id);
    const auto windows = binlogs::windowsOf(session, instances);
    if (!windows)
        return fail(windows.error());
    const auto worked = workedOn(session);
    if (!worked)
        return fail(worked.error());
    for (const binlogs::WindowOf &of : *windows) {
        if (!of.status)
            continue;
        const std::string name = fleet.pathOf(of.instance), subject = of.instance.toString();
        for (const auto &[kind, detail] : {std::pair{binlogHoleAlert, holeDetail(of, name)}, std::pair{binlogLostAlert, lostDetail(of, name, worked->contains(of.instance))}, std::pair{binlogExpiryAlert, expiryDetail(of, name, now)},
                                           std::pair{binlogArchiveAlert, archiveDetail(of, name, now)}}) {
            const auto told = detail.is_null() ? alerts::clear(session, kind, subject) : alerts::raise(session, kind, subject, detail);
            if (!told)
                return fail(told.error());
        }
    }
    return {};
}

StoreWork::Work tellingOfBinlogs(const StoreSettings &settings)
{
    auto session = std::make_shared<store::Session>(settings);
    return [session](std::stop_token stop) -> Result<std::string> {
        session->setStopToken(stop);
        const auto fleet = fleet::loadFleet(*session);
        const auto told = fleet ? tellOfBinlogs(*session, *fleet, fleet->readAt) : Result<void>(fail(fleet.error()));
        session->close(); // it is idle for most of the time
        if (!told && told.error().is(errors::cancelled))
            return std::string();
        if (!told)
            return fail(makeError(errors::internal, {{"detail", "binlogs could not be looked after"}}, told.error()));
        return std::string();
    };
}

} // namespace zandb::headless
