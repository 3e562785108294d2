// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/workflow/orders.h"

#include "agent/os/log.h"
#include "agent/os/sha256.h"
#include "agent/protocol/frame.h"
#include "agent/workflow/orderentry.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <limits>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace zandb::agent {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t maxResultsBytes = 3u << 20; // of one answer with several results
constexpr std::size_t maxResultBytes = wire::maxFrame - (64u << 10); // of the only one in its answer
constexpr std::int64_t maxLogPage = 32 << 10;
constexpr std::int64_t maxTtlSeconds = 30LL * 86'400;

tl::unexpected<Error> badOrder(std::string detail)
{
    return fail(errors::orderArgs, {{"detail", std::move(detail)}});
}

Result<void> checkKey(const wire::OrderKey &key)
{
    if (key.runId.isNull() || key.step < 1 || key.attempt < 1)
        return badOrder("an order needs a run, a step and an attempt");
    return {};
}

/// Where a page of text may end so that no character is cut in two; the whole size when the end is no UTF-8 anyway.
std::size_t wholeCharacters(std::string_view bytes)
{
    for (std::size_t back = 1; back <= std::min<std::size_t>(4, bytes.size()); ++back) {
        const auto c = static_cast<unsigned char>(bytes[bytes.size() - back]);
        if (c < 0x80)
            return bytes.size();
        if (c >= 0xc0) {
            const std::size_t length = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
            return back < length ? bytes.size() - back : bytes.size();
        }
    }
    return bytes.size();
}

} // namespace

OrderBook::OrderBook(Config config, OrderOptions options)
    : m_config(std::move(config)), m_options(std::move(options)), m_workRoot(m_config.stateDirectory / "work")
{}

OrderBook::~OrderBook() = default;

fs::path journalFile(const Config &config)
{
    return config.stateDirectory / "orders.journal";
}

fs::path workDirectory(const Config &config, const wire::OrderKey &key)
{
    return config.stateDirectory / "work" / (key.runId.toString() + '.' + std::to_string(key.step) + '.' + std::to_string(key.attempt));
}

Result<FileDescriptor> lockStateDirectory(const Config &config)
{
    std::error_code error;
    fs::create_directories(config.stateDirectory, error);
    const fs::path file = config.stateDirectory / "serve.lock";
    FileDescriptor lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!lock)
        return fail(ioError(file, errno));
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
        return fail(errors::ioFailed, {{"path", file.string()}, {"detail", "another zandb-agent uses this state directory"}});
    return lock;
}

Result<std::unique_ptr<OrderBook>> OrderBook::open(Config config, OrderOptions options)
{
    std::unique_ptr<OrderBook> book(new OrderBook(std::move(config), std::move(options)));
    std::error_code error;
    fs::create_directories(book->m_workRoot, error);
    if (error)
        return fail(errors::ioFailed, {{"path", book->m_workRoot.string()}, {"detail", error.message()}});
    const fs::path file = journalFile(book->m_config);
    std::optional<std::int64_t> unreadable;
    auto journal = Journal::open(file, [&](std::int64_t place, const Json &record) {
        try {
            book->replay(place, record);
        } catch (const std::exception &) {
            if (!unreadable)
                unreadable = place; // a right checksum around what this version does not understand
        }
    });
    if (!journal)
        return fail(journal.error());
    if (unreadable)
        return fail(errors::journalDamaged, {{"path", file.string()},
                                             {"offset", std::to_string(*unreadable)},
                                             {"detail", "a record this version cannot read"}});
    book->m_journal = std::make_unique<Journal>(std::move(*journal));
    for (auto &[key, entry] : book->m_entries) {
        if (entry.state == State::Accepted || entry.state == State::Started)
            book->m_open.insert(key);
        if (entry.state == State::Finished) {
            entry.directoryBytes = bytesBelow(book->directoryOf(key));
            book->m_finishedBytes += entry.directoryBytes;
        }
    }
    if (auto adopted = book->adoptStarted(); !adopted)
        return fail(adopted.error());
    // a full disk keeps it from becoming smaller, not from being used
    if (auto purged = book->purge(); !purged)
        logLine("the journal cannot be compacted: " + describe(purged.error()));
    book->tick();
    return book;
}

