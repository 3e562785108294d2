// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/slowlog/minutedigest.h"

#include "agent/rules/masking.h"

#include <algorithm>

namespace zandb::agent {
namespace {

constexpr std::size_t textBytes = 4096;
/// While the batch is small a sample has its whole text, then its begin.
constexpr std::size_t shortTextBytes = 512;
constexpr std::size_t nameBytes = 256;
/// At least twice MinuteDigest::mostDigests, so that a place is found soon; a power of two.
constexpr std::size_t tableSize = 4096;
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

void write(JsonText &json, std::string_view name, const wire::SlowSums &sums)
{
    json.key(name).beginObject().field("count", sums.count).field("max", sums.max).field("min", sums.min).field("sum", sums.sum).endObject();
}

} // namespace

MinuteDigest::Entry &MinuteDigest::newEntry(std::string_view fingerprint, std::uint64_t hash)
{
    Entry &made = m_entries.emplace_back();
    made.fingerprint = fingerprint;
    made.hash = hash;
    m_bytes += digestBytes + fingerprint.size();
    return made;
}

MinuteDigest::Entry &MinuteDigest::entryOf(std::string_view fingerprint)
{
    static_assert(tableSize >= 2 * mostDigests && (tableSize & (tableSize - 1)) == 0);
    m_table.resize(tableSize);
    const std::uint64_t hash = slowHash(fingerprint);
    std::size_t at = hash & (tableSize - 1);
    for (; m_table[at]; at = (at + 1) & (tableSize - 1)) {
        Entry &found = m_entries[m_table[at] - 1];
        if (found.hash == hash && found.fingerprint == fingerprint)
            return found;
    }
    if (m_other || m_entries.size() >= mostDigests) {
        if (!m_other) {
            m_other = m_entries.size();
            newEntry({}, 0).isOther = true;
        }
        return m_entries[*m_other];
    }
    m_table[at] = static_cast<std::uint32_t>(m_entries.size() + 1);
    return newEntry(fingerprint, hash);
}

std::uint32_t MinuteDigest::nameOf(std::string_view name)
{
    const std::string_view kept = begin(name, nameBytes);
    const std::size_t known = m_names.size();
    const std::uint32_t id = m_names.idOf(kept);
    if (m_names.size() > known)
        m_bytes += kept.size();
    return id;
}

void MinuteDigest::addCaller(Entry &entry, const SlowEvent &event)
{
    const std::uint32_t user = nameOf(event.user), host = nameOf(event.host), schema = nameOf(event.schema);
    auto caller = std::ranges::find_if(entry.callers, [&](const Caller &one) { return one.user == user && one.host == host && one.schema == schema; });
    if (caller == entry.callers.end()) {
        // the last place is that of all others
        if (entry.callers.size() < mostCallers) {
            const bool isRest = entry.callers.size() + 1 == mostCallers;
            const std::uint32_t any = isRest ? nameOf("*") : 0;
            entry.callers.push_back(isRest ? Caller{any, any, any} : Caller{user, host, schema});
            m_bytes += callerBytes + event.user.size() + event.host.size() + event.schema.size();
        }
        caller = entry.callers.end() - 1;
    }
    ++caller->count;
    caller->querySeconds += event.querySeconds.value_or(0);
    caller->rowsExamined += event.rowsExamined.value_or(0);
}

void MinuteDigest::keepSample(Entry &entry, const SlowEvent &event, TimePoint at, std::int64_t device, std::int64_t inode)
{
    unsigned roles = entry.samples.empty() ? Slowest | MostRows | Recent : Recent;
    for (const Sample &known : entry.samples) {
        if ((known.roles & Slowest) && event.querySeconds.value_or(0) > known.querySeconds)
            roles |= Slowest;
        if ((known.roles & MostRows) && event.rowsExamined.value_or(0) > static_cast<double>(known.rowsExamined.value_or(0)))
            roles |= MostRows;
    }
    for (Sample &known : entry.samples)
        known.roles &= ~roles;
    auto kept = std::ranges::find(entry.samples, 0u, &Sample::roles);
    if (kept == entry.samples.end()) {
        entry.samples.reserve(entry.samples.size() + 1); // there are three at most
        entry.samples.emplace_back();
        kept = entry.samples.end() - 1;
        m_bytes += sampleBytes;
    }
    m_bytes -= kept->query.size();
    kept->roles = roles;
    kept->query.assign(event.statement.substr(0, m_bytes < fullBytes / 2 ? textBytes : shortTextBytes));
    m_bytes += kept->query.size();
    kept->user = nameOf(event.user);
    kept->host = nameOf(event.host);
    kept->schema = nameOf(event.schema);
    kept->at = at;
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
    Entry &entry = entryOf(event.hasStatement ? m_fingerprint(event.statement) : slowNoStatement);
    ++entry.events;
    zandb::agent::add(entry.querySeconds, event.querySeconds);
    zandb::agent::add(entry.lockSeconds, event.lockSeconds);
    const bool isCommand = event.statement.starts_with("administrator"); // as in SlowDigest::add()
    const auto rows = [&](const std::optional<double> &value) { return isCommand && value ? std::optional(0.0) : value; };
    zandb::agent::add(entry.rowsSent, rows(event.rowsSent));
    zandb::agent::add(entry.rowsExamined, rows(event.rowsExamined));
    zandb::agent::add(entry.bytesSent, event.bytesSent);
    if (event.querySeconds)
        entry.sketch.add(*event.querySeconds);
    addCaller(entry, event);
    if (!entry.isOther) // a sample of many different statements says nothing
        keepSample(entry, event, at, device, inode);
}

void MinuteDigest::write(JsonText &json, const Caller &caller) const
{
    json.beginObject().field("count", caller.count).field("host", m_names.name(caller.host)).field("querySeconds", caller.querySeconds);
    json.field("rowsExamined", caller.rowsExamined).field("schema", m_names.name(caller.schema)).field("user", m_names.name(caller.user)).endObject();
}

void MinuteDigest::write(JsonText &json, const Sample &sample) const
{
    json.beginObject().field("at", toMicros(sample.at)).field("device", sample.device).field("host", m_names.name(sample.host)).field("inode", sample.inode);
    json.field("length", sample.length).field("lockSeconds", sample.lockSeconds).field("offset", sample.offset);
    json.field("query", begin(maskLiterals(sample.query), textBytes)).field("querySeconds", sample.querySeconds);
    json.field("rowsExamined", sample.rowsExamined).field("rowsSent", sample.rowsSent).field("schema", m_names.name(sample.schema)).field("user", m_names.name(sample.user)).endObject();
}

void MinuteDigest::write(JsonText &json, const Entry &entry) const
{
    json.beginObject().key("buckets").beginArray();
    for (const auto &[bucket, count] : entry.sketch.buckets())
        json.beginArray().value(std::int64_t{bucket}).value(count).endArray();
    json.endArray();
    zandb::agent::write(json, "bytesSent", entry.bytesSent);
    json.key("callers").beginArray();
    for (const Caller &caller : entry.callers)
        write(json, caller);
    json.endArray().field("checksum", entry.isOther ? std::string() : slowChecksum(entry.fingerprint));
    json.field("events", entry.events).field("fingerprint", begin(entry.fingerprint, textBytes));
    zandb::agent::write(json, "lockSeconds", entry.lockSeconds);
    zandb::agent::write(json, "querySeconds", entry.querySeconds);
    zandb::agent::write(json, "rowsExamined", entry.rowsExamined);
    zandb::agent::write(json, "rowsSent", entry.rowsSent);
    json.key("samples").beginArray();
    for (unsigned role : {Slowest, MostRows, Recent}) {
        // one with several roles stands where its first one is
        for (const Sample &sample : entry.samples) {
            if ((sample.roles & role) && !(sample.roles & (role - 1)))
                write(json, sample);
        }
    }
    json.endArray().endObject();
}

std::string MinuteDigest::take(const wire::SlowMinute &head)
{
    std::vector<const Entry *> order;
    for (const Entry &entry : m_entries)
        order.push_back(&entry);
    std::ranges::stable_sort(order, [](const Entry *a, const Entry *b) { return a->querySeconds.sum > b->querySeconds.sum; });
    std::string text;
    text.reserve(m_bytes + m_bytes / 4 + 1024); // what is not written takes no memory
    JsonText json(text);
    json.beginObject().field("bytesBehind", head.bytesBehind).key("digests").beginArray();
    for (const Entry *entry : order)
        write(json, *entry);
    json.endArray().field("gapFrom", toMicros(head.gapFrom)).field("gapTo", toMicros(head.gapTo)).field("instance", head.instance).field("minute", toMicros(head.minute));
    json.field("notUnderstood", m_notUnderstood).field("timeUnknown", m_timeUnknown).endObject();
    clear();
    return text;
}

void MinuteDigest::clear()
{
    m_entries = {};
    m_table = {};
    m_other.reset();
    m_names = {};
    m_timeUnknown = m_notUnderstood = 0;
    m_bytes = 0;
}

} // namespace zandb::agent
