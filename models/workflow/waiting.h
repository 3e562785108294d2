// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleet/fleet.h"
#include "models/workflow/run.h"

#include <QString>

#include <set>

namespace zandb {

/// Why a run that is due has not begun.
struct Waiting
{
    enum class Why {
        Executor,   ///< the program of the person who asked for it has not sent it yet
        Time,       ///< it is not due yet
        HostAway,   ///< its host does not answer
        Lease,      ///< no headless instance serves its host
        Window,     ///< its window is closed
        Retry,      ///< it failed and is tried again later
        Overlap,    ///< an older run of the same task and instance has not ended
        Lock,       ///< another run works on the instance
        TaskLimit,  ///< as many runs of its task as may run at once do
        HostLimit,  ///< the same of its host
        RepositoryLimit, ///< the same of its backup repository
    };
    Why why = Why::Time;
    std::optional<TimePoint> until; ///< when it goes on, where that is known
    std::optional<Uuid> behind;     ///< the run it waits for
    std::optional<Uuid> target;     ///< of that run
    bool operator==(const Waiting &) const = default;
};
/// The stable word: "executor", "time", "host_away", "lease", "window", "retry", "overlap", "lock", "task_limit", ...
std::string_view toString(Waiting::Why why);
/// One sentence; `behind` is what the list calls the instance it waits for.
QString waitingText(const Waiting &waiting, const QString &behind);

/// What the store says beside a run when one asks why it waits.
struct WaitingFacts
{
    TimePoint now{};
    std::set<Uuid> served;       ///< hosts whose lease a living headless instance holds
    std::set<Uuid> away;         ///< hosts that do not answer
    std::vector<Run> open;       ///< all runs that have not ended
    std::map<Uuid, Uuid> locks;  ///< instance -> the run that holds it
    std::map<Uuid, std::set<Uuid>> out; ///< run -> the hosts on which something of it is out
    std::map<Uuid, Uuid> next;   ///< run -> the host of the step that is next, for runs of several hosts
};

} // namespace zandb