fs::path OrderBook::directoryOf(const wire::OrderKey &key) const
{
    return workDirectory(m_config, key);
}

void OrderBook::notify(const wire::OrderKey &key) const
{
    if (m_changed)
        m_changed(key);
}

Result<void> OrderBook::checkFence(const wire::Fence &fence)
{
    if (fence.storeEpoch.isNull() || fence.host.isNull() || fence.token < 0)
        return badOrder("an order needs a fence with store epoch, host and token");
    if (m_epoch && *m_epoch != fence.storeEpoch)
        return fail(errors::orderEpoch, {{"epoch", fence.storeEpoch.toString()}, {"known", m_epoch->toString()}});
    if (!m_epoch) {
        // the first store that ever sends an order is this host's store
        if (auto done = acceptEpoch(fence.storeEpoch); !done)
            return done;
    }
    const FenceSlot slot{fence.storeEpoch, fence.host};
    const auto known = m_fences.find(slot);
    if (known != m_fences.end() && fence.token < known->second)
        return fail(errors::orderFenced,
                    {{"token", std::to_string(fence.token)}, {"seen", std::to_string(known->second)}});
    if (known == m_fences.end() || fence.token > known->second) {
        const auto written = m_journal->append(
            {{"t", "fence"}, {"epoch", fence.storeEpoch}, {"host", fence.host}, {"token", fence.token}});
        if (!written)
            return fail(written.error());
        m_fences[slot] = fence.token;
    }
    return {};
}

Result<void> OrderBook::checkSpool() const
{
    std::int64_t used = m_journal->bytes() + m_finishedBytes;
    for (const wire::OrderKey &key : m_open)
        used += bytesBelow(directoryOf(key));
    const std::int64_t left = m_config.spoolBytes - used;
    struct statvfs disk{};
    const bool known = ::statvfs(m_workRoot.c_str(), &disk) == 0;
    const std::int64_t onDisk = known ? static_cast<std::int64_t>(disk.f_bavail) * static_cast<std::int64_t>(disk.f_frsize) : left;
    const std::int64_t available = std::min(left, onDisk);
    if (available < m_options.reservedForResults)
        return fail(errors::spoolFull, {{"free", std::to_string(std::max<std::int64_t>(0, available))},
                                        {"reserved", std::to_string(m_options.reservedForResults)},
                                        {"path", m_config.stateDirectory.string()}});
    return {};
}

Result<wire::OrderStatus> OrderBook::submit(const wire::Order &order, const std::optional<wire::OrderedBy> &by)
{
    if (auto right = checkKey(order.key); !right)
        return fail(right.error());
    if (order.kind.empty() || order.kind.size() > 64)
        return badOrder("an order needs a kind");
    if (order.ttlSeconds < 1 || order.ttlSeconds > maxTtlSeconds)
        return badOrder("time to live of " + std::to_string(order.ttlSeconds) + " s");
    if (order.argsSha256 != Sha256::of(dumpJson(order.args)))
        return fail(errors::orderArgsDigest);
    if (auto right = checkFence(order.fence); !right)
        return fail(right.error());

    const std::string digest = orderDigest(order);
    if (const auto known = m_entries.find(order.key); known != m_entries.end()) {
        if (known->second.state == State::Tombstone)
            return fail(errors::orderTombstone);
        if (known->second.digest != digest)
            return fail(errors::orderConflict, {{"run_id", order.key.runId.toString()}});
        return statusOf(order.key, known->second);
    }
    if (!m_options.kinds.contains(order.kind))
        return badOrder("this agent knows no kind \"" + order.kind + '"');
    if (auto room = checkSpool(); !room)
        return fail(room.error());

    Entry entry;
    entry.kind = order.kind;
    entry.digest = digest;
    entry.instance = instanceOf(order.args);
    entry.acceptedAt = systemNow();
    entry.ttlSeconds = order.ttlSeconds;
    entry.startBy = Entry::Clock::now() + std::chrono::seconds{order.ttlSeconds};
    Json record{{"t", "accepted"},      {"key", order.key},        {"kind", order.kind}, {"digest", digest},
                {"at", entry.acceptedAt}, {"ttl", order.ttlSeconds}, {"order", order}};
    if (by) {
        entry.orderedBy = person(*by);
        record["orderedBy"] = *by;
    }
    const auto place = m_journal->append(record);
    if (!place)
        return fail(place.error());
    entry.sequence = ++m_sequence;
    entry.orderPlace = *place;
    const auto it = m_entries.emplace(order.key, std::move(entry)).first;
    m_open.insert(order.key);
    notify(order.key);
    startWaiting();
    return statusOf(order.key, it->second);
}

