// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace zandb {

/// An instant: microseconds since 1970-01-01 UTC, the same in store (BIGINT ..._us), wire and models.
using TimePoint = std::chrono::sys_time<std::chrono::microseconds>;
using Microseconds = std::chrono::microseconds;

constexpr std::int64_t toMicros(TimePoint at) { return at.time_since_epoch().count(); }
constexpr TimePoint fromMicros(std::int64_t us) { return TimePoint{Microseconds{us}}; }

/// This computer's clock.  Schedules never read it: the store's clock is theirs.
TimePoint systemNow();
/// ISO 8601 in UTC: `2026-03-01T00:00:00Z`, with `.ffffff` only when there are microseconds.
std::string toIso(TimePoint at);
/// Reads what toIso writes (a fraction of 1 to 6 digits is accepted).  Anything else is nullopt.
std::optional<TimePoint> fromIso(std::string_view text);

} // namespace zandb
