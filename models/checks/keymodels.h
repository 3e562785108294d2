// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/checks/keyusage.h"
#include "models/common/look.h"
#include "models/common/tablemodel.h"

#include <QString>

/// The lists of the page Keys.  GUI thread.
namespace zandb {

struct KeyRow
{
    KeyRecord record;
    QString instance;
    bool isFull = false; ///< an alert holds for it: by its share or its days left
};

struct FindingRow
{
    CheckFindingRecord record;
    QString instance;
};

/// "shop.orders.id"
QString keyName(const wire::KeyUsage &usage);
/// "98.03 %": cut and not rounded, since 100 % means that nothing is left.
QString keyShareText(std::int64_t ppm);
QString keyKindText(const std::string &kind);
/// "12 days", "does not grow", "not known yet".
QString keyDaysText(const KeyRecord &record);
QString findingKindText(const std::string &kind);
/// What it means for that finding: the index that does the work, the engine, ...
QString findingDetailText(const wire::CheckFinding &finding);

class KeyTableModel final : public TableModel<KeyRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { State, Share, DaysLeft, Key, Type, Kind, Used, Limit, TableSize, Instance, Read, ColumnCount };
    explicit KeyTableModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    Uuid key(const KeyRow &row) const override;
    bool same(const KeyRow &a, const KeyRow &b) const override;

protected:
    QVariant cell(const KeyRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

class FindingTableModel final : public TableModel<FindingRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { What, Object, Name, Detail, Instance, Since, ColumnCount };
    explicit FindingTableModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    Uuid key(const FindingRow &row) const override;
    bool same(const FindingRow &a, const FindingRow &b) const override;

protected:
    QVariant cell(const FindingRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

} // namespace zandb
