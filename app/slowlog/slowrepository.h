// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/fleet/fleet.h"
#include "models/fleet/scope.h"
#include "models/slowlog/slowreport.h"

/// Slow statements as the store has them.  Every function blocks and uses the session of its caller; a stop request of the session ends it.
namespace zandb::slowlog {

/// Whose slow statements, and when.
struct Asked
{
    std::vector<Uuid> subjects;      ///< instances, or one group; all zeros: the whole fleet
    std::vector<Uuid> instances;     ///< all instances among them
    bool whole = false;              ///< `instances` are all of the fleet
    TimePoint from{};
    TimePoint to{};
    TimePoint minutesSince{};        ///< what is older is known by the hour only
    TimePoint hoursSince{};          ///< by the day only
};
/// What a scope of the fleet means.  A group or the whole fleet is read from its own sums, which are at most a minute behind those of the instances.
Asked askFor(const Fleet &fleet, const Scope &scope, TimePoint from, TimePoint to);

/// Sums over time, for a chart.  By instance and group each is known exactly; by digest, user and schema what was folded is in "*".
Result<SlowOverTime> loadOverTime(store::Session &session, const Asked &asked, SlowBy by, const Fleet &fleet);
/// All digests of the range and of the one before it.
Result<SlowTop> loadTop(store::Session &session, const Asked &asked);
/// One digest; none when nothing is known of it.
Result<std::optional<SlowDigestDetail>> loadDigest(store::Session &session, const Asked &asked, const SlowChecksum &digest);
/// Of these instances; empty: of all.
Result<std::vector<SlowSourceRow>> loadSources(store::Session &session, const std::vector<Uuid> &instances);
/// Checksums that begin with these digits, at most ten, or the one whose text ends with them (pt-query-digest shows the last 16).
Result<std::vector<SlowChecksum>> findDigests(store::Session &session, std::string_view digits);
/// Marks a digest as known and accepted, which ends its findings, or takes that back (`note` none).  Audited; raises `slow`.  Errors: not_found.
Result<void> accept(store::Session &session, const std::string &person, const SlowChecksum &digest, const std::optional<std::string> &note);
/// Slow statements of each instance since `from`, for lists.
Result<std::map<Uuid, SlowTotals>> countsSince(store::Session &session, TimePoint from);
/// Bytes the slow statements take in the store, as the server estimates them, by table.
Result<std::map<std::string, std::int64_t>> storedBytes(store::Session &session);

} // namespace zandb::slowlog
