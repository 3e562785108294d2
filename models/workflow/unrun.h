// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/workflow/board.h"

namespace zandb {

/// One occurrence, or a series of them, that made no runs: skipped, missed, or due and written down by nobody.
struct Unrun
{
    Uuid taskId;
    std::string task;                  ///< its name then
    std::string kind;
    BoardState state = BoardState::Missed; ///< Skipped, Missed, Late or Pending
    /// Stable word: "overlap", "no_target", "deadline", "window", "catch_up", "person", or "unwritten" when the store has no row of it.
    std::string reason;
    TimePoint since{};                 ///< the first one's due instant
    TimePoint last{};                  ///< the last one's
    std::int64_t count = 1;            ///< occurrences
    std::vector<TimePoint> dues;       ///< each of them, ascending, when they are few; else empty
    struct Target
    {
        Uuid instance;
        Uuid host;
        auto operator<=>(const Target &) const = default;
    };
    std::vector<Target> targets;       ///< those the fleet still has
    int targetCount = 0;               ///< how many it was for
    Json schedule;                     ///< what made the series; null: not known
};
/// How many of its occurrences lie in [from, until).
std::int64_t countWithin(const Unrun &row, TimePoint from, TimePoint until);

/// More occurrences than this of one series are shown as one row with a count.
inline constexpr std::int64_t dueEach = 31;

/// Why an occurrence has no run, as the error its row shows.
Error unrunError(const std::string &reason);

namespace errors {
inline constexpr ErrorCode scheduleNothingDue{"schedule.nothing_due", ErrorClass::Permanent}; // (none)
inline constexpr ErrorCode scheduleNoTarget{"schedule.no_target", ErrorClass::Permanent};   // (none)
inline constexpr ErrorCode scheduleLeftOut{"schedule.left_out", ErrorClass::Permanent};    // (none)
inline constexpr ErrorCode scheduleOverlap{"schedule.overlap", ErrorClass::Permanent};      // (none)
inline constexpr ErrorCode scheduleDeadline{"schedule.deadline", ErrorClass::Permanent};    // (none)
inline constexpr ErrorCode scheduleWindow{"schedule.window", ErrorClass::Permanent};        // (none)
inline constexpr ErrorCode scheduleCatchUp{"schedule.catch_up", ErrorClass::Permanent};     // (none)
inline constexpr ErrorCode scheduleUnwritten{"schedule.unwritten", ErrorClass::Transient};  // (none)
} // namespace errors

} // namespace zandb
