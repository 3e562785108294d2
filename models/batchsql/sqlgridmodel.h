// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/time.h"
#include "agent/protocol/uuid.h"
#include "models/common/look.h"
#include "models/common/roles.h"
#include "models/common/tablemodel.h"

#include <QString>

#include <optional>

namespace zandb {

/// One statement on one instance.
struct SqlGridRow
{
    Uuid id;
    QString instance;   ///< "db1/my3306"
    int wave = 0;       ///< from 1; 0: all at once
    int statement = 0;  ///< from 1
    QString sql;
    Look look = Look::Pending;
    std::optional<std::int64_t> rows;    ///< of its result
    std::optional<std::int64_t> changed; ///< rows it changed
    std::optional<Microseconds> took;
    std::int64_t warnings = 0;
    QString message;    ///< the error, or the server's warnings
};

/// Instances x statements, as a script goes over them.
class SqlGridModel final : public TableModel<SqlGridRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { State, Instance, Wave, Number, Statement, Rows, Changed, Time, Warnings, Message, ColumnCount };
    explicit SqlGridModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    Uuid key(const SqlGridRow &row) const override { return row.id; }
    bool same(const SqlGridRow &a, const SqlGridRow &b) const override;

protected:
    QVariant cell(const SqlGridRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

/// The results of one statement from all instances as one table, with a column that names the instance.
class SqlResultModel final : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum class Kind { Text, Null, Bytes, Cut };
    struct Cell
    {
        QString text;             ///< of bytes that are no text "0x4142"
        Kind kind = Kind::Text;   ///< Cut: the agent sent only the beginning
    };
    static constexpr int KindRole = FirstFreeRole; ///< int of Kind
    using Row = std::vector<Cell>; ///< the instance first
    using QAbstractTableModel::QAbstractTableModel;
    /// Another statement's: `columns` without that of the instance.
    void setResult(const QStringList &columns, std::vector<Row> rows);
    /// More of the same.
    void append(std::vector<Row> rows);
    void refreshTexts() { Q_EMIT headerDataChanged(Qt::Horizontal, 0, 0); }

    int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : static_cast<int>(m_rows.size()); }
    int columnCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : static_cast<int>(m_columns.size()) + 1; }
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    QStringList m_columns;
    std::vector<Row> m_rows;
};

} // namespace zandb
