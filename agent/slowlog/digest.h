// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/rules/fingerprint.h"
#include "agent/slowlog/slowlogparser.h"
#include "agent/slowlog/slowsketch.h"

#include <deque>
#include <string>
#include <vector>

namespace zandb::agent {

/// MD5 of a fingerprint as 32 upper-case hexadecimal digits: pt-query-digest's query id.  Thread-safe.
std::string slowChecksum(std::string_view fingerprint);

/// A fast hash for tables in memory; not the same in another process.  Thread-safe.
std::uint64_t slowHash(std::string_view text);

/// What an event without a statement is counted as.
inline constexpr std::string_view slowNoStatement = "/* No query */";

/// Names seen in a log, each kept once.  Not thread-safe.
class SlowNames
{
public:
    std::uint32_t idOf(std::string_view name);
    const std::string &name(std::uint32_t id) const { return m_names[id]; }
    std::size_t size() const { return m_names.size(); }

private:
    void grow();

    std::deque<std::string> m_names;
    std::vector<std::uint32_t> m_table; ///< by hash: a name's number and 1; 0 is free
    std::uint32_t m_last = 0;
};

/// What the events of one class added up to.
struct SlowClass
{
    std::string fingerprint;
    std::uint64_t hash = 0;
    std::int64_t events = 0;
    SlowColumn query, lock, sent, examined, bytes;
    std::vector<std::uint32_t> databases, users, hosts; ///< ids, sorted; at most mostNames
    std::optional<TimePoint> first, last;
    std::string sample; ///< the slowest event's statement, passwords masked
    std::optional<double> sampleSeconds;
    std::optional<TimePoint> sampleAt;
    bool hasSample = false;
    bool sampleIsCut = false;
};

/// Adds up the events of slow logs by the shape of their statements.  Nothing is allocated for an event of a known class.
/// Memory grows with the number of classes.  Not thread-safe.
class SlowDigest
{
public:
    static constexpr std::size_t mostNames = 1000;
    static constexpr std::size_t sampleBytes = 32u << 10;
    /// When all samples together have so many bytes, new ones are short.
    static constexpr std::size_t samplesBytes = 6u << 20;

    void add(const SlowEvent &event);

    std::int64_t events() const { return m_events; }
    std::optional<TimePoint> first() const { return m_first; }
    std::optional<TimePoint> last() const { return m_last; }
    const std::deque<SlowClass> &classes() const { return m_classes; }
    const SlowNames &databases() const { return m_databases; }
    const SlowNames &users() const { return m_users; }
    const SlowNames &hosts() const { return m_hosts; }

private:
    SlowClass &classOf(std::string_view fingerprint);
    void grow();
    static void addName(std::vector<std::uint32_t> &ids, SlowNames &names, std::string_view name);
    void keepSample(SlowClass &of, const SlowEvent &event);

    Fingerprinter m_fingerprint;
    std::deque<SlowClass> m_classes;
    std::vector<std::uint32_t> m_table; ///< by hash: a class's number and 1; 0 is free
    SlowNames m_databases, m_users, m_hosts;
    std::int64_t m_events = 0;
    std::optional<TimePoint> m_first, m_last;
    std::size_t m_sampleBytes = 0;
};

} // namespace zandb::agent
