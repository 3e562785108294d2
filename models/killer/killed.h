// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/killer.h"

#include <vector>

namespace zandb {

/// A statement that was killed, or would have been.
struct Killed
{
    Uuid instance;
    wire::KillRecord record;
};

/// All of one digest in a stretch of time.
struct KilledDigest
{
    std::string checksum;
    std::string statement;     ///< its fingerprint
    std::int64_t killed = 0;
    std::int64_t dryRuns = 0;  ///< would have been killed
    std::int64_t others = 0;   ///< had ended by then, were spared, failed, or nobody knows
    double seconds = 0;        ///< that all of them ran
    double longest = 0;
    std::int64_t instances = 0;
    std::int64_t users = 0;
    TimePoint first{};
    TimePoint last{};
    // of the slow log in the same time, where that is known
    std::int64_t slowCalls = 0;
    double slowSeconds = 0;    ///< that all of those took
};

/// A step of time.
struct KilledStep
{
    TimePoint begin{};
    std::int64_t killed = 0;
    std::int64_t dryRuns = 0;
    std::int64_t others = 0;
    // as the servers themselves count; none: no server of the scope tells
    std::optional<std::int64_t> byOthers; ///< ended by KILL beyond what policies killed
    std::optional<std::int64_t> timedOut; ///< ended by the server's own limit of time
};

/// How many of the instances asked about tell what they end.
struct KillCounters
{
    std::int64_t instances = 0;
    std::int64_t tellKilled = 0;
    std::int64_t tellTimedOut = 0;
    std::int64_t damaged = 0; ///< rows of the store that cannot be read
};

/// "killed", "dry_run" or one of the others.
inline bool isKilled(const wire::KillRecord &record) { return record.outcome == "killed"; }
inline bool isDryRun(const wire::KillRecord &record) { return record.outcome == "dry_run"; }

} // namespace zandb
