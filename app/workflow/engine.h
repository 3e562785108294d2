// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/remote/agentpool.h"
#include "app/workflow/mailbox.h"
#include "app/workflow/rules.h"
#include "app/workflow/runrepository.h"

#include <set>

namespace zandb::workflow {

/// Executes runs: sends orders for the hosts it may order, follows them, records what they ended with.  The headless
/// mode has one for all hosts whose lease it holds; a person's program has one for its own runs (execution.h).
///
/// All of it belongs to one thread, that of the session; the agents' answers come through the mailbox.  What it must
/// not lose is in the store before an order leaves, and at the agent until the store has the result: an Engine may
/// die at any moment and another one goes on.  Store errors end a round; the next one repeats it.
class Engine
{
public:
    struct Options
    {
        std::string executor;              ///< "": runs without an executor of their own
        /// A person's program: it follows the runs it has adopted, sends only what its person consented to, and leaves all other
        /// runs alone, whatever executor their rows name.
        bool ownOnly = false;
        std::function<void(const std::string &)> log; ///< one line per event, for people
        std::function<double()> random;    ///< [0, 1)
        /// An order of somebody else's that its agent never received, or a run of theirs that waits, for this long: that
        /// program is gone.
        std::chrono::seconds executorPatience{600};
        Kinds kinds = {};
    };
    Engine(store::Session &session, remote::AgentPool &pool, std::shared_ptr<Mailbox> mailbox, Options options);
    ~Engine();

    /// `resumeFrom`: the store was restored from its own backup; hosts are asked again for everything they have ended since.
    void setEpoch(const Uuid &storeEpoch, std::optional<TimePoint> resumeFrom = {});
    /// Not every host has told of that yet: what is due by this store's rows may have been done long ago.
    bool isResuming() const;
    void setFleet(std::shared_ptr<const Fleet> fleet) { m_fleet = std::move(fleet); }
    /// Hosts orders may be sent to, with the tokens of their leases.  `trusted` is false while this process cannot be
    /// sure that it still holds them: then it only follows what is already out.
    void setHosts(const std::map<Uuid, std::int64_t> &tokens, bool trusted);

    /// Reads the open runs again; after the change feed said so, and from time to time.  Errors: those of Session.
    Result<void> reload();
    /// One round: moves every open run on as far as it goes.  `now` is the store's clock.  Errors: those of Session.
    Result<void> advance(TimePoint now);
    /// Takes a run for its own whoever its executor is.  `consent`: consentDigest() of the run as its person wants it sent; empty:
    /// what is out already is followed, and nothing is sent (what was consented to before stays so).
    void adopt(const Uuid &run, const std::string &consent);
    /// The consent was for the run until its end: whoever has it tried again later asks anew.
    void endConsent(const Uuid &run);
    /// Forgets a run that it has adopted.
    void drop(const Uuid &run);
    /// Adopted runs that would be sent now, if their person had consented to them as they stand in the store.
    const std::set<Uuid> &withheld() const { return m_withheld; }
    /// The open run as known here; null when it is not open (any more).
    const RunDetail *run(const Uuid &id) const;
    /// Nothing is in flight that only this process knows of (a log's rest to be copied, an ack to be sent).
    bool settled() const;

private:
    using Steady = std::chrono::steady_clock::time_point;
    /// What is known of one order beyond the store.
    struct Flight
    {
        Uuid host;
        std::optional<wire::OrderStatus> status;
        bool submitting = false;
        bool asking = false;
        bool loggingNow = false;
        bool acked = false;
        bool recorded = false;
        bool heard = false;            ///< the agent once knew it
        bool sentBefore = false;       ///< by this or (perhaps) another process: never fail it as "not sent"
        std::optional<Error> refused;  ///< the agent's answer to the order
        Steady askedAt{};
        Steady cancelledAt{};
        Steady progressAt{};
        Steady logAt{};
        std::optional<Steady> fencedAt;
        std::optional<Steady> finishedAt;
        Steady nextOrphan{};           ///< not looked up in the store before
        Steady heardAt{};              ///< the agent's last word of it
        std::optional<Steady> missingSince; ///< of somebody else's order: the agent says it never came
        bool withheld = false;         ///< the agent does not know it, and it may not be sent (again) without consent
        bool givenUp = false;          ///< its tombstone was asked for because of that
        TimePoint progressStored{};
        std::int64_t logCopied = -1;   ///< -1: ask the store how far another process came
        std::optional<wire::Order> order; ///< told of since the store was restored, and not compared with its rows yet
        bool orderAsked = false;
        std::uint64_t session = 0;     ///< of the link it was last asked in
    };
    static bool isFinished(const Flight &flight)
    {
        return flight.status && (flight.status->state == "finished" || flight.status->state == "tombstone");
    }
    static bool isOut(const Flight &flight)
    {
        return flight.status && !flight.recorded && !isFinished(flight);
    }
    struct Link
    {
        std::uint64_t watch = 0;
        std::uint64_t session = 0;
        bool watching = false;
        Steady nextWatch{};
        Steady nextPending{};
        Steady lastHeard{};            ///< the last answer about orders
        std::size_t flights = 0;       ///< about as many are known of this host
        bool asking = false;
        bool resumed = false;          ///< askFrom was set for the store's epoch
        std::optional<TimePoint> askFrom; ///< since when its next page of results is asked for; none: of nothing more
        bool askingSince = false;
        Steady nextSince{};
    };

