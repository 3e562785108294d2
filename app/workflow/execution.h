// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/remote/agentpool.h"
#include "app/store/session.h"
#include "app/workflow/kinds.h"

#include <functional>
#include <stop_token>

/// Runs that a person's own program executes: zandbctl, or the console's window.  They are those that need the person's
/// key, and all of that person's runs while no headless instance lives.
namespace zandb::workflow {

/// How a run names this process as its executor: "person@host:process".
std::string executorName(const std::string &person);
/// Whether any headless instance is alive.  Errors: those of Session.
Result<bool> headlessAlive(store::Session &session);
/// Who sends the orders of a run that is started by hand now: `executor` when the kind needs a person's key or no headless
/// instance lives, else "" (the host's lease holder).  Errors: those of Session.
Result<std::string> executorFor(store::Session &session, const Kinds &kinds, std::string_view kind, const std::string &executor);
/// Writes the row of a run that is started by hand now, by the store's clock, with who sends its orders: executorFor(), or `executor` where the run names it
/// already.
/// The run as written.  Errors: not_found (its host was removed), those of Session.
Result<RunDetail> beginByHand(store::Session &session, const Kinds &kinds, RunDetail detail, const std::string &executor);

/// Runs of a person's own program, executed side by side over one pool of links, so that the limits of concurrency hold
/// among them too.  Belongs to one thread, that of the session.
class OwnRuns
{
public:
    /// The pool's hosts are set to those of the runs.
    OwnRuns(store::Session &session, remote::AgentPool &pool, const Kinds &kinds, const std::string &executor);
    ~OwnRuns();
    /// Takes a run on, whoever its executor is.  `consent`: consentDigest() of the run as its person wants it executed; without one
    /// only what is out already is followed.  Errors: not_found (the run, or its host in the fleet), those of Session.
    Result<void> add(const Uuid &run, const std::string &consent);
    /// Leaves a run alone from now on.
    void drop(const Uuid &run);
    /// Runs that would be sent now if their person had consented to them as they stand in the store.
    std::vector<RunDetail> withheld() const;
    /// Moves the runs on as far as they go; a second or less.  Errors: those of Session; the next round repeats it.
    Result<void> round();
    /// Every run has ended, and the agents have been told so (or did not answer for 5 s).
    bool finished();
    std::size_t open() const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

/// The tokens of these hosts' leases; 0 where none was ever taken.  Errors: those of Session.
Result<std::map<Uuid, std::int64_t>> leaseTokens(store::Session &session, const std::vector<Uuid> &hosts);

struct FollowOptions
{
    Kinds kinds = {};
    std::string executor = {}; ///< this process
    /// consentDigest() of the run as the person wants it executed here; empty: somebody else executes it.
    std::string consent;
    /// No headless instance lives: what the run has out on a host is followed from here, whoever sent it.
    bool adopt = false;
    /// Asked for when the run is executed or followed on its hosts; its hosts are set to those of the run.
    std::function<remote::AgentPool &()> pool;
    std::function<void(const Run &)> progress; ///< after each look at a run that has not ended
    std::stop_token stop;
};
/// For a program that waits for one run.  Follows it until it has ended, executing it when it is this process's.  Blocks; looks twice a second; is patient
/// with a store that is away for less than two minutes, since the work goes on without it.  The run as it ended.
/// Errors: not_found, cancelled (stop was asked for; the run goes on at its agent), run.needs_consent (nobody sends it but this program, if its
/// person agrees), those of Session.
Result<RunDetail> followRun(store::Session &session, const Uuid &id, const FollowOptions &options);

} // namespace zandb::workflow
