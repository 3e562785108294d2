// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/backups/attention.h"
#include "models/common/tablemodel.h"

namespace zandb {

/// The lines of the Today page.
class AttentionModel final : public TableModel<Attention, QString>
{
    Q_OBJECT
public:
    enum AttentionRole { DetailRole = 0x0200, SinceRole, AcknowledgedRole };
    explicit AttentionModel(QObject *parent = nullptr);

    QString key(const Attention &row) const override;
    bool same(const Attention &a, const Attention &b) const override;

protected:
    QVariant cell(const Attention &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

} // namespace zandb
