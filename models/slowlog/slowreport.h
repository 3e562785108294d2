// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/time.h"
#include "models/slowlog/slowblock.h"

#include <string_view>

/// What is shown of slow statements: over time, by digest, and one digest.  Values and pure functions; thread-safe.
namespace zandb {

enum class SlowMetric { Time, Count, Rows };
enum class SlowBy { Digest, User, Schema, Instance, Group };
/// Stable words: "time", "count", "rows"; "digest", "user", "schema", "instance", "group".
std::string_view toString(SlowMetric metric);
std::string_view toString(SlowBy by);
std::optional<SlowMetric> slowMetricOf(std::string_view word);
std::optional<SlowBy> slowByOf(std::string_view word);
/// Of totals: microseconds, events or rows.
std::int64_t valueOf(const SlowTotals &totals, SlowMetric metric);

/// Buckets of equal length that begin at whole multiples of it since 1970.
struct SlowAxis
{
    TimePoint begin{};
    Microseconds step{1};
    std::size_t buckets = 0;

    TimePoint at(std::size_t bucket) const { return begin + step * static_cast<std::int64_t>(bucket); }
    TimePoint end() const { return at(buckets); }
    /// Where an instant lies; none outside.
    std::optional<std::size_t> bucketOf(TimePoint instant) const;
    bool operator==(const SlowAxis &) const = default;
};
/// At most `most` buckets over [from, to), of a length people know, at least a minute.  What began before `minutesSince` is known by the hour only.
SlowAxis slowAxis(TimePoint from, TimePoint to, TimePoint minutesSince, std::size_t most = 200);

/// One of what a chart stacks.
struct SlowLine
{
    std::string key; ///< checksum, account, schema, or id of an instance or group, as text; "*": the folded rest
    std::string name; ///< for people: fingerprint, path; empty: the key says it
    SlowTotals sum;
    std::vector<SlowTotals> points; ///< one a bucket
};
struct SlowOverTime
{
    SlowAxis axis;
    SlowBy by = SlowBy::Digest;
    std::vector<SlowLine> lines; ///< those that may be among the first of some metric, and one "*" of all others
    SlowTotals sum;
    std::int64_t damaged = 0;    ///< rows that cannot be read
};
/// The `count` largest by a metric, largest first, and behind them all others as one line "*", unless there are none.  Lines without events are left out.
std::vector<SlowLine> topLines(const SlowOverTime &overTime, SlowMetric metric, std::size_t count);

/// A digest in a stretch of time and in the stretch of the same length before it.
struct SlowDigestRow
{
    SlowChecksum checksum;
    std::string fingerprint;
    TimePoint firstSeen{};          ///< anywhere in the fleet; the epoch: not known
    TimePoint lastSeen{};
    std::string acceptedBy;         ///< empty: nobody has
    std::optional<TimePoint> acceptedAt;
    std::string acceptedNote;
    SlowFigures figures;
    SlowTotals before;
    std::vector<double> trend;       ///< query seconds in equal parts of the time
    std::vector<double> trendBefore; ///< the same of the time before
};
struct SlowTop
{
    TimePoint from{};
    TimePoint to{};
    std::vector<SlowDigestRow> digests; ///< by query time, largest first; "other" is one of them
    SlowTotals sum;
    SlowTotals before;
    std::int64_t newDigests = 0;     ///< seen for the first time in this time
    std::int64_t newBefore = 0;
    std::int64_t timeUnknown = 0;
    std::int64_t notUnderstood = 0;
    std::int64_t damaged = 0;
};
/// What each digest did in the time, by its checksum as text.
std::map<std::string, SlowTotals> totalsByDigest(const SlowTop &top);
/// A digest is new when it was seen nowhere before the range.
bool isNew(const SlowDigestRow &row, TimePoint from);

/// A kept example.
struct SlowExample
{
    Uuid instance;
    int slot = 0;          ///< 0 slowest, 1 most rows examined, 2 most recent
    wire::SlowSample sample;
};
std::string_view slotWord(int slot); ///< "slowest", "most_rows", "most_recent"

struct SlowCallerRow
{
    std::string user;
    std::string host;
    std::string schema;
    SlowTotals totals;
};
/// One digest in full.
struct SlowDigestDetail
{
    SlowDigestRow row;               ///< of the range
    SlowAxis axis;
    std::vector<SlowFigures> history; ///< one a bucket
    std::vector<SlowExample> examples; ///< newest first, of all time
    std::vector<SlowCallerRow> callers; ///< by query time; known by the hour
    std::vector<std::pair<Uuid, SlowTotals>> instances; ///< where it ran, by query time
    std::int64_t damaged = 0;
};

/// Where an instance's slow statements come from, as the store knows it.
struct SlowSourceRow
{
    Uuid instance;
    std::optional<wire::SlowSource> source; ///< none: its agent has not said
    TimePoint askedAt{};
    TimePoint storedAt{};            ///< of its last batch; the epoch: none came
    TimePoint newestMinute{};
    std::int64_t bytesBehind = 0;
};

} // namespace zandb
