// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/schedule/due.h"

#include "app/schedule/decide.h"
#include "app/schedule/targets.h"

#include <algorithm>
#include <iterator>

namespace zandb::schedule {
namespace {

constexpr Microseconds tick{1};
/// Occurrences of a task with a window are looked at one by one; older ones are beyond their deadline anyway.
constexpr std::size_t mostOneByOne = 2000;

/// A piece of time, its begin not included.
struct Piece
{
    TimePoint after{};
    TimePoint last{};
    bool isEmpty() const { return last <= after; }
};

/// One revision's occurrences in a piece of time.
class Finder
{
public:
    Finder(const TaskRevision &revision, Schedule schedule, std::optional<Window> window, const Fleet &fleet, Fleet &then,
           TimePoint now, std::vector<Unrun> &found)
        : m_revision(revision), m_schedule(std::move(schedule)), m_window(std::move(window)), m_fleet(fleet), m_then(then), m_now(now),
          m_deadline(startDeadlineOf(revision.policies, m_schedule)), m_found(found)
    {
        for (const InstanceRecord &record : fleet.instances)
            m_created.push_back(record.instance.createdAt);
        std::ranges::sort(m_created);
    }

    void find(Piece gap)
    {
        const TimePoint tooLate = m_now - m_deadline - tick; // the last instant whose deadline has passed
        put({gap.after, std::min(gap.last, tooLate)}, BoardState::Missed);
        gap.after = std::max(gap.after, tooLate);
        if (gap.isEmpty())
            return;
        if (m_window) {
            oneByOne(gap);
            return;
        }
        const TimePoint late = m_now - lateAfter - tick;
        put({gap.after, std::min(gap.last, late)}, BoardState::Late);
        put({std::max(gap.after, late), gap.last}, BoardState::Pending);
    }

private:
    /// With a window it counts from the opening it waits for.
    void oneByOne(const Piece &gap)
    {
        std::size_t seen = 0;
        TimePoint before = gap.after;
        for (auto due = m_schedule.next(before); due && *due <= gap.last && seen < mostOneByOne; due = m_schedule.next(before), ++seen) {
            const TimePoint startAt = m_window->nextOpen(*due);
            const TimePoint nextChance = m_window->nextOpen(std::max(startAt, m_now));
            const bool missed = startAt - *due > m_deadline || (startAt <= m_now && nextChance - *due > m_deadline);
            put({*due - tick, *due}, missed ? BoardState::Missed : m_now - startAt > lateAfter ? BoardState::Late : BoardState::Pending);
            before = *due;
        }
    }

    /// Cut where an instance came into the fleet: from then on there are more targets.
    void put(Piece piece, BoardState state)
    {
        while (!piece.isEmpty()) {
            const auto first = m_schedule.next(piece.after);
            if (!first || *first > piece.last)
                return;
            const auto younger = std::ranges::upper_bound(m_created, *first);
            const TimePoint end = younger == m_created.end() ? piece.last : std::min(piece.last, *younger - tick);
            add({*first - tick, end}, *first, state, static_cast<std::size_t>(younger - m_created.begin()));
            piece.after = end;
        }
    }

    void add(const Piece &piece, TimePoint first, BoardState state, std::size_t instances)
    {
        const auto &targets = targetsOf(instances, first);
        if (targets.empty())
            return;
        Unrun series;
        series.taskId = m_revision.taskId;
        series.task = m_revision.name;
        series.kind = m_revision.kind;
        series.state = state;
        series.reason = "unwritten";
        series.since = first;
        series.last = m_schedule.latest(piece.last, piece.after).value_or(first);
        series.count = m_schedule.count(piece.after, piece.last, maxCounted);
        if (series.count <= dueEach) {
            for (std::optional<TimePoint> due = first; due && *due <= piece.last; due = m_schedule.next(*due))
                series.dues.push_back(*due);
        }
        series.targets = targets;
        series.targetCount = static_cast<int>(targets.size());
        series.schedule = m_revision.schedule;
        // a window makes a series of each occurrence: the same fate is told once
        if (!m_found.empty() && m_window) {
            Unrun &before = m_found.back();
            if (before.taskId == series.taskId && before.state == state && before.targets == series.targets && before.last >= m_begun
                && before.count + series.count <= dueEach) {
                before.last = series.last;
                before.count += series.count;
                before.dues.insert(before.dues.end(), series.dues.begin(), series.dues.end());
                return;
            }
        }
        m_begun = series.since;
        m_found.push_back(std::move(series));
    }

