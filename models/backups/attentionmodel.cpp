// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/backups/attentionmodel.h"

#include "models/common/format.h"
#include "models/common/roles.h"
#include "models/common/text.h"

namespace zandb {

AttentionModel::AttentionModel(QObject *parent) : TableModel(1, parent) {}

QString AttentionModel::key(const Attention &row) const
{
    if (row.alert)
        return qs(row.alert->toString());
    if (row.digest)
        return row.what + QLatin1Char('|') + qs(row.digest->toString());
    return row.what + QLatin1Char('|') + qs(row.leadsTo.idOf(runSubject).value_or(row.leadsTo.scope.id).toString());
}

bool AttentionModel::same(const Attention &a, const Attention &b) const
{
    return a.look == b.look && a.what == b.what && a.detail == b.detail && a.since == b.since && a.acknowledged == b.acknowledged;
}

QVariant AttentionModel::cell(const Attention &row, int, int role) const
{
    switch (role) {
    case Qt::DisplayRole:
        return row.what;
    case Qt::ToolTipRole:
    case Qt::AccessibleDescriptionRole:
        return row.what + QLatin1Char('\n') + row.detail;
    case DetailRole:
        return row.detail;
    case SinceRole:
        return toMicros(row.since) == 0 ? QString() : localTimeText(row.since).left(16);
    case AcknowledgedRole:
        return row.acknowledged;
    case LookRole:
        return static_cast<int>(row.look);
    default:
        return {};
    }
}

QVariant AttentionModel::header(int, int role) const
{
    return role == Qt::DisplayRole ? tr("Needs attention") : QVariant();
}

} // namespace zandb
