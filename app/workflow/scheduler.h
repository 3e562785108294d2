// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/schedule/decide.h"
#include "app/schedule/dueheap.h"
#include "app/workflow/kinds.h"
#include "app/workflow/runrepository.h"
#include "models/fleet/fleet.h"

#include <functional>

namespace zandb::workflow {

/// What is open of one task when an occurrence is made: decides overlap.
struct OpenOfTask
{
    Uuid run;
    Uuid target;
    RunState state = RunState::Pending;
};
/// The occurrence's row and runs.  `cancelOthers` are runs that policy `cancel_other` ends.
struct Written
{
    Occurrence occurrence;
    std::vector<RunDetail> runs;
    std::vector<Uuid> cancelOthers;
};
/// Makes rows out of a planned occurrence: expands the targets, applies overlap, derives ids.  `chosen`: the targets its kind chose; null: those of the
/// selector.  Pure.
Written makeOccurrence(const Task &task, const Schedule &schedule, const schedule::Planned &planned, const Fleet &fleet,
                       const std::vector<OpenOfTask> &open, const std::vector<Chosen> *chosen = nullptr);

/// Writes occurrences as they become due.  One member schedules a task (rendezvous of task and members); if two ever
/// do, the occurrence's primary key lets one win.  A tick costs what is due, not what exists.  Belongs to one thread,
/// that of the session.
class Scheduler
{
public:
    Scheduler(store::Session &session, std::function<void(const std::string &)> log, Kinds kinds = {});

    /// Reads the tasks again: after the change feed said so.  Errors: those of Session.
    Result<void> reload(TimePoint now);
    /// Which tasks are this member's.  `mine` is asked at a task's turn.
    void setShare(std::function<bool(const Uuid &task)> mine) { m_mine = std::move(mine); }
    /// Writes what is due, for about tickLimit; the rest comes at the next tick.  `now` is the store's clock.  True when
    /// runs were made.  Errors: those of Session; what was not written comes again at the next tick.
    Result<bool> tick(TimePoint now, const Fleet &fleet);
    /// The enabled tasks that cannot be read and so do not run, with name, field and detail of each; as of the last reload().
    const std::map<Uuid, Json> &unreadable() const { return m_unreadableNow; }
    std::optional<TimePoint> nextDue() const { return m_heap.next(); }

private:
    struct Entry
    {
        Task task;
        Schedule schedule;
        std::optional<Window> window;
        TimePoint after{};
    };
    /// What is open of each task, read when the first run of a tick is made.
    using Open = std::map<Uuid, std::vector<OpenOfTask>>;
    Result<bool> serve(Entry &entry, TimePoint now, const Fleet &fleet, std::optional<Open> &open);

    Result<void> showDues();

    store::Session &m_session;
    std::function<void(const std::string &)> m_log;
    const Kinds m_kinds;
    std::function<bool(const Uuid &)> m_mine = [](const Uuid &) { return true; };
    std::map<Uuid, Entry> m_entries;
    schedule::DueHeap m_heap;
    std::map<Uuid, Json> m_unreadableNow;
    std::map<Uuid, std::int64_t> m_unreadable; ///< revisions that were complained of
    std::vector<std::pair<Uuid, std::optional<TimePoint>>> m_dues; ///< to be shown, written at the end of a tick
};

inline constexpr std::chrono::seconds tickLimit{1};

} // namespace zandb::workflow