wire::OrderStatus OrderBook::statusOf(const wire::OrderKey &key, const Entry &entry) const
{
    wire::OrderStatus status;
    status.key = key;
    status.kind = entry.kind;
    status.acceptedAt = entry.acceptedAt;
    status.startedAt = entry.startedAt;
    status.progress = entry.progress;
    if (entry.orderedBy)
        status.orderedBy = *entry.orderedBy;
    switch (entry.state) {
    case State::Accepted:
        status.state = "accepted";
        break;
    case State::Tombstone:
        status.state = "tombstone";
        break;
    case State::Started: {
        status.state = "started";
        std::error_code ignored;
        const auto size = fs::file_size(directoryOf(key) / "log", ignored);
        status.logSize = ignored ? 0 : static_cast<std::int64_t>(size);
        break;
    }
    case State::Finished: {
        status.state = "finished";
        status.endedAt = entry.endedAt;
        status.outcome = entry.outcome;
        const auto record = m_journal->read(entry.resultPlace);
        if (!record) {
            status.error = record.error();
            break;
        }
        if (const auto error = record->find("error"); error != record->end() && error->is_object())
            status.error = errorFromJson(*error);
        status.data = record->value("data", Json());
        status.dataCutBytes = integerIn(record->value("dataCutBytes", Json()), 0, std::numeric_limits<std::int64_t>::max()).value_or(0);
        status.items = decode<std::optional<wire::ItemCounts>>(record->value("items", Json())).value_or(std::nullopt);
        status.progress = record->value("progress", wire::Progress{});
        status.logSize = record->value("logSize", std::int64_t{0});
        break;
    }
    }
    return status;
}

wire::OrderStatus OrderBook::status(const wire::OrderKey &key) const
{
    if (const auto it = m_entries.find(key); it != m_entries.end())
        return statusOf(key, it->second);
    wire::OrderStatus none;
    none.key = key;
    none.state = "none";
    return none;
}

const Kind &OrderBook::kindOf(const Entry &entry) const
{
    return kindNamed(m_options.kinds, entry.kind);
}

std::string OrderBook::kindOf(const wire::OrderKey &key) const
{
    const auto it = m_entries.find(key);
    return it == m_entries.end() ? std::string{} : it->second.kind;
}

Result<wire::OrderStatus> OrderBook::cancel(const wire::OrderKey &key, const wire::Fence &fence)
{
    if (auto right = checkKey(key); !right)
        return fail(right.error());
    if (auto right = checkFence(fence); !right)
        return fail(right.error());
    const auto it = m_entries.find(key);
    if (it == m_entries.end()) {
        if (auto room = checkSpool(); !room)
            return fail(room.error());
        Entry entry;
        entry.state = State::Tombstone;
        entry.acceptedAt = systemNow();
        entry.sequence = ++m_sequence;
        if (auto written = m_journal->append({{"t", "tombstone"}, {"key", key}, {"at", entry.acceptedAt}}); !written)
            return fail(written.error());
        return statusOf(key, m_entries.emplace(key, std::move(entry)).first->second);
    }
    Entry &entry = it->second;
    if (entry.state == State::Accepted) {
        if (!finishWith(key, entry, "cancelled", makeError(errors::cancelled, {{"detail", "before it started"}})))
            return fail(errors::ioFailed, {{"path", m_journal->file().string()}});
    } else if (entry.state == State::Started && !entry.cancelledAt) {
        const TimePoint now = systemNow();
        if (auto written = m_journal->append({{"t", "cancel"}, {"key", key}, {"at", now}}); !written)
            return fail(written.error());
        entry.cancelledAt = now;
        entry.killAt = Entry::Clock::now() + m_options.cancelGrace;
        entry.asked = endSession(key, entry, SIGTERM);
    }
    return statusOf(key, entry);
}