    /// Of the `instances` oldest ones, which are those that were there at `due`.
    const std::vector<Unrun::Target> &targetsOf(std::size_t instances, TimePoint due)
    {
        const auto known = m_targets.find(instances);
        if (known != m_targets.end())
            return known->second;
        const bool all = instances == m_fleet.instances.size();
        if (!all) {
            m_then.instances.clear();
            std::ranges::copy_if(m_fleet.instances, std::back_inserter(m_then.instances),
                                 [&](const InstanceRecord &record) { return record.instance.createdAt <= due; });
        }
        std::vector<Unrun::Target> targets;
        for (const Target &target : expandTargets(m_revision.selector, m_revision.policies.source, all ? m_fleet : m_then))
            targets.push_back({target.instance, target.host});
        return m_targets[instances] = std::move(targets);
    }

    const TaskRevision &m_revision;
    Schedule m_schedule;
    std::optional<Window> m_window;
    const Fleet &m_fleet;
    Fleet &m_then;                    ///< m_fleet with the instances of an earlier time
    TimePoint m_now;
    std::chrono::seconds m_deadline;
    std::vector<Unrun> &m_found;
    std::vector<TimePoint> m_created; ///< when each instance came, ascending
    std::map<std::size_t, std::vector<Unrun::Target>> m_targets; ///< by how many instances there were
    TimePoint m_begun{};              ///< of the series this one added last
};

/// What of `whole` no row accounts for.
std::vector<Piece> gapsIn(Piece whole, std::vector<Written> written)
{
    std::ranges::sort(written, {}, &Written::since);
    std::vector<Piece> gaps;
    for (const Written &row : written) {
        if (row.last <= whole.after)
            continue;
        if (row.since > whole.last)
            break;
        if (const Piece gap{whole.after, row.since - tick}; !gap.isEmpty())
            gaps.push_back(gap);
        whole.after = std::max(whole.after, row.last);
    }
    if (!whole.isEmpty())
        gaps.push_back(whole);
    return gaps;
}

} // namespace

std::vector<Unrun> unwritten(const std::vector<TaskRevision> &revisions, const std::map<Uuid, std::vector<Written>> &written,
                             const Fleet &fleet, const DueSpan &span)
{
    std::vector<Unrun> found;
    Fleet then{fleet.groups, fleet.hosts, fleet.hostStates, {}, fleet.groupSettings, fleet.labels, fleet.readAt};
    for (std::size_t i = 0; i < revisions.size(); ++i) {
        const TaskRevision &revision = revisions[i];
        if (!revision.enabled || revision.unreadable)
            continue;
        Piece inForce{std::max({revision.from, span.from - tick, span.horizon - tick}), std::min(span.until - tick, span.now)};
        if (i + 1 < revisions.size() && revisions[i + 1].taskId == revision.taskId)
            inForce.last = std::min(inForce.last, revisions[i + 1].from);
        if (inForce.isEmpty())
            continue;
        auto schedule = Schedule::fromJson(revision.schedule);
        auto window = windowOf(revision.policies);
        if (!schedule || !window)
            continue;
        Finder finder(revision, std::move(*schedule), std::move(*window), fleet, then, span.now, found);
        const auto rows = written.find(revision.taskId);
        for (const Piece &gap : gapsIn(inForce, rows == written.end() ? std::vector<Written>{} : rows->second))
            finder.find(gap);
    }
    return found;
}

} // namespace zandb::schedule
