// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/schedule/zonetable.h"

#include <QDate>
#include <QString>

#include <vector>

namespace zandb {

/// A full hour on an axis of time.
struct AxisMark
{
    TimePoint at{};
    LocalTime wall{}; ///< what the zone's wall shows then
    bool dayBegins = false;
};

/// The beginnings of the zone's days, and the hours between that are multiples of `stepHours`, from the beginning of the day
/// that holds `from` up to `until`.  An hour that does not exist has no mark, one that exists twice has its first; a day of 23 or
/// 25 hours is that long on the axis too.
std::vector<AxisMark> axisMarks(TimePoint from, TimePoint until, const ZoneTable &zone, int stepHours);

QDate wallDate(LocalTime wall);
/// The date a zone's wall shows at an instant, which may be another one than here; an unknown zone counts as UTC.
QDate wallDate(TimePoint at, const std::string &zone);
/// "03:10"
QString wallHourText(LocalTime wall);

} // namespace zandb
