// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/checks.h"
#include "agent/rules/keyrange.h"

#include <utility>
#include <vector>

/// How full the integer keys of the fleet are, and what else is wrong with tables.  Values and pure rules.
namespace zandb {

/// A value of a key at a time.
using KeyPoint = std::pair<TimePoint, KeyValue>;

/// A key as the store knows it.
struct KeyRecord
{
    Uuid instance;
    wire::KeyUsage usage;
    std::vector<KeyPoint> points;   ///< one a day, oldest first, at most keyPointsKept
    std::optional<double> perDay;   ///< see growthOf()
    std::optional<double> daysLeft; ///< see daysLeftOf()
};
inline constexpr std::size_t keyPointsKept = 90;

/// Adds a reading to the points: one of the same UTC day is replaced, the oldest go.
void addKeyPoint(std::vector<KeyPoint> &points, TimePoint at, KeyValue used);
/// How much a key grows in a day: (last - first) / (time between them), once over the last 30 days and once over the last 7, of which the larger
/// one counts, so that a load that has begun lately is seen.  Nothing while the points span less than 20 hours; never negative.
std::optional<double> growthOf(const std::vector<KeyPoint> &points);
/// (limit - used) / growth.  0 when no value is left; nothing when it does not grow or its growth is not known.
std::optional<double> daysLeftOf(const wire::KeyUsage &usage, std::optional<double> perDay);

/// What a pass over an instance found, beside its keys.
struct CheckPass
{
    Uuid instance;
    TimePoint at{};
    wire::KeyCheckResult result; ///< without usages and findings
};

struct CheckFindingRecord
{
    Uuid instance;
    wire::CheckFinding finding;
    TimePoint firstAt{};
    TimePoint seenAt{};
};

} // namespace zandb
