// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/look.h"

#include <QFont>
#include <QStringList>
#include <QStyledItemDelegate>

namespace zandb {

/// Paints a state as icon, word and colour on a quiet pill.  Returns the width it took.
int paintPill(QPainter &painter, const QRect &where, const QString &text, Look look, bool stale, const QPalette &palette,
              const QFont &font);
int pillWidth(const QString &text, const QFont &font);

/// For every cell of our tables: cells with LookRole become pills, cells with PercentRole get a bar under their
/// text, stale rows are greyed, and rows have room to breathe.
class CellDelegate final : public QStyledItemDelegate
{
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override;

private:
    QString shownText(const QStyleOptionViewItem &option, const QModelIndex &index, const QString &text, int width) const;

    // the shortened names of the rows on the screen, while these are the same
    mutable QStringList m_names;
    mutable QStringList m_shown;
    mutable int m_width = 0;
    mutable QFont m_font;
};

} // namespace zandb
