// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/tablemodel.h"
#include "models/fleet/fleet.h"
#include "models/slowlog/slowreport.h"

/// The two lists of a digest in full: who sends it, and examples of it.  GUI thread.
namespace zandb {

class SlowCallerModel final : public TableModel<SlowCallerRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { User, Host, Schema, Calls, Total, Mean, Examined, ColumnCount };
    explicit SlowCallerModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    Uuid key(const SlowCallerRow &row) const override;
    bool same(const SlowCallerRow &a, const SlowCallerRow &b) const override { return a.totals == b.totals; }

protected:
    QVariant cell(const SlowCallerRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

struct SlowExampleRow
{
    SlowExample example;
    QString instance; ///< its path
};

class SlowExampleModel final : public TableModel<SlowExampleRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { Why, At, Instance, User, Host, Schema, Duration, Lock, Examined, Sent, Query, ColumnCount };
    explicit SlowExampleModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    void setExamples(const std::vector<SlowExample> &examples, const Fleet &fleet);
    Uuid key(const SlowExampleRow &row) const override;
    bool same(const SlowExampleRow &a, const SlowExampleRow &b) const override { return Json(a.example.sample) == Json(b.example.sample) && a.instance == b.instance; }

protected:
    QVariant cell(const SlowExampleRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

} // namespace zandb
