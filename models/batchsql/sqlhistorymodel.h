// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/tablemodel.h"
#include "models/workflow/run.h"

#include <QString>

namespace zandb {

/// A script as it was run on one instance.
struct SqlHistoryRow
{
    Uuid run;
    Uuid instanceId;
    QString instance; ///< "db1/my3306"
    QString author;
    TimePoint at{};
    RunState state = RunState::Pending;
    QString schema;
    QString script;   ///< its statements, each with a semicolon at its end
};

/// Scripts that were run, newest first as they come.
class SqlHistoryModel final : public TableModel<SqlHistoryRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { State, At, Instance, Author, Schema, Script, ColumnCount };
    explicit SqlHistoryModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    Uuid key(const SqlHistoryRow &row) const override { return row.run; }
    bool same(const SqlHistoryRow &a, const SqlHistoryRow &b) const override { return a.state == b.state && a.instance == b.instance; }

protected:
    QVariant cell(const SqlHistoryRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

} // namespace zandb
