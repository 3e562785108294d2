// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/look.h"
#include "models/common/timerange.h"
#include "models/fleet/scope.h"

namespace zandb {

/// Where one is in the console: page, scope, range and, on a run's page, the run.  Back and forward go through
/// these; one can be passed on as a line of text.
struct Location
{
    QString page = QStringLiteral("today"); ///< stable: "today", "fleet", "backups", "runs", "run"
    Scope scope;
    TimeRange range;
    std::optional<Uuid> run;                ///< the run to open or select
    std::optional<Uuid> task;               ///< a list of runs is narrowed to this task
    std::optional<Look> look;               ///< what a list is narrowed to

    bool operator==(const Location &) const = default;
};

/// "zandb:backups?scope=db1/my3306&range=5d&state=failed&task=...&run=..."
QString locationToText(const Fleet &fleet, const Location &location);
/// Nothing when it is not such a line or names a scope this fleet does not have.
std::optional<Location> locationFromText(const Fleet &fleet, const QString &text);

} // namespace zandb
