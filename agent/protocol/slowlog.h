// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"

#include <string>
#include <vector>

/// Slow-query digests on the wire.  The agent follows each instance's slow log and adds up what each minute brought.  One minute of one instance is one or more batches
/// of the source "slowlog/INSTANCE" (collected.h): an event that is read late, after its minute was sent, comes in another
/// batch of the same minute, and whoever stores adds it.  So the sums over all batches are the sums over the log.
namespace zandb::wire {

/// The source of an instance's slow-query digests is this and the instance's name.
inline constexpr std::string_view slowlogSourcePrefix = "slowlog/";

/// One column of numbers added up: of those events that have it.  `count` 0: no event has it, which is shown as NULL.
struct SlowSums
{
    std::int64_t count = 0;
    double sum = 0;
    double min = 0;
    double max = 0;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SlowSums, count, sum, min, max)
};

/// Who sent the statement: a digest's events by account, client and schema.  Empty texts: the log does not say.
struct SlowCaller
{
    std::string user;
    std::string host;
    std::string schema;
    std::int64_t count = 0;
    double querySeconds = 0;
    double rowsExamined = 0;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SlowCaller, user, host, schema, count, querySeconds, rowsExamined)
};

/// One event kept as an example.  The text is masked (no literals); the raw one stays on the host, in the log file
/// `device`:`inode` at `offset`, and is fetched with the method `slowlog.raw` while the file is still there.
struct SlowSample
{
    TimePoint at{};
    std::string query; ///< masked, at most 4 KiB
    std::string user;
    std::string host;
    std::string schema;
    double querySeconds = 0;
    std::optional<double> lockSeconds;
    std::optional<std::int64_t> rowsSent;
    std::optional<std::int64_t> rowsExamined;
    std::int64_t device = 0;
    std::int64_t inode = 0;
    std::int64_t offset = 0; ///< where its first header line begins
    std::int64_t length = 0; ///< bytes to the end of its statement
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SlowSample, at, query, user, host, schema, querySeconds, lockSeconds, rowsSent, rowsExamined, device, inode, offset, length)
};

/// What one digest did in one minute.
struct SlowDigest
{
    std::string checksum;    ///< MD5 of the fingerprint, 32 upper-case hexadecimal digits; empty: "other", the folded tail of rare digests
    std::string fingerprint; ///< at most 4 KiB; the checksum is of the whole
    SlowSums querySeconds;
    SlowSums lockSeconds;
    SlowSums rowsSent;
    SlowSums rowsExamined;
    SlowSums bytesSent;
    /// Query times as a histogram of mergeable buckets: pairs of bucket and count, by bucket.  Bucket b holds the times t with
    /// slowBucketBase^(b-1) < t <= slowBucketBase^b seconds; times of 0 are in slowBucketZero.  An estimate from it is within 2.5 %.
    std::vector<std::pair<std::int64_t, std::int64_t>> buckets;
    std::vector<SlowCaller> callers; ///< at most 32, the rest added up in one whose texts are "*"
    std::vector<SlowSample> samples; ///< slowest, most rows examined, most recent; at most three, none twice
    std::int64_t events = 0;         ///< all of them; querySeconds.count is less where a log lacks the time
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SlowDigest, checksum, fingerprint, querySeconds, lockSeconds, rowsSent, rowsExamined, bytesSent, buckets, callers, samples, events)
};

inline constexpr double slowBucketBase = 1.05;
inline constexpr std::int64_t slowBucketZero = -1000;

/// The payload of a source "slowlog/INSTANCE".
struct SlowMinute
{
    std::string instance;            ///< its name on this host
    TimePoint minute{};              ///< begin of the minute in UTC, by the events' own time
    std::vector<SlowDigest> digests; ///< by descending querySeconds.sum; at most 2,000, the rest folded into "other"
    std::int64_t timeUnknown = 0;    ///< events counted here by the time of reading, since the log does not say when they were
    std::int64_t notUnderstood = 0;  ///< events that are no valid entries: counted, nothing else is known
    std::int64_t bytesBehind = 0;    ///< what is left to read of the log after this batch
    /// Between these instants events may be missing: the log was rotated away, or cut off, before it was read.  The epoch: nothing is missing.
    TimePoint gapFrom{};
    TimePoint gapTo{};
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SlowMinute, instance, minute, digests, timeUnknown, notUnderstood, bytesBehind, gapFrom, gapTo)
};

/// Where an instance's slow statements come from: answer of `slowlog.source` {"instance"?} -> {"sources":[SlowSource]}.
struct SlowSource
{
    std::string instance;
    std::string state;        ///< "following", "behind", "no_source", "unreadable", "missing"
    std::string path;         ///< as the server names it, made absolute; empty: unknown
    std::string reason;       ///< stable code of why there is none: "off", "log_output_table", "log_output_none", "no_permission", "not_a_file", ...
    std::vector<std::string> setGlobal; ///< statements that make the server write a slow log now
    std::vector<std::string> myCnf;     ///< lines for my.cnf's [mysqld] that keep it so
    double longQuerySeconds = 0;
    std::int64_t size = 0;
    std::int64_t offset = 0;  ///< read so far
    TimePoint lastEvent{};
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SlowSource, instance, state, path, reason, setGlobal, myCnf, longQuerySeconds, size, offset, lastEvent)
};

/// `slowlog.raw` {"instance","device","inode","offset","length"} -> {"text": bytes, "statement": bytes or null, "schema": bytes}: the raw entry, and the statement in it,
/// null when it has none or is cut; for operators; audited by who asks.
/// Errors: slowlog.gone when the file was rotated away or removed.

} // namespace zandb::wire
