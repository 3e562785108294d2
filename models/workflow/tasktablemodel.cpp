// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/workflow/tasktablemodel.h"

#include "models/common/cell.h"
#include "models/workflow/runtext.h"

namespace zandb {

Look taskLook(const TaskRow &row)
{
    return row.wrong ? Look::Failed : !row.task.enabled ? Look::Skipped : row.count == 0 ? Look::Late : Look::Ok;
}

QString taskStateText(const TaskRow &row)
{
    switch (taskLook(row)) {
    case Look::Failed:
        return TaskTableModel::tr("cannot be read");
    case Look::Skipped:
        return TaskTableModel::tr("paused");
    case Look::Late:
        return TaskTableModel::tr("no target");
    default:
        return TaskTableModel::tr("active");
    }
}

bool TaskTableModel::same(const TaskRow &a, const TaskRow &b) const
{
    return a.task.revision == b.task.revision && a.targets == b.targets && a.count == b.count && a.next == b.next && a.task.skips == b.task.skips
        && a.wrong.has_value() == b.wrong.has_value() && a.last.has_value() == b.last.has_value()
        && (!a.last || (a.last->due == b.last->due && a.last->runs == b.last->runs && a.last->state == b.last->state));
}

QVariant TaskTableModel::cell(const TaskRow &row, int column, int role) const
{
    if (role == IdRole)
        return QVariant::fromValue(row.task.id);
    switch (column) {
    case State:
        return lookAnswer(taskLook(row), [&] { return taskStateText(row); }, role);
    case Name:
        return answer(textCell(row.task.name), role);
    case Kind:
        return answer({kindText(row.task.kind), {}, {}, {}, false}, role);
    case Targets:
        return answer({row.targets, {}, {}, {}, false}, role);
    case Count:
        return integerAnswer(row.count, role);
    case When:
        return answer({scheduleText(row.task.schedule), {}, {}, {}, false}, role);
    case Next:
        return timeAnswer(row.next, role);
    case LastResult:
        return row.last ? lookAnswer(lastRunsLook(*row.last), [&] { return lastRunsText(*row.last); }, role) : answer({}, role);
    case LastDue:
        return timeAnswer(row.last ? std::optional(row.last->due) : std::nullopt, role);
    case Keep:
        return row.task.policies.keep > 0 ? integerAnswer(row.task.policies.keep, role) : answer({{}, {}, {}, {}, true}, role);
    case Author:
        return answer(textCell(row.task.author), role);
    default:
        return {};
    }
}

QVariant TaskTableModel::header(int column, int role) const
{
    const bool number = column == Count || column == Keep;
    const auto title = [&](const QString &text) { return headerAnswer(text, number, role, column == Next || column == LastDue ? inUtc : QLatin1String()); };
    switch (column) {
    case State:
        return title(tr("State"));
    case Name:
        return title(tr("Task"));
    case Kind:
        return title(tr("Kind"));
    case Targets:
        return title(tr("For"));
    case Count:
        return title(tr("Targets"));
    case When:
        return title(tr("When"));
    case Next:
        return title(tr("Next"));
    case LastResult:
        return title(tr("Last result"));
    case LastDue:
        return title(tr("Last due"));
    case Keep:
        return title(tr("Keep"));
    case Author:
        return title(tr("Author"));
    default:
        return {};
    }
}

} // namespace zandb
