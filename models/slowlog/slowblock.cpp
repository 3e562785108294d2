// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/slowlog/slowblock.h"

#include "agent/protocol/printable.h"

#include <algorithm>
#include <set>

namespace zandb {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t maxTextBytes = 4096;
constexpr std::size_t maxNameBytes = 255;
constexpr std::size_t maxDigests = 2001; ///< 2,000 and "other"
constexpr std::size_t maxCallers = 33;
constexpr std::size_t maxSamples = 3;
constexpr TimePoint firstMinute{946'684'800s}; ///< 2000

/// At most so many bytes, whole characters, UTF-8 without anything that steers a terminal.
std::string cut(std::string_view text, std::size_t most)
{
    std::string clean = printable(text.substr(0, most), true);
    if (clean.size() <= most)
        return clean;
    while (most > 0 && (static_cast<unsigned char>(clean[most]) & 0xc0) == 0x80)
        --most;
    clean.resize(most);
    return clean;
}

/// The keys of all but the first `limit` by query time.
template<class Key>
std::vector<Key> tailOf(std::vector<std::pair<std::int64_t, Key>> all, std::size_t limit)
{
    std::vector<Key> tail;
    if (all.size() <= limit)
        return tail;
    // equal times are told apart by the key, so that the same block is always folded the same way
    std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(limit), all.end(), std::greater<>());
    for (std::size_t i = limit; i < all.size(); ++i)
        tail.push_back(std::move(all[i].second));
    return tail;
}

} // namespace

