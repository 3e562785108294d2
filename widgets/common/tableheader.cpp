// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/tableheader.h"

#include "widgets/common/icons.h"
#include "widgets/common/theme.h"

#include <QPainter>

namespace zandb {
namespace {

constexpr int arrow = 10;
constexpr int gap = unit / 2;

} // namespace

TableHeader::TableHeader(QWidget *parent) : QHeaderView(Qt::Horizontal, parent)
{
    setHighlightSections(false);
    setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
}

QSize TableHeader::sectionSizeFromContents(int logicalIndex) const
{
    const QString title = model()->headerData(logicalIndex, orientation()).toString();
    // any column may be sorted by: its word must not be cut then
    const int sorting = isSortIndicatorShown() ? gap + arrow : 0;
    return {fontMetrics().horizontalAdvance(title) + sorting + 2 * unit, 4 * unit};
}

void TableHeader::paintSection(QPainter *painter, const QRect &rect, int logicalIndex) const
{
    const bool sorted = isSortIndicatorShown() && sortIndicatorSection() == logicalIndex;
    const bool pointed = sectionsClickable() && viewport()->underMouse() && rect.contains(viewport()->mapFromGlobal(QCursor::pos()));
    const QVariant alignment = model()->headerData(logicalIndex, orientation(), Qt::TextAlignmentRole);
    const bool right = (alignment.isValid() ? Qt::Alignment(alignment.toInt()) : defaultAlignment()) & Qt::AlignRight;
    painter->save();
    painter->fillRect(rect, palette().color(QPalette::Base));
    painter->fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), borderColour(palette()));
    const QRect inner = rect.adjusted(unit, 0, -unit, 0);
    const QString title = fontMetrics().elidedText(model()->headerData(logicalIndex, orientation()).toString(), Qt::ElideRight,
                                                   inner.width() - (sorted ? gap + arrow : 0));
    const int width = fontMetrics().horizontalAdvance(title);
    QRect words(right ? inner.right() + 1 - width : inner.left(), inner.top(), width, inner.height());
    const int arrowLeft = right ? words.left() - gap - arrow : words.right() + 1 + gap; // over numbers the word keeps its place
    painter->setFont(font());
    painter->setPen(pointed || sorted ? palette().color(QPalette::Text) : mutedText(palette()));
    painter->drawText(words, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, title);
    if (sorted) {
        paintIcon(*painter, QRectF(arrowLeft, rect.center().y() - arrow / 2 + 1, arrow, arrow),
                  sortIndicatorOrder() == Qt::AscendingOrder ? QStringLiteral("sort-ascending") : QStringLiteral("sort-descending"),
                  mutedText(palette()));
    }
    painter->restore();
}

} // namespace zandb
