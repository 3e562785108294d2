// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/collected.h"
#include "agent/protocol/slowlog.h"
#include "app/fleet/seriesrepository.h"
#include "app/remote/agentpool.h"

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace zandb::headless {

/// They are kept until they are stored and never copied: their payloads are trees.
using CollectedBatches = std::vector<std::shared_ptr<const wire::CollectedBatch>>;

/// A kind of what agents collect: which sources are of it, and how their batches are stored.
struct CollectedKind
{
    std::string source;      ///< "samples"; with a slash at its end all sources that begin so: "slowlog/"
    std::string what;        ///< for the log: "samples"
    /// Stores batches of one source, ascending by number, exactly once (fleet::storeCollected).
    std::function<Result<fleet::Collected>(store::Session &, const fleet::CollectedFrom &, const CollectedBatches &)> store;
};
/// All that this program stores; batches of other sources wait on their hosts for one that knows them.
const std::vector<CollectedKind> &collectedKinds();
const CollectedKind *collectedKindOf(std::string_view source);

/// Takes what the agents of this member's hosts have collected and stores it, on a thread and a session of its own, so that a
/// slow insert holds up no schedule.  A batch is acknowledged after its commit; until then the agent keeps it, so whatever dies here loses
/// nothing.  Batches are gathered for a minute, those with slow statements for seconds, and stored together.  Where slow statements come from is asked now and then.  Thread-safe.
class Collecting
{
public:
    struct Times
    {
        std::chrono::milliseconds gather = std::chrono::seconds{60}; ///< how long batches wait for others
        std::chrono::milliseconds slow = std::chrono::seconds{5};    ///< and slow statements: what gets worse is to be found soon
        std::chrono::milliseconds again = std::chrono::seconds{5};   ///< after a stream or the store failed
        std::chrono::milliseconds pack = std::chrono::minutes{10};   ///< between two looks for hours that are over
        std::chrono::milliseconds ask = std::chrono::minutes{5};     ///< between two questions where slow statements come from
    };
    Collecting(StoreSettings settings, remote::AgentPool &pool, std::function<void(const std::string &)> log);
    Collecting(StoreSettings settings, remote::AgentPool &pool, std::function<void(const std::string &)> log, Times times);
    /// Ends all streams; what was not stored comes again to the next holder of the lease.
    ~Collecting();

    /// The hosts whose lease this member holds, with their tokens.
    void setHosts(std::map<Uuid, std::int64_t> tokens);

private:
    using Clock = std::chrono::steady_clock;
    /// One host's stream and what came of it and is not stored yet.
    struct HostStream
    {
        std::int64_t token = 0;
        std::uint64_t call = 0;       ///< 0: none is known
        std::uint64_t generation = 0; ///< of the stream: what an earlier one still sends is not taken
        bool open = false;            ///< until its call has ended
        bool taking = false;          ///< false: it is being ended
        bool full = false;            ///< it was ended because more came than is kept here: stored at once, then begun again
        Clock::time_point notBefore{};
        Clock::time_point since{};    ///< when the oldest of `batches` came
        std::optional<Clock::time_point> slowSince; ///< when the oldest came that does not wait for `gather`; none: there is none
        Clock::time_point askAt{};    ///< when its sources are asked for
        std::optional<std::vector<wire::SlowSource>> sources; ///< what it answered and is not stored yet
        Uuid spool;
        std::deque<std::pair<std::shared_ptr<const wire::CollectedBatch>, std::size_t>> batches; ///< with their size, about
        std::size_t bytes = 0;
        /// Forgets what came: the next stream brings again all that was not acknowledged.  Returns the call, to be cancelled outside
        /// the lock.
        std::uint64_t abandon();
    };
    /// What the pool's callbacks touch: they may come after this object has gone.
    struct Shared
    {
        std::mutex mutex;
        std::map<Uuid, HostStream> hosts;
        HostStream *find(const Uuid &host, std::uint64_t generation);
        /// Returns a call that is to be cancelled; 0: none.
        std::uint64_t take(const Uuid &host, std::uint64_t generation, const Json &item);
        void ended(const Uuid &host, std::uint64_t generation, const Result<Json> &answer, std::chrono::milliseconds again);
    };

    void work(std::stop_token stop);
    void openStreams();
    void openStream(const Uuid &host, std::uint64_t generation);
    void askSources();
    /// Stores what is due.
    Result<void> store(store::Session &session);
    /// False: the lease is no longer ours, or the store does not know an instance yet.
    Result<bool> storeHost(store::Session &session, const Uuid &host, const HostStream &taken);
    Result<void> keepHouse(store::Session &session);

    StoreSettings m_settings;
    remote::AgentPool &m_pool;
    std::function<void(const std::string &)> m_log;
    const Times m_times;
    std::shared_ptr<Shared> m_shared = std::make_shared<Shared>();
    std::condition_variable_any m_wake;
    std::uint64_t m_generation = 0; ///< of the worker's thread, as what follows
    Clock::time_point m_packedAt{};
    bool m_away = false;
    std::jthread m_thread;
};

} // namespace zandb::headless
