// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "app/workflow/kinds.h"
#include "models/workflow/run.h"
#include "models/workflow/taskhistory.h"

#include <map>

/// Rows of tasks, occurrences, runs, steps and attempts.  All calls block; use on a thread that owns the session.
/// Errors: those of Session.  Every writer raises the topics it changed in its own transaction.
namespace zandb::workflow {

// tasks
Result<std::vector<Task>> loadTasks(store::Session &session);
/// Also writes the task's first revision, as every edit writes its own.  Errors: already_exists (name).
Result<void> addTask(store::Session &session, Task task);
/// Compare-and-set by revision.  edited_us, from which occurrences count, becomes the store's now when the schedule differs
/// or the task is enabled again; any other edit leaves what is due as it is.  `editor` stands in the revision; empty: the task's
/// author.  Errors: store.conflict, not_found, the task's own `unreadable`.
Result<void> updateTask(store::Session &session, const Task &task, const std::string &editor = {});
/// Its revisions stay, with a last one that makes nothing due.
Result<void> removeTask(store::Session &session, const Uuid &taskId, const std::string &editor = {});
/// All revisions that hold at some instant from `from` on, by task, then by their order.  A task an older program edited has
/// one made of its row.
Result<std::vector<TaskRevision>> loadTaskRevisions(store::Session &session, TimePoint from);
/// Leaves the next occurrence out that begins in more than skipMargin; one that is left out already stays so.  It becomes a row of state skipped, reason "person", once
/// it is due.  Audited.  Returns when it is due.  Errors: schedule.invalid, not_found (there is none, or the task rests), store.conflict.
Result<TimePoint> skipNext(store::Session &session, const Task &task, const std::string &person);
/// What is not due yet of that runs after all; how many occurrences.
Result<int> unskip(store::Session &session, const Task &task, const std::string &person);
/// What was left out until then has its row.
Result<void> forgetSkips(store::Session &session, const Uuid &taskId, TimePoint until);
/// The scheduler hears of a skip about a second later.
inline constexpr std::chrono::seconds skipMargin{3};
/// Its newest revisions, newest first.
Result<std::vector<TaskRevision>> taskHistory(store::Session &session, const Uuid &taskId, int limit);
/// The column for the eye, 200 tasks a statement; no edit, and nobody is woken for it.
Result<void> setNextDue(store::Session &session, const std::vector<std::pair<Uuid, std::optional<TimePoint>>> &dues);

// occurrences
struct Occurrence
{
    Uuid taskId;
    TimePoint due{};
    std::int64_t taskRevision = 0;
    std::string state;             ///< "ran", "skipped", "missed"
    std::string reason;            ///< stable word: "", "overlap", "no_target", "deadline", "window", "catch_up", "person"
    int targets = 0;
    int missedCount = 0;
    std::optional<TimePoint> missedSince;
    /// The instances of one that was skipped or missed; none: not known.  One that ran has runs.
    std::optional<std::vector<Uuid>> targetIds = {};
    /// Of listOccurrences(), for a missed series: the schedule it was made from; null when that was changed since.
    Json schedule = nullptr;
};
/// How much of a missed occurrence's row falls into [from, until).
int missedWithin(const Occurrence &occurrence, TimePoint from, TimePoint until);
/// The newest occurrence of each task that was due by `until`; the point the scheduler goes on from.
Result<std::map<Uuid, Occurrence>> latestOccurrences(store::Session &session, TimePoint until = TimePoint::max());
/// One transaction: the occurrence's row, its runs with their steps, and the request to cancel the runs in `cancel` that
/// are still open.  False when the row already existed (nothing was written).  Creating the same run twice is harmless: ids
/// are derived.
Result<bool> createOccurrence(store::Session &session, const Occurrence &occurrence, const std::vector<RunDetail> &runs,
                              const std::vector<Uuid> &cancel = {});
/// The open runs of tasks and no more than overlap needs of them: one statement, without steps and attempts.
struct OpenRun
{
    Uuid id;
    Uuid taskId;
    Uuid targetId;
    RunState state = RunState::Pending;
};
Result<std::vector<OpenRun>> openRunsOfTasks(store::Session &session);

// runs
/// A run with steps, e.g. one started by hand.  False when it already existed.
Result<bool> createRun(store::Session &session, const RunDetail &run);
Result<std::optional<Run>> findRun(store::Session &session, const Uuid &id);
Result<std::optional<RunDetail>> loadRun(store::Session &session, const Uuid &id);
/// Runs that are pending, running or unknown, with steps and attempts.  With `hosts`: those that have a step on one of these, or are of
/// one; empty: all.
Result<std::vector<RunDetail>> openRuns(store::Session &session, const std::vector<Uuid> &hosts);
/// Compare-and-set: UPDATE ... WHERE id=? AND revision=? AND fence<=? with all mutable columns of `run`.  On
/// success run.revision is raised.  False: somebody else was faster, or the fence is old.
Result<bool> updateRun(store::Session &session, Run &run);
/// The same with one of its steps, in one transaction; also step.revision is raised.
Result<bool> updateRun(store::Session &session, Run &run, Step &step);
/// The same with steps that the run gets in addition; those that are there already begin anew.
Result<bool> updateRun(store::Session &session, Run &run, const std::vector<Step> &more);
/// Marks a step that its compensation has undone; part of the transaction that records that.
Result<void> markUndone(store::Session &session, const Uuid &runId, int step);
/// Stamps a new fence on all open rows of a host; done before any order is sent under it.
Result<void> stampFence(store::Session &session, const Uuid &hostId, std::int64_t fence);

/// Consoles: set cancel_requested / retry_requested and raise the revision.  Cancel ends a run at once while nothing of it
/// is out on a host and no step has succeeded; otherwise whoever executes it tells the agent.  Retry turns a failed, cancelled,
/// unknown or missed run into pending again; with `executor` that one sends its orders from now on ("": the host's lease
/// holder).  Errors: not_found, store.conflict.
Result<void> requestCancel(store::Session &session, const Uuid &runId, const std::string &person);
Result<void> requestRetry(store::Session &session, const Uuid &runId, const std::string &person,
                          const std::optional<std::string> &executor = {});

/// A person executes an open run with the own key from now on: it names `executor`.  `revision`: of the run as the person has seen it.
/// Errors: store.conflict (it was changed since, or has ended), not_found.
Result<void> takeOver(store::Session &session, const Uuid &runId, std::int64_t revision, const std::string &person, const std::string &executor);

/// The person says that nobody will learn how a run of state `unknown` ended (with `anyOpen`: of any state but the final
/// ones): it and its open attempts are failed with run.given_up from now on, and it can be tried again.  What its agent may
/// still say of it one day is taken by recordLateEnd().  Errors: not_found, run.not_unknown.
Result<void> giveUp(store::Session &session, const Uuid &runId, const std::string &person, bool anyOpen = false);
/// Fails, with run.host_gone, the open runs that cannot end any more because a host of theirs is not in the fleet: the run's own, or that of
/// a step that has not succeeded.  While anything of a run is at work on a host that is there, the run goes on.  Whoever removes a host looks
/// before, but others may make runs of it until they know.  How many there were.
Result<int> endRunsWithoutHost(store::Session &session);

/// An attempt is about to be sent: run and step become running, the attempt's row exists before the order leaves, and the
/// run holds its instance's resource lock where `lock` asks for it.
/// False: lost the race, for the run, for its place under the limits of concurrency or for the lock; it holds none of them.
Result<bool> beginAttempt(store::Session &session, Run &run, Step &step, const Attempt &attempt, Lock lock = Lock::None);
/// The agent has begun with it, and says who ordered it (none: it does not know); for an attempt that has not ended, and only once.
Result<void> storeStarted(store::Session &session, const wire::OrderKey &key, TimePoint at, const std::optional<wire::OrderedBy> &by);
/// An attempt ended: one transaction with the attempt, step, run and, last, what its kind records of it.  Repeating it for an ended attempt changes nothing and succeeds.  False: lost the race, or it was given up.
struct AttemptEnd
{
    Attempt attempt;
    Recorder record = {}; ///< empty: nothing but the rows of attempt, step and run
};
Result<bool> endAttempt(store::Session &session, Run &run, Step &step, const AttemptEnd &end);
/// What an agent says after all of an attempt that was given up: the attempt says from now on how it ended, what its kind records
/// is recorded, and the audit tells of it.  Run and step stay what the person made of them.  False: the attempt was
/// not given up, or this is known already; nothing was written.
Result<bool> recordLateEnd(store::Session &session, const AttemptEnd &end);
/// Progress of a running run; not a compare-and-set, only while running.
Result<void> storeProgress(store::Session &session, const Uuid &runId, const wire::Progress &progress, std::int64_t fence);
/// Appends to an attempt's copied log; keeps the newest 256 KiB.
Result<void> appendLog(store::Session &session, const wire::OrderKey &key, std::int64_t offset, std::string_view bytes);
/// What is stored of a log: offset of its first byte, and the bytes.
struct LogText
{
    std::int64_t offset = 0;
    std::string bytes;
};
Result<LogText> loadLog(store::Session &session, const wire::OrderKey &key);

/// What a list or page asks for.
struct RunFilter
{
    std::optional<TimePoint> from;  ///< occurrence, or still open
    std::optional<TimePoint> until;
    std::vector<Uuid> hosts;        ///< empty: all
    std::vector<Uuid> instances;    ///< empty: all
    std::optional<Uuid> taskId;
    std::string kind;               ///< empty: all
    std::vector<RunState> states;   ///< empty: all
    int limit = 10000;
};
Result<std::vector<Run>> listRuns(store::Session &session, const RunFilter &filter);

/// Those that failed after `since`, by their end, oldest first.
Result<std::vector<Run>> failedRuns(store::Session &session, TimePoint since, int limit);

/// Those that ended after `since`, however, by their end, oldest first; the newest `limit` of them.
Result<std::vector<Run>> endedRuns(store::Session &session, TimePoint since, int limit);

/// Median duration of a (task, target)'s last 7 successful runs, for `late`.  Keys without one are absent.
Result<std::map<std::pair<Uuid, Uuid>, Microseconds>> medianDurations(store::Session &session, const std::vector<Run> &runs);
/// Occurrences in [from, until), and missed series of which a part lies there, for the board.
Result<std::vector<Occurrence>> listOccurrences(store::Session &session, TimePoint from, TimePoint until);

/// Gives an instance's resource lock back; another run's is left alone.
Result<void> releaseLock(store::Session &session, const Uuid &instanceId, const Uuid &runId);

} // namespace zandb::workflow
