// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/time.h"

#include <QString>

#include <optional>
#include <utility>

namespace zandb {

/// The range of time all pages share: either "the last N hours", which moves along, or fixed ends.
struct TimeRange
{
    int lastHours = 5 * 24; ///< 0: fixed
    TimePoint from{};       ///< used when fixed
    TimePoint until{};

    static TimeRange last(int hours) { return {hours, {}, {}}; }
    static TimeRange fixed(TimePoint a, TimePoint b) { return {0, a, b}; }

    /// Its ends at an instant.
    std::pair<TimePoint, TimePoint> at(TimePoint now) const;
    /// The same length, one length earlier (steps < 0) or later; the result is fixed.
    TimeRange moved(int steps, TimePoint now) const;
    /// "last 5 days", or the two ends; translated.
    QString title() const;
    /// "5d", "24h" or "2026-11-20T00:00:00Z~2026-11-21T00:00:00Z"; parse() reads it.
    QString toText() const;
    static std::optional<TimeRange> parse(const QString &text);

    bool operator==(const TimeRange &) const = default;
};

} // namespace zandb
