// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/backups/backuptablemodel.h"

namespace zandb {

/// What one board day brought, for the chart of count and size.
struct BackupDay
{
    BoardDay day;
    int good = 0;
    int failed = 0;
    int other = 0;                ///< not ended, skipped, cancelled, missed, unknown
    std::int64_t bytes = 0;       ///< of the good ones, before compression
    std::int64_t storedBytes = 0;
};
/// One entry for each board day whose night lies in [from, until), also empty ones; the only one also in part.  At most 400.
std::vector<BackupDay> backupDays(const std::vector<BackupRow> &rows, TimePoint from, TimePoint until, const std::string &zone);
/// The evening's date of a board day, "11-21".
QString dayText(const BackupDay &day);

} // namespace zandb
