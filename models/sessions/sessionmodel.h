// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/look.h"
#include "models/common/tablemodel.h"
#include "models/sessions/sessionrows.h"

namespace zandb {

Look sessionLook(SessionPart part);
/// "blocks 3", "waits for 12", "active"
QString sessionPartText(const SessionRow &row);
/// "waits for 12 (row lock: shop.orders)", a line each.
QStringList sessionBlockTexts(const wire::Session &session);
/// Why it is never killed from here; empty: it can be.
QString protectionText(const std::string &protection);
/// What could not be seen: "row_locks" -> "row locks".
QString notPermittedText(const std::string &what);

/// Sessions of many instances.  Their order is that of the instances and connections, so that rows keep their place from one look to the next; sorted
/// by the first column they stand in chains.
class SessionTableModel final : public TableModel<SessionRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { Part, Instance, Id, User, Client, Schema, Command, Time, State, BlockedBy, Transaction, Changed, Statement, ColumnCount };
    explicit SessionTableModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    Uuid key(const SessionRow &row) const override { return row.id; }
    bool same(const SessionRow &a, const SessionRow &b) const override;

protected:
    QVariant cell(const SessionRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

} // namespace zandb
