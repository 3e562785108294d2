// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workflow/unrunrepository.h"

#include "app/schedule/due.h"
#include "app/schedule/targets.h"
#include "app/workflow/runrepository.h"
#include "models/schedule/schedule.h"

#include <algorithm>

namespace zandb::workflow {
namespace {

/// What tasks said: by task and revision, and the newest of each.
class History
{
public:
    explicit History(const std::vector<TaskRevision> &revisions)
    {
        for (const TaskRevision &revision : revisions) {
            m_byRevision[{revision.taskId, revision.revision}] = &revision;
            m_newest[revision.taskId] = &revision;
        }
    }
    /// The revision an occurrence was made from, else the task's newest; null when nothing is known of the task.
    const TaskRevision *of(const Occurrence &occurrence) const
    {
        if (const auto it = m_byRevision.find({occurrence.taskId, occurrence.taskRevision}); it != m_byRevision.end())
            return it->second;
        const auto it = m_newest.find(occurrence.taskId);
        return it == m_newest.end() ? nullptr : it->second;
    }

private:
    std::map<std::pair<Uuid, std::int64_t>, const TaskRevision *> m_byRevision;
    std::map<Uuid, const TaskRevision *> m_newest;
};

std::vector<Unrun::Target> targetsOf(const Occurrence &occurrence, const TaskRevision *revision, const Fleet &fleet)
{
    std::vector<Unrun::Target> targets;
    if (occurrence.targetIds) {
        for (const Uuid &id : *occurrence.targetIds) {
            if (const InstanceRecord *record = fleet.instance(id))
                targets.push_back({id, record->instance.hostId});
        }
    } else if (revision && !revision->unreadable) {
        for (const auto &target : schedule::expandTargets(revision->selector, revision->policies.source, fleet))
            targets.push_back({target.instance, target.host});
    }
    return targets;
}

/// The part of an occurrence's row that lies in [from, until); none when nothing does.
std::optional<Unrun> partOf(const Occurrence &occurrence, const TaskRevision *revision, const Fleet &fleet, TimePoint from, TimePoint until)
{
    Unrun row;
    row.taskId = occurrence.taskId;
    row.state = occurrence.state == "skipped" ? BoardState::Skipped : BoardState::Missed;
    row.reason = occurrence.reason;
    row.since = row.last = occurrence.due;
    if (revision) {
        row.task = revision->name;
        row.kind = revision->kind;
        row.schedule = revision->schedule;
    }
    Occurrence known = occurrence;
    if (revision)
        known.schedule = revision->schedule;
    row.count = row.state == BoardState::Missed ? missedWithin(known, from, until) : occurrence.due >= from && occurrence.due < until;
    if (row.count == 0)
        return std::nullopt;
    row.since = std::max(from, occurrence.missedSince.value_or(occurrence.due));
    row.last = std::min(until - Microseconds{1}, occurrence.due);
    if (row.count == 1 && row.last == occurrence.due) {
        row.since = occurrence.due;
        row.dues = {occurrence.due};
    } else if (const auto schedule = revision ? Schedule::fromJson(revision->schedule) : fail(unrunError({})); schedule) {
        if (const auto first = schedule->next(row.since - Microseconds{1}); first && *first <= row.last)
            row.since = *first;
        row.last = schedule->latest(row.last, row.since - Microseconds{1}).value_or(row.last);
        if (row.count <= dueEach) {
            for (std::optional<TimePoint> due = row.since; due && *due <= row.last; due = schedule->next(*due))
                row.dues.push_back(*due);
        }
    }
    row.targets = targetsOf(occurrence, revision, fleet);
    row.targetCount = occurrence.targets;
    return row;
}

} // namespace

Result<std::vector<Unrun>> loadUnrun(store::Session &session, const Fleet &fleet, TimePoint from, TimePoint until, TimePoint now,
                                     std::string_view kind)
{
    const auto store = session.query("SELECT created_us FROM store_info WHERE id = 1");
    if (!store)
        return fail(store.error());
    schedule::DueSpan span{from, std::min(until, now + Microseconds{1}), now, now - boardHorizon};
    if (!store->empty())
        span.horizon = std::max(span.horizon, store->front().time(0));
    const auto revisions = loadTaskRevisions(session, from);
    if (!revisions)
        return fail(revisions.error());
    const auto occurrences = listOccurrences(session, from, span.until);
    if (!occurrences)
        return fail(occurrences.error());
    const History history(*revisions);
    std::vector<Unrun> rows;
    std::map<Uuid, std::vector<schedule::Written>> written;
    for (const Occurrence &occurrence : *occurrences) {
        written[occurrence.taskId].push_back({occurrence.missedSince.value_or(occurrence.due), occurrence.due});
        if (occurrence.state != "missed" && occurrence.state != "skipped")
            continue;
        if (auto part = partOf(occurrence, history.of(occurrence), fleet, from, span.until))
            rows.push_back(std::move(*part));
    }
    auto nobody = schedule::unwritten(*revisions, written, fleet, span);
    std::ranges::move(nobody, std::back_inserter(rows));
    // of a task that was removed before its revisions were kept nobody knows the kind
    std::erase_if(rows, [&](const Unrun &row) { return !kind.empty() && !row.kind.empty() && row.kind != kind; });
    return rows;
}

} // namespace zandb::workflow
