// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/slowlog/slowspan.h"

/// Which rows of slow_span make up a stretch of time, and reading them in one statement.
namespace zandb::slowlog {

/// A stretch that is read from rows of one length.
struct Stretch
{
    enum class Grain { Minutes, Hours, Days };
    Grain grain = Grain::Hours;
    TimePoint from{};
    TimePoint to{};
    bool operator==(const Stretch &) const = default;
};
/// What the store still has, and how coarse it may be.
struct Cover
{
    TimePoint minutesSince{};  ///< what is older is known by the hour
    TimePoint hoursSince{};    ///< by the day
    bool byDays = false;       ///< whole days may be read as such
    bool byHours = true;       ///< whole hours may be
};
/// Stretches that cover [from, to) without a gap or an overlap, oldest first; coarser where it may be or must be.  Where the store has hours or days only, the
/// whole hour or day at the ends is in it.  Pure.
std::vector<Stretch> coverOf(TimePoint from, TimePoint to, const Cover &cover);

/// One row as it is read: `columns` follow subject_id, kind and t0_us.
struct SpanRow
{
    const store::Row &row;
    Stretch stretch;
    Uuid subject() const { return row.uuid(1); }
    SpanKind kind() const { return static_cast<SpanKind>(row.integer(2)); }
    TimePoint begin() const { return row.time(3); }
    /// Of an entry of this row; none when it lies outside of the stretch.
    std::optional<TimePoint> at(std::uint8_t minute) const;
    std::string blob(std::size_t column) const { return row.text(4 + column); }
    std::int64_t number(std::size_t column) const { return row.integer(4 + column); }
};
/// All rows of the subjects in the stretches, in one statement, so that what moves from pieces into hours meanwhile is seen once.  `columns`: "s.totals, s.people".
Result<void> readSpans(store::Session &session, const std::vector<Uuid> &subjects, const std::vector<Stretch> &stretches, const std::string &columns,
                       const std::function<void(const SpanRow &)> &visit);

/// The same without blobs, for any number of subjects: sums of (subject, bucket of `step` since `begin`), from rows whose own sums suffice.  `subjects` empty: all.  Stretches of minutes are not for it.
struct SpanSum
{
    Uuid subject;
    std::int64_t bucket = 0;
    SlowTotals totals;
};
Result<std::vector<SpanSum>> sumSpans(store::Session &session, const std::vector<Uuid> &subjects, const std::vector<Stretch> &stretches, TimePoint begin, Microseconds step);

} // namespace zandb::slowlog
