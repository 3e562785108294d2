// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/slowlog/minutedigest.h"

#include "agent/rules/masking.h"
#include "agent/slowlog/digest.h"

#include <algorithm>
#include <array>

namespace zandb::agent {
namespace {

constexpr std::size_t textBytes = 4096;
/// While the batch is small a sample has its whole text, then its begin.
constexpr std::size_t shortTextBytes = 512;
constexpr std::size_t nameBytes = 256;
// what things take as JSON, about
constexpr std::size_t digestBytes = 600, sampleBytes = 250, callerBytes = 120;

void add(wire::SlowSums &sums, const std::optional<double> &value)
{
    if (!value)
        return;
    sums.min = sums.count ? std::min(sums.min, *value) : *value;
    sums.max = sums.count ? std::max(sums.max, *value) : *value;
    ++sums.count;
    sums.sum += *value;
}



/// Whole characters of UTF-8, at most so many bytes.
std::string_view begin(std::string_view text, std::size_t bytes)
{
    if (text.size() <= bytes)
        return text;
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80)
        --bytes;
    return text.substr(0, bytes);
}

std::optional<std::int64_t> whole(const std::optional<double> &value)
{
    return value && *value < 9e15 ? std::optional(static_cast<std::int64_t>(*value)) : std::nullopt;
}

} // namespace

std::size_t MinuteDigest::placeOf(std::string_view fingerprint)
{
    m_key.assign(fingerprint); // keeps its memory
    if (const auto known = m_places.find(m_key); known != m_places.end())
        return known->second;
    wire::SlowDigest digest;
    if (m_places.size() >= mostDigests) {
        m_key.clear(); // the empty checksum is "other"
        if (const auto other = m_places.find(m_key); other != m_places.end())
            return other->second;
    } else {
        digest.checksum = slowChecksum(fingerprint);
        digest.fingerprint = begin(fingerprint, textBytes);
    }
    m_bytes += digestBytes + digest.fingerprint.size();
    m_minute.digests.push_back(std::move(digest));
    m_entries.emplace_back();
    m_places.emplace(m_key, m_entries.size() - 1);
    return m_entries.size() - 1;
}

void MinuteDigest::addCaller(wire::SlowDigest &digest, const SlowEvent &event)
{
    const std::string_view user = begin(event.user, nameBytes), host = begin(event.host, nameBytes), schema = begin(event.schema, nameBytes);
    auto caller = std::ranges::find_if(digest.callers, [&](const wire::SlowCaller &one) { return one.user == user && one.host == host && one.schema == schema; });
    if (caller == digest.callers.end()) {
        // the last place is that of all others
        if (digest.callers.size() < mostCallers) {
            const bool isRest = digest.callers.size() + 1 == mostCallers;
            digest.callers.push_back(isRest ? wire::SlowCaller{"*", "*", "*", 0, 0, 0} : wire::SlowCaller{std::string(user), std::string(host), std::string(schema), 0, 0, 0});
            m_bytes += callerBytes + user.size() + host.size() + schema.size();
        }
        caller = digest.callers.end() - 1;
    }
    ++caller->count;
    caller->querySeconds += event.querySeconds.value_or(0);
    caller->rowsExamined += event.rowsExamined.value_or(0);
}

void MinuteDigest::keep(std::optional<wire::SlowSample> &kept, const SlowEvent &event, TimePoint at, std::int64_t device, std::int64_t inode)
{
    if (!kept) {
        kept.emplace();
        m_bytes += sampleBytes;
    }
    m_bytes -= kept->query.size();
    kept->at = at;
    kept->query.assign(event.statement.substr(0, m_bytes < fullBytes / 2 ? textBytes : shortTextBytes));
    m_bytes += kept->query.size();
    kept->user.assign(begin(event.user, nameBytes));
    kept->host.assign(begin(event.host, nameBytes));
    kept->schema.assign(begin(event.schema, nameBytes));
    kept->querySeconds = event.querySeconds.value_or(0);
    kept->lockSeconds = event.lockSeconds;
    kept->rowsSent = whole(event.rowsSent);
    kept->rowsExamined = whole(event.rowsExamined);
    kept->device = device;
    kept->inode = inode;
    kept->offset = event.offset;
    kept->length = event.end - event.offset;
}

void MinuteDigest::add(const SlowEvent &event, TimePoint at, std::int64_t device, std::int64_t inode)
{
    const std::size_t place = placeOf(event.hasStatement ? m_fingerprint(event.statement) : slowNoStatement);
    wire::SlowDigest &digest = m_minute.digests[place];
    Entry &entry = m_entries[place];
    ++digest.events;
    zandb::agent::add(digest.querySeconds, event.querySeconds);
    zandb::agent::add(digest.lockSeconds, event.lockSeconds);
    const bool isCommand = event.statement.starts_with("administrator"); // as in SlowDigest::add()
    const auto rows = [&](const std::optional<double> &value) { return isCommand && value ? std::optional(0.0) : value; };
    zandb::agent::add(digest.rowsSent, rows(event.rowsSent));
    zandb::agent::add(digest.rowsExamined, rows(event.rowsExamined));
    zandb::agent::add(digest.bytesSent, event.bytesSent);
    if (event.querySeconds)
        entry.sketch.add(*event.querySeconds);
    addCaller(digest, event);
    if (digest.checksum.empty())
        return; // a sample of many different statements says nothing
    if (!entry.samples[0] || event.querySeconds.value_or(0) > entry.samples[0]->querySeconds)
        keep(entry.samples[0], event, at, device, inode);
    if (!entry.samples[1] || event.rowsExamined.value_or(0) > static_cast<double>(entry.samples[1]->rowsExamined.value_or(0)))
        keep(entry.samples[1], event, at, device, inode);
    keep(entry.samples[2], event, at, device, inode);
}

void MinuteDigest::finish(wire::SlowDigest &digest, Entry &entry) const
{
    for (const auto &[bucket, count] : entry.sketch.buckets())
        digest.buckets.emplace_back(bucket, count);
    for (std::size_t i = 0; i < entry.samples.size(); ++i) {
        auto &sample = entry.samples[i];
        const auto isSame = [&](const wire::SlowSample &other) { return other.offset == sample->offset && other.inode == sample->inode && other.device == sample->device; };
        if (!sample || std::ranges::any_of(digest.samples, isSame))
            continue;
        sample->query = std::string(begin(maskLiterals(sample->query), textBytes));
        digest.samples.push_back(std::move(*sample));
    }
}

wire::SlowMinute MinuteDigest::take()
{
    for (std::size_t i = 0; i < m_entries.size(); ++i)
        finish(m_minute.digests[i], m_entries[i]);
    wire::SlowMinute taken = std::exchange(m_minute, {});
    m_entries.clear();
    m_places.clear();
    m_bytes = 0;
    std::ranges::sort(taken.digests, [](const wire::SlowDigest &a, const wire::SlowDigest &b) { return a.querySeconds.sum > b.querySeconds.sum; });
    return taken;
}

} // namespace zandb::agent
