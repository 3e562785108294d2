// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/time.h"
#include "models/slowlog/slowfigures.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Which digests have become slower or more frequent than they usually are on an instance.  Values and pure functions; thread-safe.
///
/// The rule.  What is usual is learnt from closed buckets of five minutes of the trailing 26 hours (so that a nightly job is usual on the next night, also
/// when it is an hour late), or of what there is.  What is judged are the newest minutes.  Median and MAD instead of mean and deviation, since a few
/// stalls must neither hide nor make a finding: sigma = 1.4826 MAD, the consistency constant for normal data, and 6 sigma, wider than the customary 3 to 3.5
/// because hundreds of digests are judged every minute (Iglewicz and Hoaglin, "How to Detect and Handle Outliers", 1993; Hampel, "The Influence Curve and its
/// Role in Robust Estimation", 1974).
///
/// Slower.  x_i: the 95th percentile of each bucket of at least 3 calls; M = median(x_i), S = 1.4826 median|x_i - M|.  The band ends at
///     L = max(M + 6 S, 2 M, M + 5 ms), 3 M instead of 2 M while there are fewer than 12 buckets, and with 50 or more not below 1.2 times their 98th percentile.
/// Judged is the shortest stretch of newest minutes with 10 calls, 5 minutes at most, and then 5 calls.  It is slower when p95 > f L, when at least 5 and at
/// least a fifth of its calls are above f L (one stall of a host touches fewer), and when it costs at least 0.2 s of query time a minute more than that many calls
/// cost usually, or p95 is a second more.  f (at least 1) is by how much all digests of the instance are slower just now (commonFactor): a host that is busy
/// with something else is no regression of each statement.  Needed are 2 buckets and 30 calls.
///
/// More.  c_i: calls of each bucket since the digest was first seen, those without a call too; the band ends at
///     L = max(M + 6 S, 3 M, M + 50, 1.5 max c_i).
/// Judged are the newest 5 whole minutes: calls > L, and at least 0.2 s of query time a minute more than usual.  Needed are 6 buckets.
///
/// Hysteresis.  A finding stays while the figure is above the middle of M and L; it ends after 10 minutes below it.  While it is open nothing is learnt.
/// When somebody accepts a digest, what is usual is learnt anew from then on.
///
/// New.  A digest that the instance, and no other of its group, has sent before; not within the first 30 minutes of an instance's history.
namespace zandb::regression {

inline constexpr Microseconds bucketLength = std::chrono::minutes{5};
inline constexpr Microseconds trailing = std::chrono::hours{26};
inline constexpr Microseconds judgedAtMost = std::chrono::minutes{5};
inline constexpr Microseconds calmFor = std::chrono::minutes{10};
inline constexpr Microseconds learning = std::chrono::minutes{30};
inline constexpr int format = 1;

/// One closed bucket; those without a call are left out.
struct Bucket
{
    TimePoint begin{};
    std::int64_t calls = 0;
    std::int64_t timeUs = 0;
    std::int64_t p95Us = 0;
    bool operator==(const Bucket &) const = default;
};
/// A minute that is in no bucket yet.
struct Minute
{
    TimePoint at{};
    std::int64_t calls = 0;
    std::int64_t timeUs = 0;
    SlowTimes times;
    bool operator==(const Minute &) const = default;
};

/// What is remembered of one digest on one instance.
struct Usual
{
    TimePoint since{};             ///< the minute from which it is learnt: first seen, or accepted
    std::vector<Bucket> buckets;   ///< ascending
    std::vector<Minute> recent;    ///< ascending
    bool operator==(const Usual &) const = default;
};

/// Adds what a digest did in a minute.  One that is older than what is still open changes nothing.  Closes buckets that ended at least judgedAtMost before `minute`
/// and forgets those older than `trailing`; with `frozen` (a finding is open) what would be closed is forgotten instead.
void learn(Usual &usual, TimePoint minute, const SlowFigures &figures, bool frozen);
/// What is usual is learnt anew from `at` on.
void restart(Usual &usual, TimePoint at);

/// A figure against its band.
struct Judgement
{
    bool isOut = false;     ///< left its band
    bool isCalm = false;    ///< below the middle of median and limit
    double median = 0;      ///< microseconds; of calls: in five minutes
    double limit = 0;
    double now = 0;
    std::int64_t calls = 0; ///< judged
    double extraUs = 0;     ///< query time a minute more than usual
    std::size_t buckets = 0;
    bool operator==(const Judgement &) const = default;
};
/// The p95 of the newest minutes before and with `now`, the newest one of the instance.  None: there is too little to judge.
std::optional<Judgement> judgeTime(const Usual &usual, TimePoint now, double common = 1);
/// The calls of the newest five minutes.
std::optional<Judgement> judgeCalls(const Usual &usual, TimePoint now);
/// By how much everything is slower now: the median of now / median over all digests judged, at least 1, and 1 with fewer than 8 of them.
double commonFactor(std::vector<double> ratios);

/// For the store: varints (models/common/packing.h) of since; count and (minutes since the last, calls, time, p95) of buckets; count and (minutes since the
/// last, calls, time, count and (bucket since the last, count) of times) of recent minutes.
std::string pack(const Usual &usual);
/// The store is not trusted: any bytes may be given.
std::optional<Usual> unpack(std::string_view blob);

} // namespace zandb::regression
