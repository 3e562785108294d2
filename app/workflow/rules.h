// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/workflow/run.h"

#include <set>

/// How runs behave, as pure functions: no clock, no store, no agent.  The engine asks them what to do next.
/// Thread-safe.
namespace zandb::workflow {

/// What a kind and a task's policies may allow at most.
inline constexpr int maxAutomaticRetries = 3;
/// A step of this number or more undoes the one whose number is as much lower, when its run is cancelled (Kind::compensation).
inline constexpr int firstCompensation = 1'000'000;
inline bool isCompensation(const Step &step) { return step.step >= firstCompensation; }

/// min(1 h, 60 s * 2^(n-1)) * (0.5 + random), random in [0, 1); n counts the attempts that failed, from 1.
Microseconds retryDelay(int failedAttempts, double random);
/// Whether a failed attempt is tried again by itself: transient, at most policies.maxRetries (and `most`, and 3) times, and
/// nobody asked to cancel.  `attemptsOfStep` includes the failed one.
bool retriesByItself(const Run &run, int attemptsOfStep, const Error &error, int most = maxAutomaticRetries);

/// Null when there is no step of this number.
const Step *stepNumbered(const RunDetail &run, int number);
Step *stepNumbered(RunDetail &run, int number);

/// Step numbers a step waits for; words that are no numbers are ignored.
std::vector<int> dependenciesOf(const Step &step);
/// The steps that may be sent now, beside those that are out: the open ones whose dependencies have all succeeded.  None while something
/// is out after a step has failed.  Of a run that is to be cancelled: the one compensation that is next.
std::vector<const Step *> readySteps(const RunDetail &run);
/// The first of readySteps(), null when there is none.
const Step *nextStep(const RunDetail &run);
/// The steps that have an attempt out.
std::vector<const Step *> stepsOut(const RunDetail &run);
/// The first of stepsOut(), null when there is none.
const Step *runningStep(const RunDetail &run);
/// The hosts on which something of the run is out.
std::set<Uuid> hostsOut(const RunDetail &run);
/// The newest attempt of a step, null when there is none.
const Attempt *lastAttempt(const RunDetail &run, int step);
/// What a run is once a step has ended: running (others are out), pending (steps are left), or its own end.
RunState stateAfterStep(const RunDetail &run, int step, RunState ended);

/// Whether an error of a call proves that the agent never received it.
bool neverSent(const Error &error);
/// Whether an error is the link's and not the agent's answer.
bool isLinkError(const Error &error);
/// HostState's word for what a call ended with.
std::string hostStateOf(const Error &error);

/// Concurrency: counts which runs are at work, says whether one more may start.  A run has one place of its task and one of its repository
/// as long as anything of it is out, and one on each host where a step of it is out: a run that restores on db2 what db1 sends fills a place
/// on db1 and one on db2, one after the other or both at once.
class Tokens
{
public:
    /// Counts a run that has attempts out on `hosts` (running or unknown); none: on its own host.  Again with more hosts: counted once.
    void take(const Run &run, const std::set<Uuid> &hosts);
    /// Whether a step of `run` may start on `host` under the run's own policies; a place that the run has already is free for it.  A
    /// limit of 0 is none.
    bool free(const Run &run, const Uuid &host) const;
    /// The backup repository a run writes to; "" for none.
    static std::string repositoryOf(const Run &run);

private:
    using Runs = std::set<Uuid>;
    std::map<Uuid, Runs> m_perTask;
    std::map<Uuid, Runs> m_perHost;
    std::map<std::string, Runs> m_perRepository;
};

/// What the engine knows besides a run when it decides: of the run, and of the host of the step that it decides about.
struct Circumstances
{
    TimePoint now{};                       ///< the store's clock
    bool mayOrder = false;                 ///< lease held and trusted
    bool reachable = false;                ///< the agent's link is up
    std::chrono::seconds silentFor{0};     ///< how long the agent has not answered
    bool tokensFree = true;
    bool overlapped = false;               ///< an older run of the same task and target is not finished
    bool windowOpen = true;
    std::optional<TimePoint> startDeadline; ///< none: started by hand
};

enum class Move {
    Wait,          ///< nothing to do now
    Start,         ///< send the next step's attempt
    EndCancelled,  ///< nothing was ever sent or is out: the run is cancelled here
    EndMissed,     ///< its start deadline has passed before anything was sent
    OrderCancel,   ///< tell the agent
    MarkUnknown,   ///< an attempt is out and its agent has been silent for too long
    MarkRunning,   ///< the agent answers again
    CancelAtWindowEnd, ///< the window closed and the policy says cancel
};
/// One run's next move, about `step`: one that is out or ready.  Null: about the first that is out, else the first that is ready.
Move nextMove(const RunDetail &run, const Circumstances &facts, const Step *step = nullptr);

/// An attempt is out and the agent has not answered for this long: `unknown`.
inline constexpr std::chrono::seconds unknownAfter{60};

} // namespace zandb::workflow
