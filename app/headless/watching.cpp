// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/watching.h"

#include "app/alerts/alertrepository.h"
#include "app/alerts/diskrepository.h"
#include "app/backups/backuprepository.h"
#include "app/backups/coveragereading.h"
#include "app/fleet/fleetrepository.h"
#include "app/workflow/memberrepository.h"
#include "app/workflow/runrepository.h"
#include "models/fleet/groupsettings.h"
#include "models/workflow/board.h"

#include <algorithm>

namespace zandb::headless {

using namespace std::chrono_literals;

namespace {

/// Judged by AlertWatch: an alert of these that has no condition any more ends.
constexpr std::string_view judged[] = {hostAwayAlert, instanceDownAlert, replicationBrokenAlert, replicationBehindAlert, diskFullAlert,
                                       backupOldAlert, backupUnprovedAlert, memberAwayAlert, memberFewAlert};

constexpr auto runsAtFirst = 24h;
constexpr auto diskEvery = 1h;
constexpr int mostRuns = 5000;

Json isoOrNull(const std::optional<TimePoint> &at) { return at ? Json(toIso(std::chrono::floor<std::chrono::seconds>(*at))) : Json(); }

/// Backups that are too old, or were not proved for too long.
Result<std::vector<Condition>> backupConditions(store::Session &session, const Fleet &fleet, const std::vector<Task> &tasks, TimePoint now)
{
    const auto coverage = backups::loadCoverage(session, fleet, tasks);
    if (!coverage)
        return fail(coverage.error());
    std::vector<Condition> conditions;
    for (const Coverage &one : *coverage) {
        const InstanceRecord *record = fleet.instance(one.instance);
        const bool isNew = record && now - record->instance.createdAt < std::chrono::days{one.maxAgeDays};
        if (one.isTooOld(now) && !(isNew && !one.lastGood)) {
            Json detail{{"newest", isoOrNull(one.lastGood)}, {"days", one.maxAgeDays}};
            if (isCore(fleet, one.instance))
                detail["severity"] = "critical";
            conditions.push_back({std::string(backupOldAlert), one.instance.toString(), std::move(detail)});
        }
        const GroupSetting days = settingOf(fleet, one.instance, unprovedDays);
        const auto limit = std::chrono::days{days.value.get<std::int64_t>()};
        const bool asked = days.from || isCore(fleet, one.instance);
        // what has no good backup is told above; one that is new has time to be proved
        if (asked && one.lastGood && (one.lastProved ? now - *one.lastProved > limit : !record || now - record->instance.createdAt > limit))
            conditions.push_back({std::string(backupUnprovedAlert), one.instance.toString(),
                                  {{"newest", isoOrNull(one.lastProved)}, {"days", days.value}}});
    }
    return conditions;
}

std::string computerOf(const std::string &member) { return member.substr(0, member.rfind(':')); }

std::vector<Condition> memberConditions(const workflow::MemberView &view, const Fleet &fleet)
{
    std::vector<Condition> conditions;
    std::set<std::string> alive;
    for (const workflow::Member &member : view.members) {
        if (view.alive(member.id))
            alive.insert(computerOf(member.name));
    }
    for (const workflow::Member &member : view.members) {
        // one that goes says goodbye; another on its computer has taken its place
        if (!view.alive(member.id) && !alive.contains(computerOf(member.name)))
            conditions.push_back({std::string(memberAwayAlert), computerOf(member.name), {{"name", computerOf(member.name)}, {"since", isoOrNull(member.expiresAt)}}});
    }
    const auto wanted = groupSetting(fleet, std::nullopt, wantedMembers).value.get<std::int64_t>();
    if (static_cast<std::int64_t>(alive.size()) < wanted)
        conditions.push_back({std::string(memberFewAlert), "fleet", {{"alive", alive.size()}, {"wanted", wanted}}, Condition::Holds::Yes, 60s});
    return conditions;
}

template<class T>
void append(std::vector<T> &to, std::vector<T> more)
{
    std::ranges::move(more, std::back_inserter(to));
}

} // namespace

Result<std::vector<WatchedDisk>> Watching::disks(store::Session &session, const Fleet &fleet, TimePoint now)
{
    if (m_disksAt && now - *m_disksAt < diskEvery && now >= *m_disksAt)
        return m_disks;
    if (auto kept = alerts::keepDiskReadings(session, fleet); !kept)
        return fail(kept.error());
    const auto readings = alerts::diskReadings(session, now - std::chrono::days{14});
    if (!readings)
        return fail(readings.error());
    m_disks.clear();
    for (const auto &[id, state] : fleet.hostStates) {
        for (const wire::Disk &disk : state.facts ? state.facts->disks : std::vector<wire::Disk>()) {
            const auto known = readings->find({id, disk.mount});
            m_disks.push_back({id, disk, known == readings->end() ? std::nullopt : daysUntilFull(known->second, disk.freeBytes)});
        }
    }
    m_disksAt = now;
    return m_disks;
}

/// Runs of tasks that ended since the last look: of each kind and target the newest end counts.
Result<void> Watching::outcomes(store::Session &session, const Fleet &fleet, const std::vector<Task> &tasks, TimePoint now)
{
    const auto ended = workflow::endedRuns(session, m_runsSince.value_or(now - runsAtFirst) - 30s, mostRuns);
    if (!ended)
        return fail(ended.error());
    const auto open = workflow::openRuns(session, {});
    if (!open)
        return fail(open.error());
    std::vector<Run> running;
    for (const RunDetail &detail : *open)
        running.push_back(detail.run);
    const auto medians = workflow::medianDurations(session, running);
    if (!medians)
        return fail(medians.error());
    const auto known = alerts::list(session);
    if (!known)
        return fail(known.error());
    std::map<AlertKey, Json> held;
    for (const Alert &alert : *known)
        held.emplace(AlertKey{alert.kind, alert.subject}, alert.detail);
    std::map<AlertKey, alerts::Change> changes;
    const auto say = [&](const Run &run, const char *what, bool holds) {
        const AlertKey key{run.kind + '.' + what, run.targetId.toString()};
        changes.erase(key);
        if (holds != held.contains(key))
            changes[key] = {key.first, key.second, holds,
                            {{"run", run.id.toString()}, {"name", fleet.instance(run.targetId) ? fleet.pathOf(run.targetId) : run.targetId.toString()},
                             {"error", run.error ? errorToJson(*run.error) : Json()}}};
    };
    for (const Run &run : *ended) { // oldest first
        if (run.state == RunState::Succeeded)
            say(run, "failed", false);
        else if (run.state == RunState::Failed && run.taskId)
            say(run, "failed", true);
        if (run.state == RunState::Missed && run.taskId)
            say(run, "missed", true);
        else if (run.state == RunState::Succeeded || run.state == RunState::Failed)
            say(run, "missed", false);
    }
    std::set<AlertKey> late;
    for (const Run &run : running) {
        const auto median = medians->find({run.taskId.value_or(Uuid{}), run.targetId});
        if (run.taskId && boardState(run, now, median == medians->end() ? std::nullopt : std::optional(median->second)) == BoardState::Late) {
            say(run, "late", true);
            late.insert({run.kind + ".late", run.targetId.toString()});
        }
    }
    const auto latest = workflow::latestOccurrences(session, now);
    if (!latest)
        return fail(latest.error());
    std::set<std::string> tasksNow;
    for (const Task &task : tasks) {
        const auto last = latest->find(task.id);
        const AlertKey key{task.kind + ".missed", task.id.toString()};
        const bool missed = task.enabled && last != latest->end() && last->second.state == "missed";
        if (missed)
            tasksNow.insert(key.second);
        if (missed && !held.contains(key))
            changes[key] = {key.first, key.second, true, {{"name", task.name}, {"due", toIso(last->second.due)}, {"reason", last->second.reason}, {"count", last->second.missedCount}}};
    }
    for (const auto &[key, detail] : held) {
        const bool isLate = key.first.ends_with(".late"), isMissed = key.first.ends_with(".missed");
        if (!isLate && !isMissed && !key.first.ends_with(".failed"))
            continue;
        const auto id = Uuid::parse(key.second);
        const bool ofTask = isMissed && !detail.contains("run");
        const bool gone = !ofTask && (!id || (!fleet.instance(*id) && !fleet.host(*id))); // nobody will ever mend it
        if (gone || (isLate && !late.contains(key)) || (ofTask && !tasksNow.contains(key.second)))
            changes[key] = {key.first, key.second, false, detail};
    }
    std::vector<alerts::Change> all;
    for (auto &[key, change] : changes)
        all.push_back(std::move(change));
    if (auto done = alerts::apply(session, all); !done)
        return done;
    m_runsSince = ended->empty() ? m_runsSince.value_or(now - 1min) : ended->back().endedAt.value_or(now);
    return {};
}

Result<void> Watching::look(store::Session &session)
{
    const auto fleet = fleet::loadFleet(session);
    if (!fleet)
        return fail(fleet.error());
    const TimePoint now = fleet->readAt;
    const auto tasks = workflow::loadTasks(session);
    if (!tasks)
        return fail(tasks.error());
    const auto members = workflow::loadMembers(session);
    if (!members)
        return fail(members.error());
    auto ofBackups = backupConditions(session, *fleet, *tasks, now);
    if (!ofBackups)
        return fail(ofBackups.error());
    auto ofDisks = disks(session, *fleet, now);
    if (!ofDisks)
        return fail(ofDisks.error());
    std::vector<Condition> conditions = hostConditions(*fleet, now);
    append(conditions, instanceConditions(*fleet, now));
    append(conditions, diskConditions(*ofDisks, *fleet));
    append(conditions, std::move(*ofBackups));
    append(conditions, memberConditions(*members, *fleet));
    const auto known = alerts::list(session);
    if (!known)
        return fail(known.error());
    std::set<AlertKey> held;
    for (const Alert &alert : *known) {
        if (std::ranges::find(judged, alert.kind) != std::end(judged))
            held.emplace(alert.kind, alert.subject);
    }
    std::vector<alerts::Change> changes;
    for (AlertChange &change : m_watch.judge(conditions, held, now))
        changes.push_back({change.key.first, change.key.second, change.begins, std::move(change.detail)});
    if (auto done = alerts::apply(session, changes); !done)
        return done;
    return outcomes(session, *fleet, *tasks, now);
}

StoreWork::Work watching(StoreSettings settings)
{
    const auto session = std::make_shared<store::Session>(std::move(settings)); // of the one thread that works
    const auto state = std::make_shared<Watching>();
    return [session, state](std::stop_token stop) -> Result<std::string> {
        session->setStopToken(stop);
        auto done = state->look(*session);
        if (!done && done.error().is(errors::cancelled))
            return std::string();
        if (!done) {
            session->close();
            return fail(makeError(errors::internal, {{"detail", "the fleet's alerts could not be looked after"}}, done.error()));
        }
        return std::string();
    };
}

} // namespace zandb::headless
