// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/workflow/run.h"

#include <QString>

/// What is to come of tasks.
namespace zandb {

/// What a definition would do, before it is saved.
struct TaskPreview
{
    struct Due
    {
        TimePoint at{};
        TimePoint starts{};  ///< later where its window is closed
        bool leftOut = false;
    };
    std::vector<Due> dues;
    std::vector<QString> hits;                        ///< instances it is for now
    std::vector<std::pair<QString, QString>> misses;  ///< the others, each with why
    std::optional<Error> wrong;                       ///< why it cannot be saved
};

/// What comes in the next hours on one host.
struct CalendarRow
{
    Uuid host;
    QString name;
    struct Hour
    {
        int starts = 0;       ///< runs that begin in it
        double busy = 0;      ///< minutes of work, as long as the last runs took; several at once count each
        QString tasks;        ///< who begins, a line each
    };
    std::vector<Hour> hours;
};

struct TaskCalendar
{
    TimePoint from{};                ///< a full hour
    int hours = 0;
    std::vector<CalendarRow> rows;   ///< hosts on which something comes, busiest first
    std::vector<bool> window;        ///< hours in which a window of a task is open
};

} // namespace zandb
