// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/look.h"
#include "models/common/tablemodel.h"
#include "models/config/drift.h"

/// The lists of the page Standards.  GUI thread.
namespace zandb {

/// A finding as lists show it.
struct DriftRow
{
    DriftFinding finding; ///< `accepted` is not set: see `exception`
    QString path;
    std::optional<DriftException> exception;
};
/// What a code of a finding says: "other than the standard"; and what to do about it.
QString driftText(const std::string &code);
QString driftAdvice(const DriftFinding &finding);

class DriftModel final : public TableModel<DriftRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { State, Instance, What, Subject, Found, Wanted, Until, ColumnCount };
    explicit DriftModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    Uuid key(const DriftRow &row) const override;
    bool same(const DriftRow &a, const DriftRow &b) const override;

protected:
    QVariant cell(const DriftRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

/// What the standard says at one place.
struct StandardRow
{
    StandardRule rule;
    QString place; ///< "production"; of the whole fleet: its words
};

class StandardModel final : public TableModel<StandardRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { Place, Variable, Value, Editor, Edited, ColumnCount };
    explicit StandardModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    Uuid key(const StandardRow &row) const override;
    bool same(const StandardRow &a, const StandardRow &b) const override;

protected:
    QVariant cell(const StandardRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

} // namespace zandb
