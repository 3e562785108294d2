// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/look.h"
#include "models/workflow/unrun.h"
#include "models/workflow/waiting.h"

#include "agent/protocol/fleet.h"

#include <QList>
#include <QString>

#include <functional>

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
    std::optional<Waiting> waiting; ///< why it has not begun
    QString behind;                 ///< the instance it waits for
    /// False: no run is in the store; the row tells of an occurrence that made none, and `run` holds what it would have been.
    bool exists = true;
    std::int64_t count = 1;         ///< of such a row: so many occurrences, the last one due at run.due
};

/// Rows of occurrences that made no runs: one for each occurrence and target, or one for each target when they are many.  Only
/// targets that `wanted` says yes to.  At most `limit`.  Names are left empty but the task's.
std::vector<RunRow> rowsOf(const std::vector<Unrun> &unrun, const std::function<bool(const Unrun::Target &)> &wanted, std::size_t limit);
/// Why it waits, as a sentence; empty when it does not, or nothing holds it up.
QString waitingText(const RunRow &row);

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

/// It stands for an occurrence that made no run (RunRow::exists is false).
bool hasNoRun(const Run &run);
/// Whether a person may ask for it now, and why not (for tooltips of disabled buttons; empty: may).
QString whyNotRetry(const Run &run);
QString whyNotCancel(const Run &run);
QString whyNotGiveUp(const Run &run);
/// Why a person cannot execute it with the own key from now on, in the place of the program that made it; empty: it can be done.
QString whyNotTakeOver(const Run &run);

/// A run's or an attempt's error as it is to be told: what a task has given is corrected in the task.
Error toldError(const Error &error, const Run &run);

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
