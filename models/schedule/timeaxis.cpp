// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/schedule/timeaxis.h"

#include <algorithm>

namespace zandb {

std::vector<AxisMark> axisMarks(TimePoint from, TimePoint until, const ZoneTable &zone, int stepHours)
{
    using namespace std::chrono;
    const int step = std::max(1, stepHours);
    std::vector<AxisMark> marks;
    for (local_days day = floor<days>(zone.toLocal(from));; day += days{1}) {
        for (int hour = 0; hour < 24; hour += step) {
            const LocalTime wanted = LocalTime{day.time_since_epoch() + hours{hour}};
            const TimePoint at = zone.resolve(wanted);
            if (at > until)
                return marks;
            const LocalTime wall = zone.toLocal(at);
            // a day begins although its midnight may not exist; the hour after is then the same instant
            if (hour == 0 || (wall == wanted && at != marks.back().at))
                marks.push_back({at, wall, hour == 0});
        }
    }
}

QDate wallDate(LocalTime wall)
{
    const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(wall)};
    return QDate(static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())), static_cast<int>(static_cast<unsigned>(date.day())));
}

QDate wallDate(TimePoint at, const std::string &zone)
{
    auto table = ZoneTable::find(zone);
    if (!table)
        table = ZoneTable::find("UTC");
    return wallDate(table->toLocal(at));
}

QString wallHourText(LocalTime wall)
{
    const std::chrono::hh_mm_ss time{wall - std::chrono::floor<std::chrono::days>(wall)};
    return QStringLiteral("%1:%2").arg(time.hours().count(), 2, 10, QLatin1Char('0')).arg(time.minutes().count(), 2, 10, QLatin1Char('0'));
}

} // namespace zandb
