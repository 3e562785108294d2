// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/tablemodel.h"
#include "models/slowlog/explaintext.h"

namespace zandb {

/// A plan as a tree; costly nodes carry Look::Late and say why.  GUI thread.
class PlanTreeModel final : public QAbstractItemModel
{
    Q_OBJECT
public:
    enum Column { Node, Costly, Access, Index, Rows, Produced, Filtered, Cost, ColumnCount };
    using QAbstractItemModel::QAbstractItemModel;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const final;
    QModelIndex parent(const QModelIndex &child) const final;
    int rowCount(const QModelIndex &parent = {}) const final;
    int columnCount(const QModelIndex &parent = {}) const final;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const final;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const final;

    /// None: nothing is shown.
    void setPlan(std::optional<Plan> plan);
    void refreshTexts();
    /// Whether any node has something in this column.
    bool hasAny(int column) const;

private:
    /// A node, its place among those of its parent, and its parent; the first entry is the root, which is not shown.
    struct Entry
    {
        const PlanNode *node = nullptr;
        std::size_t parent = 0;
        int row = 0;
        std::vector<std::size_t> children;
    };
    std::size_t add(const PlanNode &node, std::size_t parent, int row);

    std::optional<Plan> m_plan;
    std::vector<Entry> m_entries;
};

/// A line of EXPLAIN's table.
struct ExplainRow
{
    int number = 0; ///< from 0
    std::vector<std::string> cells; ///< by ExplainRowModel::Column
};
class ExplainRowModel final : public TableModel<ExplainRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { Number, Id, SelectType, Table, Partitions, Type, PossibleKeys, Key, KeyLength, Ref, Rows, Filtered, Extra, ColumnCount };
    explicit ExplainRowModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    void setExplained(const wire::Explained &explained);
    Uuid key(const ExplainRow &row) const override;
    bool same(const ExplainRow &a, const ExplainRow &b) const override { return a.cells == b.cells; }

protected:
    QVariant cell(const ExplainRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

/// An index of a table that the statement names; a table without any has one line too.
struct ExplainIndexRow
{
    int number = 0;
    wire::ExplainedTable table; ///< without its indexes
    std::optional<wire::ExplainedIndex> index;
    QString usedBy;             ///< names by which the statement calls the table; empty: the plan does not use it
};
class ExplainIndexModel final : public TableModel<ExplainIndexRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { Table, Kind, Rows, Data, Indexes, Name, Columns, Unique, Cardinality, UsedBy, ColumnCount };
    explicit ExplainIndexModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    void setExplained(const wire::Explained &explained);
    Uuid key(const ExplainIndexRow &row) const override;
    bool same(const ExplainIndexRow &a, const ExplainIndexRow &b) const override;

protected:
    QVariant cell(const ExplainIndexRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

} // namespace zandb
