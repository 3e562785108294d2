// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/workflow/runtablemodel.h"

#include "models/common/cell.h"
#include "models/workflow/runcells.h"

namespace zandb {

bool sameRun(const Run &a, const Run &b)
{
    const auto progressAt = [](const Run &run) { return run.progress ? run.progress->at : TimePoint{}; };
    return a.revision == b.revision && a.state == b.state && progressAt(a) == progressAt(b) && a.endedAt == b.endedAt
        && a.cancelRequested == b.cancelRequested && a.retryRequested == b.retryRequested;
}

RunTableModel::RunTableModel(QObject *parent) : TableModel(ColumnCount, parent) {}

void RunTableModel::setNow(TimePoint now)
{
    m_now = now;
    for (int at = 0; at < rowCount(); ++at) {
        if (growsWithTime(*row(at)))
            Q_EMIT dataChanged(index(at, State), index(at, Progress));
    }
}

bool RunTableModel::same(const RunRow &a, const RunRow &b) const
{
    return sameRun(a.run, b.run) && a.look == b.look && a.target == b.target && a.task == b.task && a.waiting == b.waiting && a.behind == b.behind && a.count == b.count;
}

QVariant RunTableModel::cell(const RunRow &row, int column, int role) const
{
    const Run &run = row.run;
    if (role == IdRole)
        return QVariant::fromValue(run.id);
    switch (column) {
    case State:
        return runStateAnswer(row, m_now, role);
    case Kind:
        return answer({kindText(run.kind), {}, {}, {}, false, qs(run.kind)}, role);
    case Target:
        return answer({row.target, {}, {}, {}, false}, role);
    case TaskName:
        return runTaskAnswer(row, role);
    case Due:
        return timeAnswer(run.due, role);
    case Started:
        return timeAnswer(run.startedAt, role);
    case Duration:
        return runDurationAnswer(row, m_now, role);
    case Progress:
        return runProgressAnswer(row, role);
    case Attempts:
        return run.attempts > 0 ? integerAnswer(run.attempts, role) : answer({{}, {}, {}, {}, true}, role);
    case Author:
        return answer(textCell(run.author), role);
    case Trouble:
        return runTroubleAnswer(row, role);
    default:
        return {};
    }
}

QVariant RunTableModel::header(int column, int role) const
{
    const QLatin1String unit = column == Duration ? inSeconds : column == Due || column == Started ? inUtc : QLatin1String();
    const auto title = [&](const QString &text) { return headerAnswer(text, column == Duration || column == Attempts, role, unit); };
    switch (column) {
    case State:
        return title(tr("State"));
    case Kind:
        return title(tr("What"));
    case Target:
        return title(tr("Instance"));
    case TaskName:
        return title(tr("Task"));
    case Due:
        return title(tr("Due"));
    case Started:
        return title(tr("Started"));
    case Duration:
        return title(tr("Duration"));
    case Progress:
        return title(tr("Progress"));
    case Attempts:
        return title(tr("Attempts"));
    case Author:
        return title(tr("Requested by"));
    case Trouble:
        return title(tr("Error"));
    default:
        return {};
    }
}

} // namespace zandb
