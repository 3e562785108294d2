// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHeaderView>

namespace zandb {

/// The heads of a table's columns: words stand exactly above the cells they head, to the right over numbers, and the arrow
/// of the sorting follows its word instead of keeping room free in every column.  Up is ascending.
class TableHeader final : public QHeaderView
{
    Q_OBJECT
public:
    explicit TableHeader(QWidget *parent = nullptr);

protected:
    void paintSection(QPainter *painter, const QRect &rect, int logicalIndex) const override;
    QSize sectionSizeFromContents(int logicalIndex) const override;
};

} // namespace zandb
