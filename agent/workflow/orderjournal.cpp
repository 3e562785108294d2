// SPDX-License-Identifier: GPL-3.0-or-later
// What the order book writes into its journal and how it reads it back.  Records, by "t":
//   epoch {epoch}; fence {epoch, host, token}; accepted {order, kind and digest, at, ttl, orderedBy}; started {key, pid, ...};
//   cancel {key, at}; finished {key, result, ...}; acked {keys, at}; tombstone {key, at}.

#include "agent/os/log.h"
#include "agent/os/sha256.h"
#include "agent/runtime/itemsfile.h"
#include "agent/workflow/orderentry.h"

namespace zandb::agent {
namespace {

using Clock = std::chrono::steady_clock;

wire::OrderKey keyOf(const Json &record)
{
    return record.at("key").get<wire::OrderKey>();
}

TimePoint instant(const Json &record, const char *name)
{
    return record.at(name).get<TimePoint>();
}

/// A deadline noted by the wall clock, in this process's clock; never further away than it was when it was set.
Clock::time_point deadline(TimePoint from, std::chrono::microseconds length)
{
    const auto passed = std::clamp<std::chrono::microseconds>(systemNow() - from, std::chrono::microseconds{0}, length);
    return Clock::now() + (length - passed);
}

} // namespace

std::string orderDigest(const wire::Order &order)
{
    return Sha256::of(dumpJson(Json::array({order.kind, order.argsSha256, order.author, order.definitionSha256})));
}

std::string instanceOf(const Json &args)
{
    const auto found = args.is_object() ? args.find("instance") : args.end();
    return found != args.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Json startedRecord(const wire::OrderKey &key, TimePoint at, const ProcessIdentity &process)
{
    return {{"t", "started"},         {"key", key},
            {"at", at},               {"pid", process.pid},
            {"startTime", process.startTime}, {"bootId", process.bootId}};
}

void OrderBook::replay(std::int64_t place, const Json &record)
{
    const std::string type = record.at("t").get<std::string>();
    if (type == "epoch") {
        m_epoch = record.at("epoch").get<Uuid>();
        m_fences.clear();
    } else if (type == "fence") {
        auto &token = m_fences[{record.at("epoch").get<Uuid>(), record.at("host").get<Uuid>()}];
        token = std::max(token, record.at("token").get<std::int64_t>());
    } else if (type == "accepted") {
        Entry entry;
        entry.sequence = ++m_sequence;
        entry.kind = record.at("kind").get<std::string>();
        entry.digest = record.at("digest").get<std::string>();
        entry.instance = instanceOf(record.at("order").at("args"));
        entry.acceptedAt = instant(record, "at");
        entry.ttlSeconds = record.at("ttl").get<std::int64_t>();
        entry.startBy = deadline(entry.acceptedAt, std::chrono::seconds{entry.ttlSeconds});
        entry.orderPlace = place;
        if (const auto by = record.find("orderedBy"); by != record.end()) // earlier versions did not keep it
            entry.orderedBy = person(by->get<wire::OrderedBy>());
        m_entries[keyOf(record)] = std::move(entry);
    } else if (type == "tombstone") {
        Entry entry;
        entry.state = State::Tombstone;
        entry.acceptedAt = instant(record, "at");
        m_entries[keyOf(record)] = std::move(entry);
    } else if (type == "acked") {
        for (const Json &key : record.at("keys")) {
            if (const auto it = m_entries.find(key.get<wire::OrderKey>()); it != m_entries.end())
                it->second.acknowledgedAt = instant(record, "at");
        }
    } else if (const auto it = m_entries.find(keyOf(record)); it != m_entries.end()) {
        Entry &entry = it->second;
        if (type == "started") {
            entry.state = State::Started;
            entry.startedAt = instant(record, "at");
            entry.worker = {record.at("pid").get<pid_t>(), record.at("startTime").get<std::uint64_t>(),
                            record.at("bootId").get<std::string>()};
        } else if (type == "cancel") {
            entry.cancelledAt = instant(record, "at");
            entry.killAt = deadline(*entry.cancelledAt, m_options.cancelGrace);
        } else if (type == "finished") {
            entry.state = State::Finished;
            entry.endedAt = instant(record, "endedAt");
            entry.outcome = record.at("outcome").get<std::string>();
            entry.resultPlace = place;
        }
    }
}

Json OrderBook::finishedRecord(const wire::OrderKey &key, const Entry &entry, const Json &result) const
{
    std::error_code ignored;
    const auto logBytes = std::filesystem::file_size(directoryOf(key) / "log", ignored);
    std::optional<wire::ItemCounts> items;
    if (const auto said = result.find("items"); said != result.end())
        items = decode<std::optional<wire::ItemCounts>>(*said).value_or(std::nullopt);
    else if (const wire::ItemCounts counted = countItems(directoryOf(key) / "items"); counted.count > 0)
        items = counted; // of a worker that did not live to say it
    return Json{{"t", "finished"},
                {"key", key},
                {"outcome", result.value("outcome", std::string("failed"))},
                {"error", result.value("error", Json())},
                {"data", result.value("data", Json())},
                {"dataCutBytes", result.value("dataCutBytes", Json(0))},
                {"items", items},
                {"progress", entry.progress},
                {"startedAt", entry.startedAt},
                {"endedAt", result.value("ended", systemNow())},
                {"logSize", ignored ? 0 : static_cast<std::int64_t>(logBytes)}};
}

Result<void> OrderBook::compact()
{
    std::vector<Entries::value_type *> inOrder;
    for (auto &item : m_entries)
        inOrder.push_back(&item);
    std::ranges::sort(inOrder, {}, [](const auto *item) { return item->second.sequence; });
    struct Places
    {
        std::int64_t order = 0;
        std::int64_t result = 0;
    };
    std::vector<Places> places(inOrder.size());
    // record by record: a journal may be as large as the spool, and as values it would take many times that
    const auto written = m_journal->rewrite([&](Journal::Rewriter &to) -> Result<void> {
        Result<void> state;
        const auto add = [&](const Json &record) {
            if (state)
                state = to.add(record).map([](std::int64_t) {});
        };
        const auto copy = [&](std::int64_t place) -> std::int64_t {
            const auto copied = state ? to.copy(place) : Result<std::int64_t>(fail(state.error()));
            if (!copied)
                state = fail(copied.error());
            return copied.value_or(0);
        };
        if (m_epoch)
            add({{"t", "epoch"}, {"epoch", *m_epoch}});
        for (const auto &[slot, token] : m_fences)
            add({{"t", "fence"}, {"epoch", slot.epoch}, {"host", slot.host}, {"token", token}});
        for (std::size_t i = 0; i < inOrder.size() && state; ++i) {
            const auto &[key, entry] = *inOrder[i];
            if (entry.state == State::Tombstone) {
                add({{"t", "tombstone"}, {"key", key}, {"at", entry.acceptedAt}});
                continue;
            }
            // with the order, also of what has ended: a store that was restored asks what it was
            places[i].order = copy(entry.orderPlace);
            if (entry.startedAt)
                add(startedRecord(key, *entry.startedAt, entry.worker));
            if (entry.cancelledAt)
                add({{"t", "cancel"}, {"key", key}, {"at", *entry.cancelledAt}});
            if (entry.state == State::Finished)
                places[i].result = copy(entry.resultPlace);
            if (entry.acknowledgedAt)
                add({{"t", "acked"}, {"keys", Json::array({key})}, {"at", *entry.acknowledgedAt}});
        }
        return state;
    });
    if (!written)
        return written;
    for (std::size_t i = 0; i < inOrder.size(); ++i) {
        inOrder[i]->second.orderPlace = places[i].order;
        inOrder[i]->second.resultPlace = places[i].result;
    }
    return {};
}

Result<void> OrderBook::purge()
{
    const TimePoint oldest = systemNow() - m_options.keep;
    std::erase_if(m_entries, [&](const auto &item) {
        const Entry &entry = item.second;
        const bool old = entry.state == State::Tombstone ? entry.acceptedAt < oldest
                                                         : entry.acknowledgedAt && *entry.acknowledgedAt < oldest;
        if (old && entry.state == State::Finished) {
            std::error_code error;
            std::filesystem::remove_all(directoryOf(item.first), error);
            if (error)
                logLine("cannot remove " + directoryOf(item.first).string() + ": " + error.message());
            m_finishedBytes -= entry.directoryBytes;
        }
        return old;
    });
    return compact();
}

} // namespace zandb::agent
