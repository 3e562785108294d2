// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/batchsql/sqlhistorymodel.h"

#include "models/common/cell.h"

namespace zandb {
namespace {

constexpr int searched = 4000; ///< characters of a script that a filter looks at

Look lookOf(const SqlHistoryRow &row)
{
    if (!row.isPlan)
        return Look::Ok;
    if (row.state == "running" || row.state == "cancelling")
        return Look::Running;
    if (row.state == "cancelled")
        return Look::Cancelled;
    return row.state == "stopped" || row.failed > 0 ? Look::Failed : Look::Ok;
}

QVariant scriptAnswer(const QString &script, int role)
{
    return answer({script.left(searched).simplified(), script, script, script.left(2000), false}, role);
}

} // namespace

bool SqlHistoryModel::same(const SqlHistoryRow &a, const SqlHistoryRow &b) const
{
    return a.state == b.state && a.targets == b.targets && a.succeeded == b.succeeded && a.failed == b.failed;
}

QVariant SqlHistoryModel::cell(const SqlHistoryRow &row, int column, int role) const
{
    if (role == IdRole)
        return QVariant::fromValue(row.id);
    const auto text = [&](const QString &words) { return answer({words, {}, {}, {}, false}, role); };
    switch (column) {
    case State:
        return lookAnswer(lookOf(row), [&] {
            return !row.isPlan ? tr("read") : row.state == "stopped" ? tr("stopped") : row.state == "cancelling" ? tr("cancelling") : lookText(lookOf(row));
        }, role);
    case At:
        return timeAnswer(row.at, role, true);
    case Targets:
        return text(row.targets);
    case Progress:
        return text(!row.isPlan ? QString() : row.failed > 0 ? tr("%1 of %2, %3 failed").arg(row.succeeded).arg(row.of).arg(row.failed) : tr("%1 of %2").arg(row.succeeded).arg(row.of));
    case Author:
        return text(row.author);
    case Schema:
        return text(row.schema);
    case Script:
        return scriptAnswer(row.script, role);
    default:
        return {};
    }
}

QVariant SqlHistoryModel::header(int column, int role) const
{
    const auto title = [&](const QString &text) { return headerAnswer(text, false, role, column == At ? inUtc : QLatin1String()); };
    switch (column) {
    case State:
        return title(tr("State"));
    case At:
        return title(tr("When"));
    case Targets:
        return title(tr("Targets"));
    case Progress:
        return title(tr("Done"));
    case Author:
        return title(tr("Who"));
    case Schema:
        return title(tr("Schema"));
    case Script:
        return title(tr("Script"));
    default:
        return {};
    }
}

bool SqlScriptModel::same(const SqlScriptRow &a, const SqlScriptRow &b) const
{
    return a.name == b.name && a.changedAt == b.changedAt && a.changedBy == b.changedBy && a.schema == b.schema && a.script == b.script;
}

QVariant SqlScriptModel::cell(const SqlScriptRow &row, int column, int role) const
{
    if (role == IdRole)
        return QVariant::fromValue(row.id);
    const auto text = [&](const QString &words) { return answer({words, {}, {}, {}, false}, role); };
    switch (column) {
    case Name:
        return text(row.name);
    case Schema:
        return text(row.schema);
    case ChangedBy:
        return text(row.changedBy);
    case ChangedAt:
        return timeAnswer(row.changedAt, role);
    case Script:
        return scriptAnswer(row.script, role);
    default:
        return {};
    }
}

QVariant SqlScriptModel::header(int column, int role) const
{
    const auto title = [&](const QString &text) { return headerAnswer(text, false, role, column == ChangedAt ? inUtc : QLatin1String()); };
    switch (column) {
    case Name:
        return title(tr("Name"));
    case Schema:
        return title(tr("Schema"));
    case ChangedBy:
        return title(tr("Changed by"));
    case ChangedAt:
        return title(tr("Changed"));
    case Script:
        return title(tr("Script"));
    default:
        return {};
    }
}

} // namespace zandb
