// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/backups/backupdays.h"

#include "models/schedule/timeaxis.h"

namespace zandb {

std::vector<BackupDay> backupDays(const std::vector<BackupRow> &rows, TimePoint from, TimePoint until, const std::string &zone)
{
    std::vector<BackupDay> days;
    // a first night that was mostly before the range would read as a bad one, unless it is the only one
    BoardDay first = boardDayOf(from, zone);
    if (from - first.from > std::chrono::hours{6} && first.until < until)
        first = boardDayOf(first.until, zone);
    for (BoardDay day = first; day.from < until && days.size() < 400; day = boardDayOf(day.until, zone))
        days.push_back({day});
    for (const BackupRow &row : rows) {
        const auto it = std::ranges::upper_bound(days, row.run.run.due, {}, [](const BackupDay &d) { return d.day.until; });
        if (it == days.end() || row.run.run.due < it->day.from)
            continue;
        if (wasFoundBad(row)) {
            ++it->failed;
        } else if (row.run.run.state == RunState::Succeeded) {
            ++it->good;
            if (row.backup) {
                it->bytes += row.backup->bytes;
                it->storedBytes += row.backup->storedBytes;
            }
        } else if (row.run.run.state == RunState::Failed) {
            ++it->failed;
        } else {
            ++it->other;
        }
    }
    return days;
}

QString dayText(const BackupDay &day)
{
    return wallDate(day.day.from, day.day.zone).toString(QStringLiteral("MM-dd"));
}

} // namespace zandb
