// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleet/fleet.h"
#include "models/workflow/taskhistory.h"
#include "models/workflow/unrun.h"

/// What was due, computed from schedules and targets and not from rows.  Pure and thread-safe.
namespace zandb::schedule {

/// Occurrences a row accounts for: one due instant, or a missed series from `since` to `last`.
struct Written
{
    TimePoint since{};
    TimePoint last{};
};

/// What of a span of time is asked for.
struct DueSpan
{
    TimePoint from{};    ///< due at or after
    TimePoint until{};   ///< due before
    TimePoint now{};     ///< the store's clock: nothing is due after it
    TimePoint horizon{}; ///< rows from before may have been removed: nothing is computed there
};

/// What was due in the span and has no row, in series that share state and targets, by task and time.  `revisions` are
/// sorted by task, then revision; each is in force from its `from` (not included) to the next one's (included), and
/// disabled or unreadable ones make nothing due.  An instance is no target of what was due before it was created; who the
/// targets were is read from today's fleet.  State: Pending for 15 min after the occurrence could start, then Late, and
/// Missed once its start deadline has passed.
///
/// The work grows with the rows and the series found, not with the occurrences in a gap; at most maxCounted occurrences of a
/// gap are counted.
std::vector<Unrun> unwritten(const std::vector<TaskRevision> &revisions, const std::map<Uuid, std::vector<Written>> &written,
                             const Fleet &fleet, const DueSpan &span);

inline constexpr std::int64_t maxCounted = 100'000;
inline constexpr std::chrono::minutes lateAfter{15};

} // namespace zandb::schedule
