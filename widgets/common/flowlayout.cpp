// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/flowlayout.h"

#include <QWidget>

#include <algorithm>

namespace zandb {

FlowLayout::FlowLayout(QWidget *parent) : QLayout(parent) {}

FlowLayout::~FlowLayout()
{
    qDeleteAll(m_items);
}

QLayoutItem *FlowLayout::takeAt(int index)
{
    return index >= 0 && index < m_items.size() ? m_items.takeAt(index) : nullptr;
}

QSize FlowLayout::sizeHint() const
{
    const QMargins margins = contentsMargins();
    QSize size;
    for (qsizetype at = 0; at < m_items.size(); ++at) {
        if (m_items[at]->isEmpty())
            continue;
        const QSize hint = m_items[at]->sizeHint();
        size = {size.width() + hint.width() + spacing() + m_spaces.value(at), std::max(size.height(), hint.height())};
    }
    return size.grownBy(margins);
}

QSize FlowLayout::minimumSize() const
{
    QSize size;
    for (const QLayoutItem *item : m_items) {
        if (!item->isEmpty())
            size = size.expandedTo(item->minimumSize());
    }
    return size.grownBy(contentsMargins());
}

void FlowLayout::setGeometry(const QRect &rect)
{
    QLayout::setGeometry(rect);
    arrange(rect, true);
}

int FlowLayout::arrange(const QRect &rect, bool move) const
{
    const QMargins margins = contentsMargins();
    const QRect room = rect.marginsRemoved(margins);
    int y = room.y();
    qsizetype at = 0;
    while (at < m_items.size()) {
        QList<std::pair<QLayoutItem *, QRect>> line;
        int x = room.x();
        int height = 0;
        for (; at < m_items.size(); ++at) {
            if (m_items[at]->isEmpty())
                continue;
            const QSize size = m_items[at]->sizeHint();
            const int left = line.isEmpty() ? x : x + spacing() + m_spaces.value(at);
            if (!line.isEmpty() && left + size.width() > room.x() + room.width())
                break;
            line.append({m_items[at], QRect(QPoint(left, y), size)});
            x = left + size.width();
            height = std::max(height, size.height());
        }
        if (line.isEmpty())
            break;
        if (y > room.y())
            y += spacing();
        for (auto &[item, place] : line) {
            place.moveTop(y + (height - place.height()) / 2);
            if (move)
                item->setGeometry(place);
        }
        y += height;
    }
    return y - room.y() + margins.top() + margins.bottom();
}

} // namespace zandb
