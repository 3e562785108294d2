// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/batchsql/sqlhistorymodel.h"

#include "models/common/cell.h"
#include "models/workflow/runtext.h"

namespace zandb {

QVariant SqlHistoryModel::cell(const SqlHistoryRow &row, int column, int role) const
{
    if (role == IdRole)
        return QVariant::fromValue(row.run);
    switch (column) {
    case State:
        return lookAnswer(lookOf(row.state), [&] { return lookText(lookOf(row.state)); }, role);
    case At:
        return timeAnswer(row.at, role, true);
    case Instance:
        return answer({row.instance, {}, {}, {}, false}, role);
    case Author:
        return answer({row.author, {}, {}, {}, false}, role);
    case Schema:
        return answer({row.schema, {}, {}, {}, false}, role);
    case Script:
        return answer({row.script.left(400).simplified(), row.script, row.script, row.script.left(2000), false}, role);
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
    case Instance:
        return title(tr("Instance"));
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

} // namespace zandb
