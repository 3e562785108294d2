// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/look.h"
#include "models/workflow/board.h"

#include "agent/protocol/fleet.h"

#include <QList>
#include <QString>

namespace zandb {

/// A run as lists show it, with the names of what it refers to.
struct RunRow
{
    Run run;
    QString host;
    QString target; ///< "db1/my3306"
    QString task;   ///< empty: by hand
    Look look = Look::Unknown;
    std::vector<wire::Disk> disks; ///< of its host as last heard, where a full disk is why it failed
};

Look lookOf(BoardState state);
Look lookOf(RunState state);
/// "Backup", "Verification", ...; an unknown kind reads as itself.
QString kindText(const std::string &kind);
/// The phase of a progress: "copying", "checking", ...
QString phaseText(const std::string &phase);
/// "running, 62 %", "cancelling", "waiting, next try in 3 min".
QString runStateText(const RunRow &row, TimePoint now);
/// Started to ended, or to now while it runs; none before it has started.
std::optional<Microseconds> runDuration(const Run &run, TimePoint now);
/// "copying, 1.2 GiB of 2 GiB, 1:20 left"; empty when it does not run.
QString progressText(const Run &run);

/// Whether a person may ask for it now, and why not (for tooltips of disabled buttons; empty: may).
QString whyNotRetry(const Run &run);
QString whyNotCancel(const Run &run);
QString whyNotGiveUp(const Run &run);

/// One line of an inspector.
struct Fact
{
    QString label;
    QString value;
    QString tip;
    bool fixedWidth = false;
};
QList<Fact> factsOf(const RunRow &row, TimePoint now);

} // namespace zandb
