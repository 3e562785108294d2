// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/jsontext.h"
#include "agent/protocol/slowlog.h"
#include "agent/rules/fingerprint.h"
#include "agent/slowlog/digest.h"
#include "agent/slowlog/slowlogparser.h"
#include "agent/slowlog/slowsketch.h"

#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace zandb::agent {

/// Adds up what one minute of one instance's slow log brought, for agent/protocol/slowlog.h.  Memory is bounded: whoever adds takes the
/// batch when isFull().  Literals stay in memory until take(), which masks them.  Not thread-safe.
class MinuteDigest
{
public:
    /// Digests in one batch; the rest is folded into "other".
    static constexpr std::size_t mostDigests = 2000;
    static constexpr std::size_t mostCallers = 32;
    /// A batch is due when it would become about this large as JSON; far below what a frame holds.  Some 600 digests with samples fit in, so that a busy log
    /// does not give out each of them many times a minute.
    static constexpr std::size_t fullBytes = 1536u << 10;

    /// `device` and `inode` of the file that the event stands in.
    void add(const SlowEvent &event, TimePoint at, std::int64_t device, std::int64_t inode);
    void addTimeUnknown() { ++m_timeUnknown; }
    void addNotUnderstood(std::int64_t count) { m_notUnderstood += count; }
    bool isEmpty() const { return m_entries.empty() && m_notUnderstood == 0; }
    bool isFull() const { return m_bytes > fullBytes; }
    /// What was added since the last time, as the JSON of a wire::SlowMinute.  `head` has what its other members are to be.
    std::string take(const wire::SlowMinute &head);
    /// Forgets what was added since the last time.
    void clear();

private:
    struct Caller
    {
        std::uint32_t user, host, schema; ///< of m_names
        std::int64_t count = 0;
        double querySeconds = 0;
        double rowsExamined = 0;
    };
    /// One event may be the slowest, that with most rows examined and the most recent at once.
    enum Role : unsigned { Slowest = 1, MostRows = 2, Recent = 4 };
    struct Sample
    {
        unsigned roles = 0;
        std::uint32_t user = 0, host = 0, schema = 0;
        TimePoint at{};
        std::string query; ///< raw
        double querySeconds = 0;
        std::optional<double> lockSeconds;
        std::optional<std::int64_t> rowsSent, rowsExamined;
        std::int64_t device = 0, inode = 0, offset = 0, length = 0;
    };
    struct Entry
    {
        std::string fingerprint; ///< the whole one
        bool isOther = false;    ///< the folded tail
        std::uint64_t hash = 0;
        std::int64_t events = 0;
        wire::SlowSums querySeconds, lockSeconds, rowsSent, rowsExamined, bytesSent;
        SlowSketch sketch;
        std::vector<Caller> callers;
        std::vector<Sample> samples; ///< each role is one's; one without a role is free
    };
    Entry &entryOf(std::string_view fingerprint);
    Entry &newEntry(std::string_view fingerprint, std::uint64_t hash);
    std::uint32_t nameOf(std::string_view name);
    void addCaller(Entry &entry, const SlowEvent &event);
    void keepSample(Entry &entry, const SlowEvent &event, TimePoint at, std::int64_t device, std::int64_t inode);
    void write(JsonText &json, const Entry &entry) const;
    void write(JsonText &json, const Caller &caller) const;
    void write(JsonText &json, const Sample &sample) const;

    Fingerprinter m_fingerprint;
    std::deque<Entry> m_entries;
    std::vector<std::uint32_t> m_table; ///< by hash: an entry's number and 1; 0 is free
    std::optional<std::size_t> m_other;
    SlowNames m_names; ///< accounts, clients and schemas
    std::int64_t m_timeUnknown = 0, m_notUnderstood = 0;
    std::size_t m_bytes = 0;
};

} // namespace zandb::agent
