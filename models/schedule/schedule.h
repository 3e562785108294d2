// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"
#include "models/schedule/zonetable.h"

#include <set>

namespace zandb {

/// When a task is due.  A value, immutable, thread-safe.  As JSON:
///
///     {"every":"day","at":"02:30","zone":"Europe/Berlin"}
///     {"every":"week","on":["mon","thu"],"at":["02:30","14:00"],"zone":"Europe/Berlin"}
///     {"every":"month","on":[1,15,"last"],"at":"02:30","zone":"Europe/Berlin"}
///     {"every":"interval","seconds":900,"anchor":"2026-01-01T00:00:00Z"}
///     {"every":"once","at":"2026-03-29T02:30:00","zone":"Europe/Berlin"}
///
/// Rules: a local time that does not exist fires once, at the first instant after the gap; one
/// that exists twice fires once, at the first.  The 31st skips shorter months.  Intervals follow elapsed time and
/// begin at their anchor.
class Schedule
{
public:
    enum class Every { Day, Week, Month, Interval, Once };

    /// Errors: schedule.invalid (field, detail).  Unknown members are refused: a misspelt one would otherwise be a
    /// schedule nobody asked for.
    static Result<Schedule> fromJson(const Json &json);
    Json toJson() const;

    Every every() const { return m_every; }
    /// The first occurrence strictly after an instant; none when there will be none.  O(log transitions + days of a
    /// month); under a microsecond per call is usual.
    std::optional<TimePoint> next(TimePoint after) const;
    /// The newest occurrence in (after, notAfter]; none when there is none.  Does not walk through the past.
    std::optional<TimePoint> latest(TimePoint notAfter, TimePoint after) const;
    /// How many occurrences lie in (after, notAfter], counted up to `limit`.
    std::int64_t count(TimePoint after, TimePoint notAfter, std::int64_t limit) const;
    /// 6 h for daily and longer schedules, 10 min for intervals.
    std::chrono::seconds defaultStartDeadline() const;

private:
    using Days = std::chrono::local_days;
    bool isDue(Days day) const;
    std::optional<TimePoint> firstOnOrAfter(Days day, TimePoint after) const;

    Every m_every = Every::Day;
    std::vector<Microseconds> m_at;        ///< since midnight, ascending
    std::set<unsigned> m_on;               ///< week: 1 (Monday) to 7; month: 1 to 31
    bool m_onLast = false;                 ///< month: its last day
    Microseconds m_interval{};
    TimePoint m_anchor{};
    LocalTime m_once{};
    std::shared_ptr<const ZoneTable> m_zone;
};

/// A daily window in which runs may start; may cross midnight.  A value.
class Window
{
public:
    /// "22:00" to "06:00" in a zone; equal ends mean the whole day.  Errors: schedule.invalid.
    static Result<Window> make(std::string_view from, std::string_view to, const std::string &zone);
    bool contains(TimePoint at) const { return closesAfter(at).has_value(); }
    /// The instant itself when inside, else the next opening.
    TimePoint nextOpen(TimePoint at) const;
    /// End of the opening that holds `at`; none when outside.
    std::optional<TimePoint> closesAfter(TimePoint at) const;

private:
    Microseconds m_from{};
    Microseconds m_to{};
    std::shared_ptr<const ZoneTable> m_zone;
};

namespace errors {
inline constexpr ErrorCode scheduleInvalid{"schedule.invalid", ErrorClass::Permanent}; // field, detail
} // namespace errors

} // namespace zandb
