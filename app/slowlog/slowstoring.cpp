// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/slowlog/slowstoring.h"

#include "app/slowlog/slowspan.h"
#include "app/store/sqltext.h"

#include <algorithm>
#include <map>

namespace zandb::slowlog {
namespace {

using store::Session;
using store::value;
using store::Value;
using namespace std::chrono_literals;

constexpr std::size_t idsPerStatement = 500;
constexpr std::size_t rowsPerStatement = 100;
/// A digest's last sight is not written each minute: thousands of instances share its row.
constexpr Microseconds seenEvery = 1h;
/// The most recent example is replaced no more often, and a record that is older gives way to a lesser one.
constexpr Microseconds recentEvery = 1h;
constexpr Microseconds recordHolds = std::chrono::days{7};

enum Slot { Slowest = 0, MostRows = 1, MostRecent = 2 };

/// What `list` holds, in portions for `IN (...)`.
template<class T>
Result<void> inPortions(const std::vector<T> &list, std::size_t most, const std::function<Result<void>(std::span<const T>)> &each)
{
    for (std::size_t first = 0; first < list.size(); first += most) {
        const std::size_t count = std::min(most, list.size() - first);
        if (auto done = each(std::span<const T>(list).subspan(first, count)); !done)
            return done;
    }
    return {};
}

struct Seen
{
    std::string fingerprint;
    TimePoint first{};
    TimePoint last{};
};

/// Writes what is new: one that is there is left alone unless its first or last sight moves.
Result<void> storeDigests(Session &session, const std::map<SlowChecksum, Seen> &seen)
{
    std::vector<SlowChecksum> ids;
    for (const auto &[id, digest] : seen)
        ids.push_back(id);
    std::vector<SlowChecksum> due;
    std::map<SlowChecksum, std::pair<TimePoint, TimePoint>> known;
    const auto read = inPortions<SlowChecksum>(ids, idsPerStatement, [&](std::span<const SlowChecksum> some) -> Result<void> {
        std::vector<Value> arguments;
        for (const SlowChecksum &id : some)
            arguments.push_back(value(id));
        const auto rows = session.query("SELECT checksum, first_seen_us, last_seen_us FROM slow_digest WHERE checksum IN (" + store::marks(arguments.size()) + ')', arguments);
        if (!rows)
            return fail(rows.error());
        for (const store::Row &row : *rows)
            known[row.uuid(0)] = {row.time(1), row.time(2)};
        return {};
    });
    if (!read)
        return read;
    for (const auto &[id, digest] : seen) {
        const auto before = known.find(id);
        if (before == known.end() || digest.first < before->second.first || digest.last >= before->second.second + seenEvery)
            due.push_back(id);
    }
    // ascending, so that two writers wait for each other instead of dying together
    return inPortions<SlowChecksum>(due, rowsPerStatement, [&](std::span<const SlowChecksum> some) -> Result<void> {
        std::vector<Value> arguments;
        for (const SlowChecksum &id : some) {
            const Seen &digest = seen.at(id);
            store::append(arguments, {value(id), value(digest.fingerprint), value(digest.first), value(digest.last)});
        }
        const auto done = session.execute("INSERT INTO slow_digest (checksum, fingerprint, first_seen_us, last_seen_us) VALUES " + store::markRows(some.size(), 4)
                                              + " ON DUPLICATE KEY UPDATE first_seen_us = LEAST(first_seen_us, VALUES(first_seen_us)), "
                                                "last_seen_us = GREATEST(last_seen_us, VALUES(last_seen_us)), "
                                                "fingerprint = IF(fingerprint = '', VALUES(fingerprint), fingerprint)", arguments);
        return done ? Result<void>{} : fail(done.error());
    });
}

struct Example
{
    wire::SlowSample sample;
    std::int64_t queryUs = 0;
};
using Examples = std::map<std::pair<SlowChecksum, int>, Example>;

std::int64_t rowsOf(const wire::SlowSample &sample) { return sample.rowsExamined.value_or(0); }

/// Keeps the better of two for each place.
void consider(Examples &best, const SlowChecksum &digest, const wire::SlowSample &sample)
{
    const Example example{sample, slowNumberOf(sample.querySeconds * 1e6)};
    const auto keep = [&](int slot, auto isBetter) {
        const auto [found, isNew] = best.try_emplace({digest, slot}, example);
        if (!isNew && isBetter(example, found->second))
            found->second = example;
    };
    keep(Slowest, [](const Example &a, const Example &b) { return a.queryUs > b.queryUs; });
    keep(MostRows, [](const Example &a, const Example &b) { return rowsOf(a.sample) > rowsOf(b.sample); });
    keep(MostRecent, [](const Example &a, const Example &b) { return a.sample.at > b.sample.at; });
}

Result<void> storeExamples(Session &session, const Uuid &instance, Examples best)
{
    std::vector<SlowChecksum> digests;
    for (const auto &[place, example] : best) {
        if (digests.empty() || digests.back() != place.first)
            digests.push_back(place.first);
    }
    const auto read = inPortions<SlowChecksum>(digests, idsPerStatement, [&](std::span<const SlowChecksum> some) -> Result<void> {
        std::vector<Value> arguments{value(instance)};
        for (const SlowChecksum &id : some)
            arguments.push_back(value(id));
        const auto rows = session.query("SELECT checksum, slot, at_us, query_us, rows_examined FROM slow_sample WHERE instance_id = ? AND checksum IN ("
                                            + store::marks(some.size()) + ')', arguments);
        if (!rows)
            return fail(rows.error());
        for (const store::Row &row : *rows) {
            const auto found = best.find({row.uuid(0), static_cast<int>(row.integer(1))});
            if (found == best.end())
                continue;
            const Example &example = found->second;
            const bool isOld = example.sample.at >= row.time(2) + recordHolds;
            const bool isBetter = found->first.second == Slowest ? example.queryUs > row.integer(3)
                : found->first.second == MostRows                ? rowsOf(example.sample) > row.integer(4)
                                                                 : example.sample.at >= row.time(2) + recentEvery;
            if (!isBetter && !isOld)
                best.erase(found);
        }
        return {};
    });
    if (!read)
        return read;
    std::vector<const Examples::value_type *> due;
    for (const auto &one : best)
        due.push_back(&one);
    return inPortions<const Examples::value_type *>(due, rowsPerStatement, [&](std::span<const Examples::value_type *const> some) -> Result<void> {
        std::vector<Value> arguments;
        for (const auto *one : some) {
            const auto &[sample, queryUs] = one->second;
            store::append(arguments, {value(one->first.first), value(instance), value(one->first.second), value(sample.at), value(sample.query), value(sample.user),
                                      value(sample.host), value(sample.schema), value(queryUs),
                                      sample.lockSeconds ? value(slowNumberOf(*sample.lockSeconds * 1e6)) : Value(nullptr), value(sample.rowsSent),
                                      value(sample.rowsExamined), value(sample.device), value(sample.inode), value(sample.offset), value(sample.length)});
        }
        std::string updates;
        for (const std::string column : {"at_us", "query", "user_name", "host_name", "schema_name", "query_us", "lock_us", "rows_sent", "rows_examined", "device", "inode",
                                         "log_offset", "log_length"})
            updates += (updates.empty() ? "" : ", ") + column + " = VALUES(" + column + ")";
        const auto done = session.execute("INSERT INTO slow_sample (checksum, instance_id, slot, at_us, query, user_name, host_name, schema_name, query_us, lock_us, rows_sent, "
                                          "rows_examined, device, inode, log_offset, log_length) VALUES " + store::markRows(some.size(), 16)
                                              + " ON DUPLICATE KEY UPDATE " + updates, arguments);
        return done ? Result<void>{} : fail(done.error());
    });
}

/// New pieces, each behind those of its minute that are there already.
Result<void> storePieces(Session &session, const Uuid &instance, std::map<TimePoint, SlowBlock> minutes)
{
    for (auto &[minute, block] : minutes) {
        fold(block, SlowLimits{});
        const auto last = session.query("SELECT MAX(part) FROM slow_span WHERE subject_id = ? AND kind = 0 AND t0_us = ?", {value(instance), value(minute)});
        if (!last)
            return fail(last.error());
        const int part = last->front().isNull(0) ? 0 : static_cast<int>(last->front().integer(0)) + 1;
        Span span{instance, SpanKind::Piece, minute, part, {}};
        span.slots.push_back({0, std::move(block)});
        if (auto done = writeSpan(session, std::move(span)); !done)
            return done;
        const auto noted = session.execute("INSERT INTO slow_pending (kind, t0_us, subject_id, part) VALUES (0,?,?,?), (4,?,?,?)",
                                           {value(minute), value(instance), value(part), value(minute), value(instance), value(part)});
        if (!noted)
            return fail(noted.error());
    }
    return {};
}

} // namespace

Result<fleet::Collected> storeBatches(Session &session, const fleet::CollectedFrom &from, const std::vector<SlowBatchIn> &batches)
{
    if (batches.empty() || !from.source.starts_with(wire::slowlogSourcePrefix))
        return fleet::Collected{};
    const auto names = fleet::instancesOf(session, from.host);
    if (!names)
        return fail(names.error());
    const auto instance = names->find(from.source.substr(wire::slowlogSourcePrefix.size()));
    if (instance == names->end())
        return fleet::Collected{};
    const auto now = session.now();
    if (!now)
        return fail(now.error());
    std::vector<std::int64_t> numbers;
    for (const SlowBatchIn &batch : batches)
        numbers.push_back(batch.number);
    return fleet::storeCollected(session, from, numbers, [&](std::span<const std::size_t> fresh) -> Result<void> {
        std::map<TimePoint, SlowBlock> minutes;
        std::map<SlowChecksum, Seen> digests;
        Examples examples;
        TimePoint newest{};
        std::int64_t behind = 0;
        for (const std::size_t place : fresh) {
            SlowBatch batch = slowBatchOf(batches[place].minute, *now);
            for (SlowText &text : batch.texts) {
                const auto [found, isNew] = digests.try_emplace(text.checksum, Seen{std::move(text.fingerprint), batch.minute, batch.minute});
                found->second.first = std::min(found->second.first, batch.minute);
                found->second.last = std::max(found->second.last, batch.minute);
            }
            for (const auto &[digest, sample] : batch.samples)
                consider(examples, digest, sample);
            if (!batch.block.digests.empty() || batch.block.timeUnknown || batch.block.notUnderstood)
                minutes[batch.minute].add(batch.block);
            newest = std::max(newest, batch.minute);
            behind = batch.bytesBehind;
        }
        if (auto done = storePieces(session, instance->second, std::move(minutes)); !done)
            return done;
        if (auto done = storeDigests(session, digests); !done)
            return done;
        if (auto done = storeExamples(session, instance->second, std::move(examples)); !done)
            return done;
        const auto noted = session.execute("INSERT INTO slow_source (instance_id, detail, asked_us, stored_us, minute_us, bytes_behind) VALUES (?,NULL,0," + std::string(store::nowUs)
                                               + ",?,?) ON DUPLICATE KEY UPDATE stored_us = VALUES(stored_us), minute_us = GREATEST(minute_us, VALUES(minute_us)), "
                                                 "bytes_behind = VALUES(bytes_behind)",
                                           {value(instance->second), value(newest), value(behind)});
        return noted ? Result<void>{} : fail(noted.error());
    });
}

Result<void> storeSources(Session &session, const Uuid &host, const std::vector<wire::SlowSource> &sources)
{
    const auto names = fleet::instancesOf(session, host);
    if (!names)
        return fail(names.error());
    for (const wire::SlowSource &source : sources) {
        const auto instance = names->find(source.instance);
        std::string detail = dumpJson(Json(source));
        if (instance == names->end() || detail.size() > (1u << 20))
            continue;
        const auto done = session.execute("INSERT INTO slow_source (instance_id, detail, asked_us, stored_us, minute_us, bytes_behind) VALUES (?,?," + std::string(store::nowUs)
                                              + ",0,0,0) ON DUPLICATE KEY UPDATE detail = VALUES(detail), asked_us = VALUES(asked_us)",
                                          {value(instance->second), detail});
        if (!done)
            return fail(done.error());
    }
    return {};
}

} // namespace zandb::slowlog
