// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/tablemodel.h"
#include "models/workflow/runtext.h"

namespace zandb {

/// Runs, one a row, newest first as they come.
class RunTableModel final : public TableModel<RunRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { State, Kind, Target, TaskName, Due, Started, Duration, Progress, Attempts, Author, Trouble, ColumnCount };
    explicit RunTableModel(QObject *parent = nullptr);

    /// The store's clock moves on: durations of what runs grow.
    void setNow(TimePoint now);
    TimePoint now() const { return m_now; }

    Uuid key(const RunRow &row) const override { return row.run.id; }
    bool same(const RunRow &a, const RunRow &b) const override;

protected:
    QVariant cell(const RunRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;

private:
    TimePoint m_now{};
};

/// Whether two states of one run read the same.
bool sameRun(const Run &a, const Run &b);

} // namespace zandb
