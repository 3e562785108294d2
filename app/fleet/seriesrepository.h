// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/collected.h"
#include "app/fleet/collected.h"
#include "models/common/series.h"
#include "models/fleet/figures.h"

/// Figures over time in the store: pieces as they come, whole hours later.  Every function blocks and uses the session of its caller.
namespace zandb::fleet {

inline constexpr std::string_view instanceSeries = "instance"; ///< columns: wire::instanceFigures
inline constexpr std::string_view hostSeries = "host";         ///< columns: wire::hostFigures

/// A batch of the source "samples" as it came.
struct SamplesBatch
{
    std::int64_t number = 0;
    wire::SamplesPayload payload;
};

/// Stores batches of one host, ascending by number, in one transaction together with the number of the last; those that are stored already are left out.
/// Points become one row for each instance and hour.  Names of instances that the store does not know are left out.
/// `token` is the lease under which they were received.
Result<Collected> storeSamples(store::Session &session, const Uuid &host, std::int64_t token, const Uuid &spool,
                               const std::vector<SamplesBatch> &batches);

/// All points of a subject in [from, to), oldest first.  Rows whose steps or grids differ (the interval was changed) are series of
/// their own, and so is each stretch of maxPoints.  A row that cannot be read is left out and counted in `damaged`.
struct History
{
    std::vector<Series> series;
    std::int64_t damaged = 0;
};
Result<History> loadSeries(store::Session &session, const Uuid &subject, std::string_view set, TimePoint from, TimePoint to);

/// Figures of an instance and of its host over [from, to), each in `buckets` buckets: what charts show and `zandbctl instance history` prints.
struct Figures
{
    TimePoint from{};
    TimePoint to{};
    std::vector<Spreads> instance; ///< one entry for each of zandb::instanceFigures()
    std::vector<Spreads> host;     ///< one entry for each of zandb::hostFigures()
    bool isEmpty = true;           ///< nothing was collected of the instance in this time
    std::int64_t damaged = 0;      ///< rows that cannot be read
};
/// Rows are summed up one at a time, so 90 days need no more memory than their packed form.
Result<Figures> loadFigures(store::Session &session, const Uuid &instance, const Uuid &host, TimePoint from, TimePoint to, std::size_t buckets);

/// Makes one row of each hour that is over, at most `limit` hours.  Returns how many it did; fewer than the limit: nothing is left.
Result<std::int64_t> packHours(store::Session &session, std::int64_t limit);

} // namespace zandb::fleet