    bool isMine(const Run &run) const;
    bool isMine(const wire::OrderKey &key) const;
    /// The person has not consented to the run as it is now: it becomes one of withheld(), and nothing of it may be sent.
    bool withhold(const RunDetail &detail);
    /// `step`: whose host orders would go to; null: the run's own.
    Circumstances circumstances(const RunDetail &detail, const Step *step, TimePoint now) const;
    void followHosts();
    void openWatch(const Uuid &host, Link &link);
    void askPending(const Uuid &host, Link &link);
    /// `past`: of an answer of results.since, from which orders are taken too.
    void takeStatus(const Uuid &host, const Json &json, bool past = false);
    bool hears(const Uuid &host) const;
    /// Orders for the host are this process's to send, and their answers to follow.
    bool serves(const Uuid &host) const { return m_links.contains(host); }
    /// The host that an attempt was or would be sent to.
    static Uuid hostOf(const RunDetail &detail, const wire::OrderKey &key);
    /// Ends the round with the error, unless it is that of one run's rows: then only this run waits a minute.
    Result<void> park(const Uuid &run, const Error &error);
    bool isParked(const Uuid &run) const;
    Result<void> move(RunDetail &detail, TimePoint now);
    Result<void> moveOut(RunDetail &detail, int number, TimePoint now);
    Result<void> moveWaiting(RunDetail &detail, TimePoint now);
    Result<void> startReady(RunDetail &detail, TimePoint now);
    /// Adds the steps that undo what has succeeded of a cancelled run, where its kinds name any.  True when they were added now, or
    /// somebody was faster.
    Result<bool> addCompensations(RunDetail &detail);
    /// Those steps, as far as they are not there yet.
    std::vector<Step> compensationsOf(const RunDetail &detail) const;
    bool takeOver(RunDetail &detail, TimePoint now) const;
    bool cancelsForOthers(const Run &run);
    Result<void> orderCancel(const RunDetail &detail, const Step &step);
    Result<void> start(RunDetail &detail, int number, TimePoint now);
    void submit(const RunDetail &detail, const Step &step, int attempt);
    void ask(const wire::OrderKey &key, Flight &flight);
    void cancelOrder(const RunDetail &detail, const wire::OrderKey &key, Flight &flight);
    Result<void> follow(RunDetail &detail, int number, TimePoint now);
    Result<void> copyProgress(const RunDetail &detail, Flight &flight);
    Result<void> copyLog(const wire::OrderKey &key, Flight &flight);
    /// What becomes of the run, and of the step, when an attempt has ended.
    Run endedRun(const RunDetail &detail, Step &ended, const Attempt &attempt, TimePoint now) const;
    /// What a finished flight's status means for the store.
    AttemptEnd endOf(const Run &run, const Step &step, Attempt attempt, const Flight &flight, TimePoint now) const;
    Result<void> record(RunDetail &detail, Step &step, const Attempt &attempt, Flight &flight, TimePoint now);
    Result<void> recordLate(const RunDetail &detail, const Attempt &attempt, const Flight &flight, TimePoint now);
    Result<bool> finish(RunDetail &detail, Step &step, AttemptEnd end, TimePoint now);
    Result<void> recordOrphans(TimePoint now);
    // engineresume.cpp
    Result<void> resume();
    void askSince(const Uuid &host, Link &link);
    Result<void> recordLost(std::optional<RunDetail> detail, const wire::OrderKey &key, Flight &flight, TimePoint now);
    Result<std::optional<RunDetail>> makeLost(const wire::OrderKey &key, const Flight &flight);
    Result<bool> write(RunDetail &detail);
    Result<void> refresh(const Uuid &runId);
    void acknowledge(const wire::OrderKey &key, Flight &flight);
    void say(const std::string &line) const;
    /// " attempt 1", or " step 2 attempt 1" of a run that has several.
    static std::string stepText(const RunDetail &detail, const Attempt &attempt);
    std::string nameOf(const Run &run) const;
    wire::Fence fenceOf(const Uuid &host) const;
    void postStatus(const Uuid &host, const std::string &method, Json params, const wire::OrderKey &key,
                    std::function<void(Flight &, const Result<Json> &)> then);

    store::Session &m_session;
    remote::AgentPool &m_pool;
    std::shared_ptr<Mailbox> m_mailbox;
    Options m_options;
    Uuid m_epoch;
    std::optional<TimePoint> m_resumeFrom;
    std::set<Uuid> m_resumed;          ///< hosts that have told everything since
    Steady m_resumedReadAt{};
    std::shared_ptr<const Fleet> m_fleet;
    std::map<Uuid, std::int64_t> m_tokens;
    bool m_trusted = false;
    std::map<Uuid, std::string> m_adopted; ///< with the digest of what may be sent of it
    std::set<Uuid> m_withheld;
    std::map<Uuid, RunDetail> m_open;
    std::map<wire::OrderKey, Flight> m_flights;
    std::map<Uuid, Link> m_links;
    std::map<Uuid, Steady> m_startWait; ///< runs that a limit or a lock of others kept from beginning
    struct Parked
    {
        Steady until;
        std::string said;
    };
    std::map<Uuid, Parked> m_parked;   ///< runs whose rows could not be written
    std::map<Uuid, Steady> m_cancelSeen; ///< of runs of others: since when their cancel is known here
    std::set<Uuid> m_stale;            ///< runs to read again: somebody else was faster
    Tokens m_running;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace zandb::workflow
