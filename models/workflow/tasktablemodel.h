// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/tablemodel.h"
#include "models/workflow/tasktext.h"

namespace zandb {

/// A task as lists show it.
struct TaskRow
{
    Task task;
    QString targets;           ///< what it is for, in words
    int count = 0;             ///< how many targets it has now
    std::optional<TimePoint> next;
    std::optional<LastRuns> last;
    std::optional<Error> wrong; ///< why its row cannot be read: it does not run
};

/// Ok: it runs; Skipped: it rests; Late: it has no target; Failed: it cannot be read.
Look taskLook(const TaskRow &row);
QString taskStateText(const TaskRow &row);

/// Tasks, one a row.
class TaskTableModel final : public TableModel<TaskRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { State, Name, Kind, Targets, Count, When, Next, LastResult, LastDue, Keep, Author, ColumnCount };
    explicit TaskTableModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    Uuid key(const TaskRow &row) const override { return row.task.id; }
    bool same(const TaskRow &a, const TaskRow &b) const override;

protected:
    QVariant cell(const TaskRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

} // namespace zandb
