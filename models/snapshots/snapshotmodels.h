// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/chartdata.h"
#include "models/common/tablemodel.h"
#include "models/snapshots/growth.h"
#include "models/snapshots/snapshotdiff.h"

/// The lists of the page Growth, and its chart.  GUI thread.
namespace zandb {

struct GrowthRow
{
    std::string schema;
    std::string table; ///< empty: the whole schema
    SnapshotSum now;
    std::optional<double> bytesPerDay;
};

class GrowthModel final : public TableModel<GrowthRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { Schema, Table, Size, Data, Indexes, Rows, PerDay, ColumnCount };
    explicit GrowthModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    void setGrowth(const SnapshotGrowth &growth);
    Uuid key(const GrowthRow &row) const override;
    bool same(const GrowthRow &a, const GrowthRow &b) const override { return a.now == b.now && a.bytesPerDay == b.bytesPerDay; }

protected:
    QVariant cell(const GrowthRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

/// A difference between two days; sizes are set of schemas and tables.
struct SnapshotDiffRow
{
    std::string kind;    ///< "schema", "table", or as SnapshotTextChange has it
    std::string name;
    SnapshotChange change = SnapshotChange::Changed;
    std::string before;  ///< of all but schemas and tables
    std::string after;
    std::optional<std::int64_t> bytesBefore;
    std::optional<std::int64_t> bytesAfter;
    bool operator==(const SnapshotDiffRow &) const = default;
};

class SnapshotDiffModel final : public TableModel<SnapshotDiffRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { Kind, Name, Change, Before, After, Grown, ColumnCount };
    explicit SnapshotDiffModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    void setDiff(const SnapshotDiff &diff);
    Uuid key(const SnapshotDiffRow &row) const override;
    bool same(const SnapshotDiffRow &a, const SnapshotDiffRow &b) const override { return a == b; }

protected:
    QVariant cell(const SnapshotDiffRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

/// The largest `most` schemas over the days, and all others as one line.
ChartData growthChart(const SnapshotGrowth &growth, std::size_t most);

} // namespace zandb