Result<LogPage> OrderBook::log(const wire::OrderKey &key, std::int64_t offset, std::int64_t limit) const
{
    if (!m_entries.contains(key))
        return fail(errors::orderUnknown, {{"run_id", key.runId.toString()}});
    LogPage page;
    page.offset = std::max<std::int64_t>(0, offset);
    const fs::path file = directoryOf(key) / "log";
    const FileDescriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd)
        return errno == ENOENT ? Result<LogPage>(page) : fail(ioError(file, errno));
    const off_t size = ::lseek(fd.get(), 0, SEEK_END);
    page.size = size < 0 ? 0 : size;
    page.bytes.resize(static_cast<std::size_t>(
        std::clamp<std::int64_t>(std::min(limit, page.size - page.offset), 0, maxLogPage)));
    const ssize_t n = ::pread(fd.get(), page.bytes.data(), page.bytes.size(), page.offset);
    if (n < 0)
        return fail(ioError(file, errno));
    page.bytes.resize(static_cast<std::size_t>(n));
    page.bytes.resize(wholeCharacters(page.bytes));
    return page;
}

Result<ResultPage> OrderBook::pageOf(const std::vector<const Entries::value_type *> &found, std::size_t limit, bool withOrders) const
{
    ResultPage page;
    std::size_t bytes = 0;
    for (const auto *item : found) {
        if (page.results.size() >= limit) {
            page.more = true;
            break;
        }
        wire::OrderStatus status = statusOf(item->first, item->second);
        if (withOrders) {
            if (const auto record = m_journal->read(item->second.orderPlace)) {
                if (auto order = decode<wire::Order>(record->value("order", Json())))
                    status.order = std::move(*order);
            }
        }
        std::size_t size = dumpJson(status).size();
        if (size > maxResultBytes) {
            // no frame holds it, so whoever asks would get no further: the order says what it was, the log what it did
            status.data = nullptr;
            size = dumpJson(status).size();
        }
        if (size > maxResultBytes && status.order) {
            status.order.reset();
            size = dumpJson(status).size();
        }
        bytes += size;
        if (bytes > maxResultsBytes && !page.results.empty()) {
            page.more = true;
            break;
        }
        page.results.push_back(std::move(status));
    }
    return page;
}

Result<ResultPage> OrderBook::pending(std::size_t limit) const
{
    std::vector<const Entries::value_type *> found;
    for (const auto &item : m_entries) {
        if (item.second.state == State::Finished && !item.second.acknowledgedAt)
            found.push_back(&item);
    }
    std::ranges::sort(found, {}, [](const auto *item) { return item->second.endedAt; });
    return pageOf(found, limit, false);
}

Result<ResultPage> OrderBook::since(TimePoint at, std::size_t limit) const
{
    std::vector<const Entries::value_type *> found;
    for (const auto &item : m_entries) {
        if (item.second.state == State::Finished && item.second.endedAt >= at)
            found.push_back(&item);
    }
    std::ranges::sort(found, {}, [](const auto *item) { return item->second.endedAt; });
    return pageOf(found, limit, true);
}

Result<void> OrderBook::acknowledge(const std::vector<wire::OrderKey> &keys)
{
    std::vector<Entry *> entries;
    Json record{{"t", "acked"}, {"keys", Json::array()}, {"at", systemNow()}};
    for (const wire::OrderKey &key : keys) {
        const auto it = m_entries.find(key);
        if (it == m_entries.end() || it->second.state != State::Finished || it->second.acknowledgedAt)
            continue;
        entries.push_back(&it->second);
        record["keys"].push_back(key);
    }
    if (entries.empty())
        return {};
    if (auto written = m_journal->append(record); !written)
        return fail(written.error());
    for (Entry *entry : entries)
        entry->acknowledgedAt = record["at"].get<TimePoint>();
    return {};
}

Result<void> OrderBook::acceptEpoch(const Uuid &epoch)
{
    if (epoch.isNull())
        return badOrder("no store epoch");
    if (auto written = m_journal->append({{"t", "epoch"}, {"epoch", epoch}}); !written)
        return fail(written.error());
    m_epoch = epoch;
    m_fences.clear();
    logLine("orders are taken from the store of epoch " + epoch.toString());
    return {};
}

} // namespace zandb::agent
