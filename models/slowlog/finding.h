// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"
#include "models/slowlog/slowblock.h"

/// Digests that are new, slower or more frequent than usual on an instance.  Values; thread-safe.
namespace zandb {

/// The figures of a finding.  Of `new` only calls and time.
struct SlowEvidence
{
    std::int64_t p95BeforeUs = 0;  ///< usually: the median
    std::int64_t p95LimitUs = 0;   ///< where its band ends
    std::int64_t p95Us = 0;        ///< now
    std::int64_t callsBefore = 0;  ///< in five minutes, usually
    std::int64_t callsLimit = 0;
    std::int64_t calls = 0;        ///< of `slower`: of those judged; of `more`: in five minutes; of `new`: since it came
    std::int64_t timeUs = 0;       ///< of `new`: query time since it came; of others: more than usual, a minute
    double common = 1;             ///< by how much all digests of the instance were slower
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SlowEvidence, p95BeforeUs, p95LimitUs, p95Us, callsBefore, callsLimit, calls, timeUs, common)
};

struct SlowFinding
{
    Uuid id;
    Uuid instance;
    SlowChecksum checksum;
    std::string kind;              ///< "new", "slower", "more"
    TimePoint since{};
    TimePoint seen{};              ///< the newest minute that showed it
    std::optional<TimePoint> ended;
    std::string acceptedBy;        ///< who ended it by accepting the digest; empty: nobody
    SlowEvidence evidence;
    std::string fingerprint;

    bool isRegression() const { return kind != "new"; }
};

} // namespace zandb
