// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/schedule/schedule.h"
#include "models/workflow/run.h"

#include <set>

/// Which occurrences exist: pure functions over a schedule, the store's clock and the last occurrence that has a row.
/// Nothing here enumerates the past: the work does not grow with the length of an outage (but for `all`, bounded).
namespace zandb::schedule {

/// One occurrence that is to become a row.
struct Planned
{
    TimePoint due{};
    TimePoint startAt{};           ///< when its runs may start: `due`, or the window's next opening
    std::string state;             ///< "ran", "missed"
    std::string reason;            ///< "", "deadline", "window", "catch_up"
    int missedCount = 0;           ///< occurrences a missed row stands for
    std::optional<TimePoint> missedSince;
    bool operator==(const Planned &) const = default;
};

/// The policy's window; none when there is none.  Errors: schedule.invalid.
Result<std::optional<Window>> windowOf(const Policies &policies);
/// What of a task's row is not what it should be: a column, the schedule or the window.  None: it can be read, and it runs when it is
/// enabled.
std::optional<Error> whyUnreadable(const Task &task);
/// The policy's, or the schedule's default.
std::chrono::seconds startDeadlineOf(const Policies &policies, const Schedule &schedule);

/// What became due in (after, now].  `after` is the latest occurrence that has a row, or the time of the last edit when
/// that is later.  In order of due; the last one's `due` is the next `after`.
std::vector<Planned> decide(const Policies &policies, const Schedule &schedule, const std::optional<Window> &window,
                            TimePoint after, TimePoint now);

/// The first occurrence after an instant that nobody leaves out; none when there will be none.
std::optional<TimePoint> nextOf(const Schedule &schedule, const std::set<TimePoint> &skips, TimePoint after);
/// The next occurrences of a task that can be read, as many as `count`, with those that are left out; its window is not looked at.
std::vector<TimePoint> nextOccurrences(const Task &task, TimePoint after, int count);

/// `catch_up` = `skip`: this much after due is still on time (a busy second, a take-over).
inline constexpr std::chrono::seconds onTime{60};
inline constexpr int maxCatchUp = 100;
inline constexpr std::int64_t maxMissedCount = 1'000'000;

} // namespace zandb::schedule
