// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/workflow/runcells.h"

#include "models/common/cell.h"
#include "models/common/errortext.h"
#include "models/common/text.h"

#include <QCoreApplication>

namespace zandb {
namespace {

struct RunText
{
    Q_DECLARE_TR_FUNCTIONS(RunText)
};

} // namespace

QVariant runStateAnswer(const RunRow &row, TimePoint now, int role)
{
    return lookAnswer(row.look, [&] { return runStateText(row, now); }, role);
}

QVariant runTaskAnswer(const RunRow &row, int role)
{
    if (role == RawRole) // by hand: no task
        return row.task;
    return answer({row.task.isEmpty() ? RunText::tr("by hand") : row.task, {}, {}, {}, false}, role);
}

QVariant runDurationAnswer(const RunRow &row, TimePoint now, int role)
{
    const auto duration = runDuration(row.run, now);
    return duration ? durationAnswer(*duration, role) : answer({}, role);
}

QVariant runProgressAnswer(const RunRow &row, int role)
{
    const Run &run = row.run;
    if (role == PercentRole)
        return run.state == RunState::Running && run.progress && run.progress->percent ? QVariant(*run.progress->percent) : QVariant();
    return answer({progressText(run), {}, {}, {}, false}, role);
}

QVariant runTroubleAnswer(const RunRow &row, int role)
{
    const auto &error = row.run.error;
    if (row.waiting && row.waiting->why != Waiting::Why::Retry) // why it waits now; what happened before stands on its page
        return answer({waitingText(row), {}, {}, waitingText(row), false, qs(toString(row.waiting->why))}, role);
    if (!error || row.run.state == RunState::Succeeded)
        return answer({}, role);
    switch (role) { // the long texts only where they are shown
    case Qt::ToolTipRole:
        return errorText(toldError(*error, row.run), row.target);
    case RawRole:
        return qs(error->code);
    default:
        return answer({errorSummary(*error), {}, {}, {}, false}, role);
    }
}

bool growsWithTime(const RunRow &row)
{
    return row.run.state == RunState::Running || row.run.state == RunState::Pending;
}

} // namespace zandb
