// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/os/process.h"
#include "agent/protocol/workflow.h"
#include "agent/runtime/config.h"
#include "agent/runtime/journal.h"
#include "agent/runtime/kind.h"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>

namespace zandb::agent {

/// What tests set otherwise than the product.
struct OrderOptions
{
    std::filesystem::path workerProgram;                      ///< empty: this very program
    std::vector<std::string> workerArguments{"work"};         ///< before the directory
    std::chrono::milliseconds cancelGrace{30'000};            ///< between SIGTERM and SIGKILL
    std::chrono::microseconds keep{std::chrono::hours{7 * 24}}; ///< acknowledged results and tombstones
    std::chrono::milliseconds startRetry{30'000};             ///< after a start that the journal could not note
    std::int64_t reservedForResults = 64LL << 20;             ///< of spoolBytes and of the disk: no new order beyond
    Kinds kinds;                                              ///< known ones; orders of others are refused
};

/// A piece of an attempt's log.
struct LogPage
{
    std::int64_t offset = 0;
    std::string bytes;
    std::int64_t size = 0; ///< of the whole log now
};

/// A list of results that was cut to what one frame holds.
struct ResultPage
{
    std::vector<wire::OrderStatus> results;
    bool more = false;
};

/// orders.journal in the state directory.
std::filesystem::path journalFile(const Config &config);
/// Where the attempt of this key works: its worker's files are there (agent/runtime/work.h).
std::filesystem::path workDirectory(const Config &config, const wire::OrderKey &key);
/// Held as long as the descriptor is open: at most one process works on a state directory's journal.
/// Errors: io.failed, also when another process holds it.
Result<FileDescriptor> lockStateDirectory(const Config &config);

/// What this host was ordered to do: the journal, the work directories and the processes that work in them.
///
/// An order is accepted once, started at most once, and its result kept until `keep` after it was acknowledged.
/// Nothing is started before the journal says so on disk.  Not thread-safe; calls block for fsyncs and forks
/// (milliseconds).  Workers do not depend on this object: after it is gone they go on, and the next one finds them.
class OrderBook
{
public:
    /// Reads the journal, compacts it and takes up what runs.  Errors: journal.damaged, io.failed, io.disk_full.
    static Result<std::unique_ptr<OrderBook>> open(Config config, OrderOptions options);
    ~OrderBook();
    OrderBook(const OrderBook &) = delete;
    OrderBook &operator=(const OrderBook &) = delete;

    /// Errors: order.args, order.args_digest, order.epoch, order.fenced, order.tombstone, order.conflict, spool.full,
    /// io.*.  An order that is already known gets its status, and stays that of whoever sent it first.  `by`: who sends it; none
    /// is kept as not known.
    Result<wire::OrderStatus> submit(const wire::Order &order, const std::optional<wire::OrderedBy> &by = {});
    /// State "none" when never heard of.
    wire::OrderStatus status(const wire::OrderKey &key) const;
    /// SIGTERM to the attempt's session, SIGKILL after the grace; an order not yet started ends here; an unknown one
    /// leaves a tombstone.  Errors: order.args, order.epoch, order.fenced, spool.full (unknown ones), io.*.
    Result<wire::OrderStatus> cancel(const wire::OrderKey &key, const wire::Fence &fence);
    /// Errors: order.unknown, io.failed.
    Result<LogPage> log(const wire::OrderKey &key, std::int64_t offset, std::int64_t limit) const;
    /// Finished and not acknowledged, oldest first.
    Result<ResultPage> pending(std::size_t limit) const;
    /// Finished at or after the instant, acknowledged or not, oldest first, each with its order.
    Result<ResultPage> since(TimePoint at, std::size_t limit) const;
    /// Unknown and unfinished keys are ignored.  Errors: io.*.
    Result<void> acknowledge(const std::vector<wire::OrderKey> &keys);
    /// From now on orders of this epoch are taken and no others.  Fences seen so far are forgotten, also when the epoch
    /// is the known one.  Errors: order.args, io.*.
    Result<void> acceptEpoch(const Uuid &epoch);

    /// Looks after workers: collects results, starts what waits, ends what must end.  To be called when a child ended
    /// and every half second while hasOpen().
    void tick();
    bool hasOpen() const { return !m_open.empty(); }
    bool isOpen(const wire::OrderKey &key) const { return m_open.contains(key); }
    /// Whether a sender of this fence may still act on this host; remembers it.  Errors: order.args, order.epoch, order.fenced, io.*.
    Result<void> checkFence(const wire::Fence &fence);
    std::vector<wire::OrderKey> openKeys() const { return {m_open.begin(), m_open.end()}; }
    /// The processes of started attempts, whether they still run or not.
    std::vector<ProcessIdentity> workers() const;
    /// The kind of a known order, "" else.
    std::string kindOf(const wire::OrderKey &key) const;
    /// Forgets what is older than `keep`, with its files, and compacts the journal.  Errors: io.*.
    Result<void> purge();
    /// Called whenever state or progress of an order changed, from within the other functions.
    void onChange(std::function<void(const wire::OrderKey &)> callback) { m_changed = std::move(callback); }
    /// Called when a worker was found gone without a result: it may have left something behind.
    void onWorkerGone(std::function<void()> callback) { m_workerGone = std::move(callback); }
    /// Called with the kind of an order whose result was collected.
    void onEnded(std::function<void(const Kind &)> callback) { m_ended = std::move(callback); }

private:
    enum class State { Accepted, Started, Finished, Tombstone };
    struct Entry;
    using Entries = std::map<wire::OrderKey, Entry>;
    struct FenceSlot
    {
        Uuid epoch;
        Uuid host;
        auto operator<=>(const FenceSlot &) const = default;
    };

    OrderBook(Config config, OrderOptions options);
    // orders.cpp
    Result<void> checkSpool() const;
    wire::OrderStatus statusOf(const wire::OrderKey &key, const Entry &entry) const;
    Result<ResultPage> pageOf(const std::vector<const Entries::value_type *> &found, std::size_t limit, bool withOrders) const;
    std::filesystem::path directoryOf(const wire::OrderKey &key) const;
    void notify(const wire::OrderKey &key) const;
    const Kind &kindOf(const Entry &entry) const;
    // orderjournal.cpp
    void replay(std::int64_t place, const Json &record);
    const wire::OrderedBy *person(const wire::OrderedBy &by) { return &*m_people.insert(by).first; }
    Result<void> compact();
    Result<void> adoptStarted();
    void endWithoutStart(const wire::OrderKey &key, Entry &entry);
    Json finishedRecord(const wire::OrderKey &key, const Entry &entry, const Json &result) const;
    // orderworkers.cpp
    void startWaiting();
    int workersOf(Pool pool) const;
    void start(const wire::OrderKey &key, Entry &entry);
    Result<void> prepareDirectory(const wire::OrderKey &key, const Entry &entry) const;
    void look(const wire::OrderKey &key, Entry &entry);
    void readProgress(const wire::OrderKey &key, Entry &entry);
    bool endSession(const wire::OrderKey &key, Entry &entry, int signal);
    bool finish(const wire::OrderKey &key, Entry &entry, const Json &result);
    bool finishWith(const wire::OrderKey &key, Entry &entry, std::string_view outcome, const Error &error);

    Config m_config;
    OrderOptions m_options;
    std::filesystem::path m_workRoot;
    std::unique_ptr<Journal> m_journal;
    std::set<wire::OrderedBy> m_people; ///< whoever ordered something since the start, once each
    Entries m_entries;
    std::set<wire::OrderKey> m_open; ///< accepted or started
    std::optional<Uuid> m_epoch;
    std::map<FenceSlot, std::int64_t> m_fences;
    std::int64_t m_sequence = 0;
    std::int64_t m_finishedBytes = 0; ///< in work directories of finished orders
    bool m_shortLogged = false;       ///< of descriptors
    std::function<void(const wire::OrderKey &)> m_changed;
    std::function<void()> m_workerGone;
    std::function<void(const Kind &)> m_ended;
};

} // namespace zandb::agent
