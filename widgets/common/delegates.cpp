// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/delegates.h"

#include "models/common/roles.h"
#include "widgets/common/elide.h"
#include "widgets/common/icons.h"
#include "widgets/common/theme.h"

#include <QApplication>
#include <QPainter>
#include <QTableView>

#include <algorithm>

namespace zandb {

namespace {

/// Old by itself, or since the window has lost its store.
bool isStale(const QWidget *widget, const QModelIndex &index)
{
    return index.data(StaleRole).toBool() || isAway(widget);
}

} // namespace

int pillWidth(const QString &text, const QFont &font)
{
    return QFontMetrics(font).horizontalAdvance(text) + 16 + 6 + 2 * unit - 2;
}

int paintPill(QPainter &painter, const QRect &where, const QString &text, Look look, bool stale, const QPalette &palette, const QFont &font)
{
    const bool dark = isDark(palette);
    LookColours colours = lookColours(look, dark);
    if (stale) {
        const LookColours grey = lookColours(Look::Pending, dark);
        colours.text = grey.text;
        colours.fill = grey.fill;
    }
    const int height = 22;
    const int width = std::min(pillWidth(text, font), where.width());
    const QRect pill(where.left(), where.center().y() - height / 2 + 1, width, height);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colours.fill);
    painter.drawRoundedRect(pill, 5, 5);
    paintIcon(painter, QRectF(pill.left() + 6, pill.top() + 4, 14, 14), lookIcon(look), colours.text);
    painter.setPen(colours.text);
    painter.setFont(font);
    const QRect words = pill.adjusted(6 + 14 + 5, 0, -6, 0);
    painter.drawText(words, Qt::AlignVCenter | Qt::AlignLeft, QFontMetrics(font).elidedText(text, Qt::ElideRight, words.width()));
    painter.restore();
    return width;
}

void CellDelegate::initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    option->state &= ~QStyle::State_HasFocus; // the whole row is what is selected
    if (isStale(option->widget, index)) {
        option->palette.setColor(QPalette::Text, mutedText(option->palette));
        option->palette.setColor(QPalette::HighlightedText, mutedText(option->palette));
    }
}

/// This time as a line with an area, the time before as a quiet line behind it, both on one scale that begins at zero.
static void paintTrend(QPainter &painter, const QRectF &where, const QVariantList &before, const QVariantList &now, const QPalette &palette)
{
    double top = 0;
    for (const QVariantList *values : {&before, &now}) {
        for (const QVariant &value : *values)
            top = std::max(top, value.toDouble());
    }
    if (top <= 0)
        return;
    const auto lineOf = [&](const QVariantList &values) {
        QPolygonF line;
        for (qsizetype i = 0; i < values.size(); ++i)
            line << QPointF(where.left() + where.width() * static_cast<double>(i) / static_cast<double>(std::max<qsizetype>(1, values.size() - 1)),
                            where.bottom() - where.height() * values[i].toDouble() / top);
        return line;
    };
    const LookColours colours = lookColours(Look::Running, isDark(palette));
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(mutedText(palette), 1, Qt::DotLine));
    painter.drawPolyline(lineOf(before));
    QPolygonF area = lineOf(now);
    if (!area.isEmpty()) {
        painter.setPen(QPen(colours.solid, 1.4));
        painter.drawPolyline(area);
        area << where.bottomRight() << where.bottomLeft();
        painter.setPen(Qt::NoPen);
        QColor fill = colours.solid;
        fill.setAlphaF(0.15F);
        painter.setBrush(fill);
        painter.drawPolygon(area);
    }
    painter.restore();
}

void CellDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const QVariant look = index.data(LookRole);
    const QVariantList trend = look.isValid() ? QVariantList() : index.data(TrendRole).toList();
    const QVariant percent = look.isValid() ? QVariant() : index.data(PercentRole);
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    const QString text = item.text;
    item.text.clear();
    QApplication::style()->drawControl(QStyle::CE_ItemViewItem, &item, painter, item.widget);
    // the same margin as the header's words have
    const QRect inner = item.rect.adjusted(unit, 0, -unit, 0);
    if (trend.size() == 2) {
        paintTrend(*painter, inner.adjusted(0, 5, 0, -5), trend[0].toList(), trend[1].toList(), item.palette);
        return;
    }
    if (!look.isValid() && !percent.isValid()) {
        painter->save();
        painter->setFont(item.font);
        painter->setPen(item.palette.color(QPalette::Text));
        painter->drawText(inner, static_cast<int>(item.displayAlignment) | Qt::TextSingleLine, shownText(item, index, text.simplified(), inner.width()));
        painter->restore();
        return;
    }
    if (look.isValid()) {
        QRect pill = inner;
        if (item.displayAlignment & Qt::AlignRight) // as the figures above and below it
            pill.setLeft(std::max(inner.left(), inner.right() + 1 - pillWidth(text, item.font)));
        paintPill(*painter, pill, text, static_cast<Look>(look.toInt()), isStale(option.widget, index), item.palette, item.font);
        return;
    }
    const LookColours colours = lookColours(Look::Running, isDark(item.palette));
    const QRectF track(inner.left(), inner.bottom() - 5, inner.width(), 3);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(colours.fill);
    painter->drawRoundedRect(track, 1.5, 1.5);
    painter->setBrush(colours.solid);
    painter->drawRoundedRect(QRectF(track.topLeft(), QSizeF(track.width() * std::clamp(percent.toDouble(), 0.0, 100.0) / 100, 3)), 1.5, 1.5);
    painter->setPen(item.palette.color(QPalette::Text));
    painter->drawText(inner.adjusted(0, 0, 0, -6), Qt::AlignVCenter | Qt::AlignLeft,
                      item.fontMetrics.elidedText(text, Qt::ElideRight, inner.width()));
    painter->restore();
}

/// As much of a text as there is room for.  Of a name that is too long, what tells it from the others on the screen stays.
QString CellDelegate::shownText(const QStyleOptionViewItem &option, const QModelIndex &index, const QString &text, int width) const
{
    if (text.contains(QLatin1Char(' ')) || option.fontMetrics.horizontalAdvance(text) <= width)
        return option.fontMetrics.elidedText(text, Qt::ElideRight, width);
    const auto *table = qobject_cast<const QTableView *>(option.widget);
    if (!table)
        return option.fontMetrics.elidedText(text, Qt::ElideMiddle, width);
    const int last = table->rowAt(table->viewport()->height() - 1);
    QStringList names;
    for (int row = std::max(0, table->rowAt(0)); row <= (last < 0 ? index.model()->rowCount() - 1 : last); ++row)
        names << index.sibling(row, index.column()).data().toString().simplified();
    if (names != m_names || width != m_width || option.font != m_font) {
        m_names = names;
        m_width = width;
        m_font = option.font;
        m_shown = elidedApart(names, option.fontMetrics, width);
    }
    const qsizetype at = m_names.indexOf(text);
    return at < 0 ? option.fontMetrics.elidedText(text, Qt::ElideMiddle, width) : m_shown[at];
}

QSize CellDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    // as paint() places it.  The base class is not asked: it reads tooltips, icons and colours of each cell and lays its text out, for a height
    // that all rows share.
    const QString text = index.data().toString();
    const int width = index.data(LookRole).isValid() ? pillWidth(text, option.font) : option.fontMetrics.horizontalAdvance(text.simplified());
    return {width + 2 * unit + 2, std::max(option.fontMetrics.height() + unit, 32)};
}

} // namespace zandb
