// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/binlogs/binlogwindow.h"

#include "agent/protocol/time.h"
#include "agent/rules/gtidset.h"

#include <algorithm>
#include <charconv>

namespace zandb {
namespace {

struct Name
{
    std::string base;
    std::int64_t number = 0;
};

Name nameOf(const std::string &name)
{
    const auto dot = name.rfind('.');
    Name parts{name.substr(0, dot), 0};
    if (dot != std::string::npos)
        std::from_chars(name.data() + dot + 1, name.data() + name.size(), parts.number);
    return parts;
}

bool isWhole(const wire::BinlogFile &file) { return file.state == "closed" || file.state == "open" || file.state == "cut"; }

/// Where the position of a backup is; none: its binlogs are not here.
std::optional<std::size_t> placeOf(const BinlogBase &backup, const std::vector<wire::BinlogFile> &files)
{
    std::optional<std::size_t> place;
    for (std::size_t i = 0; i < files.size(); ++i) {
        // a name comes again after RESET: the newest that is not younger than the backup
        if (files[i].name == backup.position.file && files[i].created <= backup.endedAt + std::chrono::seconds{1} && backup.position.offset <= files[i].size && isWhole(files[i]))
            place = i;
    }
    return place;
}

TimePoint lastOf(const std::vector<wire::BinlogFile> &files, std::size_t first, std::size_t last, TimePoint least)
{
    TimePoint newest = least;
    for (std::size_t i = first; i <= last; ++i)
        newest = std::max(newest, files[i].last.value_or(least));
    return newest;
}

/// Whether the backup lies before the transaction of this GTID.
bool isBefore(const BinlogBase &backup, const std::string &gtid, bool mariaDb)
{
    if (!mariaDb) {
        const auto set = GtidSet::parse(backup.position.gtid), one = GtidSet::parse(gtid);
        return set && one && !one->minus(*set).isEmpty();
    }
    const auto place = GtidPlace::parse(backup.position.gtid), one = GtidPlace::parse(gtid);
    if (!place || !one || one->domains().empty())
        return false;
    const auto &[domain, last] = *one->domains().begin();
    const auto known = place->domains().find(domain);
    return known == place->domains().end() || known->second.number < last.number;
}

bool holds(const wire::BinlogFile &file, const std::string &gtid)
{
    if (!file.knowsGtids || file.transactions == 0)
        return false;
    if (!file.mariaDb) {
        const auto one = GtidSet::parse(gtid), end = GtidSet::parse(file.endGtids), previous = GtidSet::parse(file.previousGtids);
        return one && end && previous && one->minus(*end).isEmpty() && one->minus(*previous) == *one;
    }
    const auto one = GtidPlace::parse(gtid), end = GtidPlace::parse(file.endGtids), previous = GtidPlace::parse(file.previousGtids);
    if (!one || !end || !previous || one->domains().size() != 1)
        return false;
    const auto &[domain, last] = *one->domains().begin();
    const auto to = end->domains().find(domain), from = previous->domains().find(domain);
    return to != end->domains().end() && last.number <= to->second.number && (from == previous->domains().end() || last.number > from->second.number);
}

tl::unexpected<Error> noTarget(const std::string &detail) { return fail(errors::binlogTarget, {{"detail", detail}}); }

} // namespace

BinlogBreak breakBetween(const wire::BinlogFile &file, const wire::BinlogFile &next)
{
    if (file.state == "damaged" || next.state == "damaged")
        return {"damaged", {}};
    if (file.state == "encrypted" || next.state == "encrypted")
        return {"encrypted", {}};
    if (!isWhole(file) || !isWhole(next))
        return {"missing", {}};
    if (file.server != next.server)
        return {"other_server", {}};
    const Name a = nameOf(file.name), b = nameOf(next.name);
    const bool follows = a.base == b.base && b.number == a.number + 1;
    if (file.knowsGtids && next.knowsGtids) {
        if (file.endGtids != next.previousGtids) {
            const std::string missing = missingBetween(file.endGtids, next.previousGtids, file.mariaDb);
            return {missing.empty() ? "reset" : "missing", missing};
        }
        // without a transaction between them the sets are equal too
        if (follows || (a.base != b.base && !file.endGtids.empty()))
            return {};
        return {b.number <= a.number ? "reset" : file.endGtids.empty() ? "missing" : "", {}};
    }
    if (!follows)
        return {b.number <= a.number ? "reset" : "missing", {}};
    return {};
}

BinlogWindow binlogWindow(std::vector<wire::BinlogFile> files, std::vector<BinlogBase> backups, const wire::BinlogReport *status)
{
    BinlogWindow window;
    std::ranges::sort(files, {}, [](const wire::BinlogFile &file) { return std::tuple(file.created, nameOf(file.name).number, file.key); });
    std::ranges::sort(backups, {}, &BinlogBase::endedAt);
    std::vector<wire::BinlogFile> lost;
    for (wire::BinlogFile &file : files) {
        if (file.state == "lost" || (file.state == "damaged" && file.storedBytes > 0))
            window.lost.push_back(file.name);
        (file.state == "lost" ? lost : window.files).push_back(std::move(file)); // what is not there is no link of the chain
    }
    const auto &all = window.files;
    const auto order = [](const wire::BinlogFile &file) { return std::pair(file.created, nameOf(file.name).number); };
    std::vector<std::pair<std::size_t, std::size_t>> stretches;
    std::vector<BinlogBreak> breaks; ///< before each but the first
    for (std::size_t i = 0; i < all.size(); ++i) {
        BinlogBreak gap = i == 0 ? BinlogBreak{"begin", {}} : breakBetween(all[i - 1], all[i]);
        if (gap.why == "missing" && std::ranges::any_of(lost, [&](const auto &file) { return order(all[i - 1]) <= order(file) && order(file) <= order(all[i]); }))
            gap.why = "lost";
        if (!gap.why.empty()) {
            stretches.emplace_back(i, i);
            breaks.push_back(gap);
        }
        stretches.back().second = i;
    }
    std::vector<std::vector<const BinlogBase *>> bases(stretches.size());
    for (const BinlogBase &backup : backups) {
        const auto place = placeOf(backup, all);
        if (!place) {
            window.alone.push_back(backup.id);
            continue;
        }
        for (std::size_t s = 0; s < stretches.size(); ++s) {
            if (stretches[s].first <= *place && *place <= stretches[s].second)
                bases[s].push_back(&backup);
        }
    }
    std::optional<std::size_t> before; ///< the stretch of the last range
    for (std::size_t s = 0; s < stretches.size(); ++s) {
        const auto [first, last] = stretches[s];
        const bool isNewest = s + 1 == stretches.size();
        const bool goesOn = isNewest && status && status->archive.state == "streaming" && status->archive.behindBytes == 0 && all[last].state == "open";
        if (bases[s].empty()) {
            if (!before || !isNewest)
                continue;
            // what came after the hole waits for a backup
            const TimePoint from = window.ranges.back().to;
            window.holes.push_back({from, goesOn ? status->at : lastOf(all, first, last, from), all[stretches[*before].second].name, {}, breaks[*before + 1].missing,
                                    breaks[*before + 1].why});
            continue;
        }
        BinlogRange range;
        range.from = bases[s].front()->endedAt;
        range.to = lastOf(all, first, last, range.from);
        if (goesOn)
            range.to = std::max(range.to, status->at);
        range.goesOn = goesOn;
        range.firstFile = *placeOf(*bases[s].front(), all);
        range.lastFile = last;
        for (std::size_t i = range.firstFile; i <= last; ++i)
            range.bytes += all[i].size;
        for (const BinlogBase *backup : bases[s])
            range.backups.push_back(backup->id);
        if (before)
            window.holes.push_back({window.ranges.back().to, range.from, all[stretches[*before].second].name, all[stretches[*before + 1].first].name, breaks[*before + 1].missing,
                                    breaks[*before + 1].why});
        before = s;
        window.ranges.push_back(std::move(range));
    }
    // behind the last file that is there
    if (before && *before + 1 == stretches.size() && !lost.empty() && order(all.back()) < order(lost.back()) && !window.ranges.back().goesOn) {
        const TimePoint from = window.ranges.back().to;
        window.holes.push_back({from, std::max(from, lost.back().last.value_or(from)), all.back().name, {}, missingBetween(all.back().endGtids, lost.back().endGtids, lost.back().mariaDb), "lost"});
    }
    return window;
}

namespace {

/// The newest backup of a range that leads to the target, and the files from there on.  `until`: the file that the target is in, where it names one.
Result<BinlogRoute> routeIn(const BinlogWindow &window, const BinlogRange &range, const std::vector<BinlogBase> &backups, const wire::RecoverTarget &target, std::optional<std::size_t> until)
{
    std::optional<BinlogRoute> route;
    for (const Uuid &id : range.backups) {
        const auto backup = std::ranges::find(backups, id, &BinlogBase::id);
        const auto place = backup == backups.end() ? std::nullopt : placeOf(*backup, window.files);
        if (!place)
            continue;
        bool serves = true;
        if (target.kind == "time")
            serves = backup->endedAt <= target.at;
        else if (target.kind == "position")
            serves = *place < *until || (*place == *until && backup->position.offset <= target.offset);
        else if (target.kind != "end")
            serves = *place < *until || (*place == *until && isBefore(*backup, target.gtid, window.files[*until].mariaDb));
        if (!serves)
            continue;
        route = BinlogRoute{backup->id, backup->position, {}, 0};
        const std::size_t last = until.value_or(range.lastFile);
        // one file more, so that what is lost first can be named
        for (std::size_t i = *place; i <= std::min(last + 1, range.lastFile); ++i)
            route->files.push_back(window.files[i]);
    }
    if (!route)
        return noTarget("no good backup lies before it");
    for (std::size_t i = 0; i < route->files.size(); ++i)
        route->bytes += route->files[i].size - (i == 0 ? route->position.offset : 0);
    return std::move(*route);
}

} // namespace

Result<BinlogRoute> binlogRoute(const BinlogWindow &window, const std::vector<BinlogBase> &backups, const wire::RecoverTarget &target)
{
    if (window.ranges.empty())
        return noTarget(window.alone.empty() ? "there is no good backup" : "no archived binlogs follow a good backup");
    const auto at = [](TimePoint time) { return toIso(std::chrono::floor<std::chrono::seconds>(time)); };
    const auto inHole = [&](const BinlogHole &hole) {
        return fail(errors::binlogGap, {{"file", hole.after}, {"next", hole.before}, {"missing", hole.missing}, {"why", hole.why}});
    };
    const auto notInARange = [&](std::size_t file) -> Result<BinlogRoute> {
        for (const BinlogHole &hole : window.holes) {
            if (hole.from <= window.files[file].last.value_or(TimePoint{}) && window.files[file].first.value_or(TimePoint{}) <= hole.to)
                return inHole(hole);
        }
        return noTarget("no backup lies before it without a hole between");
    };
    const BinlogRange *range = nullptr;
    if (target.kind == "end") {
        range = &window.ranges.back();
        if (!window.holes.empty() && window.holes.back().from >= range->to && window.holes.back().before.empty())
            return inHole(window.holes.back()); // the end lies behind it
    } else if (target.kind == "time") {
        for (const BinlogRange &one : window.ranges) {
            if (one.from <= target.at && target.at <= one.to)
                range = &one;
        }
        if (!range) {
            if (target.at < window.ranges.front().from)
                return noTarget("the first backup that can serve ended at " + at(window.ranges.front().from));
            for (const BinlogHole &hole : window.holes) {
                if (hole.from <= target.at && target.at <= hole.to)
                    return inHole(hole);
            }
            return noTarget("nothing later than " + at(window.ranges.back().to) + " is archived");
        }
    } else {
        // after a RESET a GTID may stand in an older chain too: the newest one that a backup leads to is meant
        std::vector<std::size_t> places;
        for (std::size_t i = window.files.size(); i-- > 0;) {
            if (target.kind == "position" ? window.files[i].key == target.key : holds(window.files[i], target.gtid))
                places.push_back(i);
        }
        if (places.empty())
            return noTarget("no archived binlog holds " + (target.kind == "position" ? target.key : target.gtid));
        std::optional<Error> why; ///< of the newest
        for (const std::size_t place : places) {
            const auto in = std::ranges::find_if(window.ranges, [&](const BinlogRange &one) { return one.firstFile <= place && place <= one.lastFile; });
            auto route = in != window.ranges.end() ? routeIn(window, *in, backups, target, place) : notInARange(place);
            if (route)
                return route;
            if (!why)
                why = route.error();
        }
        return fail(*why);
    }
    return routeIn(window, *range, backups, target, std::nullopt);
}

} // namespace zandb