std::string checksumText(const SlowChecksum &checksum)
{
    if (checksum == slowOther)
        return "other";
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string text;
    for (const auto byte : checksum.bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::optional<SlowChecksum> checksumOf(std::string_view text)
{
    if (text == "other")
        return slowOther;
    if (text.size() != 32)
        return std::nullopt;
    SlowChecksum checksum;
    for (std::size_t i = 0; i < 32; ++i) {
        const char c = text[i];
        const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0)
            return std::nullopt;
        checksum.bytes[i / 2] = static_cast<std::uint8_t>(checksum.bytes[i / 2] << 4 | digit);
    }
    return checksum;
}

void SlowBlock::add(const SlowBlock &other)
{
    for (const auto &[digest, figures] : other.digests)
        digests[digest].add(figures);
    for (const auto &[person, totals] : other.people)
        people[person].add(totals);
    for (const auto &[caller, totals] : other.callers)
        callers[caller].add(totals);
    timeUnknown = addedUp(timeUnknown, other.timeUnknown);
    notUnderstood = addedUp(notUnderstood, other.notUnderstood);
}

SlowTotals SlowBlock::totals() const
{
    SlowTotals all;
    for (const auto &[digest, figures] : digests)
        all.add(figures.totals());
    return all;
}

void fold(SlowBlock &block, const SlowLimits &limits)
{
    std::vector<std::pair<std::int64_t, SlowChecksum>> digests;
    for (const auto &[digest, figures] : block.digests) {
        if (digest != slowOther)
            digests.emplace_back(figures.time.sum, digest);
    }
    std::set<SlowChecksum> folded;
    for (const SlowChecksum &digest : tailOf(std::move(digests), limits.digests)) {
        const auto found = block.digests.find(digest);
        block.digests[slowOther].add(found->second);
        block.digests.erase(found);
        folded.insert(digest);
    }
    if (!folded.empty()) {
        std::map<SlowCallerKey, SlowTotals> kept;
        for (auto &[caller, totals] : block.callers) {
            SlowCallerKey key = caller;
            if (folded.contains(key.digest))
                key.digest = slowOther;
            kept[std::move(key)].add(totals);
        }
        block.callers = std::move(kept);
    }

    std::map<SlowChecksum, std::vector<std::pair<std::int64_t, SlowCallerKey>>> callers;
    for (const auto &[caller, totals] : block.callers) {
        if (caller.user != "*")
            callers[caller.digest].emplace_back(totals.timeUs, caller);
    }
    for (auto &[digest, list] : callers) {
        for (const SlowCallerKey &caller : tailOf(std::move(list), limits.callersOfDigest)) {
            const auto found = block.callers.find(caller);
            const SlowTotals totals = found->second;
            block.callers.erase(found);
            block.callers[{digest, "*", "*", "*"}].add(totals);
        }
    }
    std::vector<std::pair<std::int64_t, SlowPerson>> people;
    for (const auto &[person, totals] : block.people) {
        if (person.user != "*")
            people.emplace_back(totals.timeUs, person);
    }
    for (const SlowPerson &person : tailOf(std::move(people), limits.people)) {
        const auto found = block.people.find(person);
        const SlowTotals totals = found->second;
        block.people.erase(found);
        block.people[{"*", "*"}].add(totals);
    }
}

SlowBatch slowBatchOf(const wire::SlowMinute &minute, TimePoint now)
{
    SlowBatch batch;
    SlowBlock &block = batch.block;
    batch.minute = std::chrono::floor<std::chrono::minutes>(minute.minute);
    block.timeUnknown = std::max<std::int64_t>(0, minute.timeUnknown);
    block.notUnderstood = std::max<std::int64_t>(0, minute.notUnderstood);
    batch.bytesBehind = std::max<std::int64_t>(0, minute.bytesBehind);
    const bool isPossible = batch.minute >= firstMinute && batch.minute <= now + std::chrono::days{1};
    if (!isPossible)
        batch.minute = std::chrono::floor<std::chrono::minutes>(now);

    std::size_t count = 0;
    for (const wire::SlowDigest &one : minute.digests) {
        const auto named = one.checksum.empty() ? std::optional(slowOther) : checksumOf(one.checksum);
        const SlowChecksum digest = named && ++count < maxDigests ? *named : slowOther;
        SlowFigures figures;
        figures.events = std::max<std::int64_t>({0, one.events, one.querySeconds.count});
        figures.time = slowSumOf(one.querySeconds, 1e6, true);
        figures.lock = slowSumOf(one.lockSeconds, 1e6);
        figures.sent = slowSumOf(one.rowsSent, 1);
        figures.examined = slowSumOf(one.rowsExamined, 1);
        figures.bytes = slowSumOf(one.bytesSent, 1);
        figures.times = timesOf(one.buckets);
        if (figures.events == 0)
            continue;
        block.digests[digest].add(figures);
        if (!isPossible)
            block.timeUnknown = addedUp(block.timeUnknown, figures.events);
        SlowTotals told;
        for (std::size_t i = 0; i < std::min(one.callers.size(), maxCallers); ++i) {
            const wire::SlowCaller &from = one.callers[i];
            SlowCallerKey key{digest, cut(from.user, maxNameBytes), cut(from.host, maxNameBytes), cut(from.schema, maxNameBytes)};
            const SlowTotals totals{std::max<std::int64_t>(0, from.count), slowNumberOf(from.querySeconds * 1e6), slowNumberOf(from.rowsExamined)};
            told.add(totals);
            block.people[{key.user, key.schema}].add(totals);
            block.callers[std::move(key)].add(totals);
        }
        // what no caller stands for was sent by somebody the log does not name: sums by person are the sums over all
        const SlowTotals all = figures.totals();
        const SlowTotals rest{std::max<std::int64_t>(0, all.events - told.events), std::max<std::int64_t>(0, all.timeUs - told.timeUs),
                              std::max<std::int64_t>(0, all.examined - told.examined)};
        if (rest.events > 0)
            block.people[{}].add(rest);
        if (digest == slowOther)
            continue;
        batch.texts.push_back({digest, cut(one.fingerprint, maxTextBytes)});
        for (std::size_t i = 0; i < std::min(one.samples.size(), maxSamples); ++i) {
            wire::SlowSample sample = one.samples[i];
            sample.query = cut(sample.query, maxTextBytes);
            for (std::string *text : {&sample.user, &sample.host, &sample.schema})
                *text = cut(*text, maxNameBytes);
            batch.samples.emplace_back(digest, std::move(sample));
        }
    }
    return batch;
}

} // namespace zandb
