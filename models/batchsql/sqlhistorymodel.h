// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/time.h"
#include "agent/protocol/uuid.h"
#include "models/common/tablemodel.h"

#include <QString>

namespace zandb {

/// A script that was run: a plan, or a read that left its row in the audit.
struct SqlHistoryRow
{
    Uuid id;                        ///< of the plan, or of the audit row
    bool isPlan = false;
    std::vector<Uuid> instances;    ///< those that the fleet still has
    QString targets;                ///< "db1/my3306", "db1/my3306 and 3 more"
    QString author;
    TimePoint at{};
    std::string state;              ///< of a plan: "running", "cancelling", "stopped", "finished", "cancelled"; "": of a read
    int succeeded = 0;              ///< instances of a plan
    int failed = 0;                 ///< unknown ones too
    int of = 0;
    QString schema;
    QString script;                 ///< its statements, each with a semicolon at its end; of a long one the beginning
};

/// Scripts that were run, newest first as they come.
class SqlHistoryModel final : public TableModel<SqlHistoryRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { State, At, Targets, Progress, Author, Schema, Script, ColumnCount };
    explicit SqlHistoryModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    Uuid key(const SqlHistoryRow &row) const override { return row.id; }
    bool same(const SqlHistoryRow &a, const SqlHistoryRow &b) const override;

protected:
    QVariant cell(const SqlHistoryRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

/// A script that the team shares.
struct SqlScriptRow
{
    Uuid id;
    QString name;
    QString schema;
    QString changedBy;
    TimePoint changedAt{};
    QString script; ///< of a long one the beginning
};

/// Saved scripts by name.
class SqlScriptModel final : public TableModel<SqlScriptRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { Name, Schema, ChangedBy, ChangedAt, Script, ColumnCount };
    explicit SqlScriptModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    Uuid key(const SqlScriptRow &row) const override { return row.id; }
    bool same(const SqlScriptRow &a, const SqlScriptRow &b) const override;

protected:
    QVariant cell(const SqlScriptRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

} // namespace zandb
