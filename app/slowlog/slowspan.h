// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/slowlog/slowpack.h"

/// Rows of the table slow_span.  Blocks; uses the session of its caller.
namespace zandb::slowlog {

enum class SpanKind { Piece = 0, Minutes = 1, Hour = 2, Day = 3 };

inline constexpr Uuid wholeFleet{}; ///< the subject of what all instances do together
inline constexpr Microseconds spanHour = std::chrono::hours{1};
inline constexpr Microseconds spanDay = std::chrono::days{1};
inline TimePoint hourOf(TimePoint at) { return std::chrono::floor<std::chrono::hours>(at); }
inline TimePoint dayOf(TimePoint at) { return std::chrono::floor<std::chrono::days>(at); }

/// A row with its place.
struct Span
{
    Uuid subject;
    SpanKind kind = SpanKind::Piece;
    TimePoint begin{};
    int part = 0;
    std::vector<slowpack::Slot> slots;
};
/// The slots added up.
SlowBlock blockOf(const Span &span);

/// Columns in the order spanOf() reads them, after the place: subject_id, kind, t0_us, part.
inline constexpr std::string_view spanColumns = "s.subject_id, s.kind, s.t0_us, s.part, s.time_unknown, s.not_understood, s.format, s.totals, s.detail, s.people, s.callers";
/// A row read with spanColumns; none when it cannot be read.
std::optional<Span> spanOf(const store::Row &row);

/// Writes a row, over one of the same place.  A block that is too large for a row is folded until it fits.
Result<void> writeSpan(store::Session &session, Span span);
/// A row for changing it; no slots when there is none.  Errors: those of Session.
Result<std::optional<Span>> lockSpan(store::Session &session, const Uuid &subject, SpanKind kind, TimePoint begin);

} // namespace zandb::slowlog
