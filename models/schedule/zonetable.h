// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/time.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace zandb {

/// A wall-clock reading without a zone: microseconds since 1970-01-01 00:00 on that wall.
using LocalTime = std::chrono::local_time<Microseconds>;

/// This computer's time zone by its IANA name; "UTC" when it has none that ZoneTable knows.
std::string systemZone();

/// One IANA time zone as a table of offsets, read once from QTimeZone (offsets and transitions only: QDateTime is
/// never asked to convert a local time, since it gives wrong instants around transitions).  Immutable, so thread-safe.
/// Knows 1900 to 2200; before and after, the first and last offset hold.
class ZoneTable
{
public:
    /// The table of a zone by its IANA name or alias ("US/Eastern", "Etc/UTC"); null when this computer does not know the
    /// zone.  Paths and POSIX rules are none.  Tables are kept, so a second call is a map look-up.
    static std::shared_ptr<const ZoneTable> find(const std::string &name);

    /// What the wall shows at an instant.
    LocalTime toLocal(TimePoint at) const { return LocalTime{at.time_since_epoch() + offsetAt(at)}; }

    /// The one function that resolves a wall-clock time.  A time that exists twice gives its first instant; one that
    /// does not exist gives the first instant after the gap.  Grows with its argument, never falls.
    TimePoint resolve(LocalTime wall) const;

    Microseconds offsetAt(TimePoint at) const;
    const std::string &name() const { return m_name; }

private:
    struct Segment
    {
        TimePoint from;      ///< the offset holds from here to the next segment's `from`
        Microseconds offset; ///< wall minus UTC
    };
    std::size_t segmentAt(TimePoint at) const;

    std::string m_name;
    std::vector<Segment> m_segments; ///< by `from`; the first begins before all time
};

} // namespace zandb
