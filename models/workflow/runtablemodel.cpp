// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/workflow/runtablemodel.h"

#include "models/common/cell.h"
#include "models/common/errortext.h"

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
        const RunState state = row(at)->run.state;
        if (state == RunState::Running || state == RunState::Pending)
            Q_EMIT dataChanged(index(at, State), index(at, Progress));
    }
}

bool RunTableModel::same(const RunRow &a, const RunRow &b) const
{
    return sameRun(a.run, b.run) && a.look == b.look && a.target == b.target && a.task == b.task;
}

QVariant RunTableModel::cell(const RunRow &row, int column, int role) const
{
    const Run &run = row.run;
    if (role == IdRole)
        return QVariant::fromValue(run.id);
    switch (column) {
    case State:
        if (role == LookRole)
            return static_cast<int>(row.look);
        return numberAnswer(static_cast<qlonglong>(row.look), role == ExactRole ? lookName(row.look) : QVariant(), role, false,
                            [&] { return runStateText(row, m_now); }, [&] { return runStateText(row, m_now); });
    case Kind:
        return answer({kindText(run.kind), {}, qs(run.kind), {}, false}, role);
    case Target:
        return answer({row.target, {}, {}, {}, false}, role);
    case TaskName:
        return answer({row.task.isEmpty() ? tr("by hand") : row.task, {}, row.task, {}, false}, role);
    case Due:
        return timeAnswer(run.due, role);
    case Started:
        return timeAnswer(run.startedAt, role);
    case Duration:
        if (const auto duration = runDuration(run, m_now))
            return durationAnswer(*duration, role);
        return answer({}, role);
    case Progress:
        if (role == PercentRole)
            return run.state == RunState::Running && run.progress && run.progress->percent ? QVariant(*run.progress->percent) : QVariant();
        return answer({progressText(run), {}, {}, {}, false}, role);
    case Attempts:
        return run.attempts > 0 ? integerAnswer(run.attempts, role) : answer({{}, {}, {}, {}, true}, role);
    case Author:
        return answer(textCell(run.author), role);
    case Trouble:
        if (!run.error || run.state == RunState::Succeeded)
            return answer({}, role);
        if (role == Qt::ToolTipRole)
            return errorText(*run.error, row.target);
        return answer({role == ExactRole ? QString() : errorSummary(*run.error), {}, role == ExactRole ? QVariant(qs(run.error->code)) : QVariant(), {}, false}, role);
    default:
        return {};
    }
}

QVariant RunTableModel::header(int column, int role) const
{
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((column == Duration || column == Attempts ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case State:
        return tr("State");
    case Kind:
        return tr("What");
    case Target:
        return tr("Instance");
    case TaskName:
        return tr("Task");
    case Due:
        return tr("Due");
    case Started:
        return tr("Started");
    case Duration:
        return tr("Duration");
    case Progress:
        return tr("Progress");
    case Attempts:
        return tr("Attempts");
    case Author:
        return tr("Asked by");
    case Trouble:
        return tr("Error");
    default:
        return {};
    }
}

} // namespace zandb
