// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/slowlog.h"
#include "agent/rules/fingerprint.h"
#include "agent/slowlog/slowlogparser.h"
#include "agent/slowlog/slowsketch.h"

#include <array>
#include <unordered_map>

namespace zandb::agent {

/// Adds up what one minute of one instance's slow log brought, for agent/protocol/slowlog.h.  Memory is bounded: whoever adds takes the
/// batch when isFull().  Literals stay in memory until take(), which masks them.  Not thread-safe.
class MinuteDigest
{
public:
    /// Digests in one batch; the rest is folded into "other".
    static constexpr std::size_t mostDigests = 2000;
    static constexpr std::size_t mostCallers = 32;
    /// A batch is due when it would become about this large as JSON; far below what a frame holds.
    static constexpr std::size_t fullBytes = 512u << 10;

    /// `device` and `inode` of the file that the event stands in.
    void add(const SlowEvent &event, TimePoint at, std::int64_t device, std::int64_t inode);
    void addTimeUnknown() { ++m_minute.timeUnknown; }
    void addNotUnderstood(std::int64_t count) { m_minute.notUnderstood += count; }
    bool isEmpty() const { return m_minute.digests.empty() && m_minute.notUnderstood == 0; }
    bool isFull() const { return m_bytes > fullBytes; }
    /// What was added since the last time; the minute and the instance are the caller's to fill in.
    wire::SlowMinute take();

private:
    struct Entry
    {
        SlowSketch sketch;
        std::array<std::optional<wire::SlowSample>, 3> samples; ///< slowest, most rows examined, most recent; raw
    };
    std::size_t placeOf(std::string_view fingerprint);
    void addCaller(wire::SlowDigest &digest, const SlowEvent &event);
    void keep(std::optional<wire::SlowSample> &kept, const SlowEvent &event, TimePoint at, std::int64_t device, std::int64_t inode);
    void finish(wire::SlowDigest &digest, Entry &entry) const;

    Fingerprinter m_fingerprint;
    wire::SlowMinute m_minute;
    std::vector<Entry> m_entries; ///< beside m_minute.digests
    std::unordered_map<std::string, std::size_t> m_places; ///< by fingerprint
    std::string m_key;
    std::size_t m_bytes = 0;
};

} // namespace zandb::agent
