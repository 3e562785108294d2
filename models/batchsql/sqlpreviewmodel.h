// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/batchsql.h"
#include "models/common/look.h"
#include "models/common/tablemodel.h"

#include <QString>

#include <optional>

namespace zandb {

/// What one statement would meet on one instance; without a statement: why the instance could not say it.
struct SqlPreviewRow
{
    Uuid id;
    QString instance; ///< "db1/my3306"
    QString sql;
    wire::SqlPreviewStatement statement;
    QString role;     ///< "primary", "replica", "standalone", as the wire says
    std::optional<std::int64_t> lagSeconds;
    int replicas = 0;
    std::vector<wire::SqlPreviewBlocker> blockers;
    QString error;    ///< not empty: the instance did not answer
};

/// Instances x statements before they run: verdict, rows, sizes, locks, role, lag and who stands in the way.
class SqlPreviewModel final : public TableModel<SqlPreviewRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { State, Instance, Number, Verdict, Rows, Size, Locks, Role, Lag, Blockers, Notes, Statement, ColumnCount };
    explicit SqlPreviewModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    Uuid key(const SqlPreviewRow &row) const override { return row.id; }
    bool same(const SqlPreviewRow &, const SqlPreviewRow &) const override { return false; }

protected:
    QVariant cell(const SqlPreviewRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

} // namespace zandb
