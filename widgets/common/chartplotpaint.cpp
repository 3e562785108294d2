// SPDX-License-Identifier: GPL-3.0-or-later
// How a chart is drawn.
#include "widgets/common/chartplot.h"
#include "widgets/common/theme.h"

#include <QPainter>
#include <QTimeZone>

#include <algorithm>
#include <cmath>

namespace zandb {
namespace {

constexpr std::size_t mostBands = 8; ///< lines beyond which bands would only hide each other

} // namespace

void ChartPlot::paintEvent(QPaintEvent *)
{
    const qreal ratio = devicePixelRatioF();
    if (m_undrawn || m_picture.devicePixelRatio() != ratio || m_picture.size() != size() * ratio) {
        layOut();
        m_undrawn = false;
        m_picture = QPixmap(size() * ratio);
        m_picture.setDevicePixelRatio(ratio);
        m_picture.fill(Qt::transparent);
        QPainter painter(&m_picture);
        painter.setFont(smallFont());
        painter.setOpacity(m_away ? 0.45 : 1);
        drawAxes(painter);
        painter.setClipRect(m_plot.adjusted(0, -2, 0, 1));
        for (const Drawn &drawn : m_drawn) {
            switch (m_shape.form) {
            case ChartShape::Form::Lines:
                drawLine(painter, drawn);
                break;
            case ChartShape::Form::Areas:
                drawArea(painter, drawn);
                break;
            case ChartShape::Form::Bars:
                drawBars(painter, drawn);
                break;
            }
        }
        painter.setClipping(false);
        if (m_data.isEmpty()) {
            painter.setPen(mutedText(palette()));
            painter.setFont(font());
            painter.drawText(m_plot, Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
        }
    }
    QPainter painter(this);
    painter.drawPixmap(0, 0, m_picture);
    drawCross(painter);
}

void ChartPlot::drawAxes(QPainter &painter) const
{
    const QFontMetrics metrics = painter.fontMetrics();
    const bool known = !m_data.isEmpty(); // an axis without any value would only show invented numbers
    const QPen grid(borderColour(palette()), 1);
    for (const ValueTick &tick : m_axis.ticks) {
        const int y = static_cast<int>(std::lround(yOf(tick.value)));
        painter.setPen(grid);
        painter.drawLine(m_plot.left(), y, m_plot.right(), y);
        if (!known)
            continue;
        painter.setPen(mutedText(palette()));
        painter.drawText(QRect(0, y - metrics.height() / 2, m_plot.left() - unit / 2, metrics.height()), Qt::AlignRight | Qt::AlignVCenter, tick.text);
    }
    painter.setPen(mutedText(palette()));
    QString over = known ? m_axis.unit : QString();
    if (known && m_axis.bottom > 0 && !m_axis.ticks.empty())
        over = tr("%1, from %2").arg(over, m_axis.ticks.front().text);
    if (!over.isEmpty()) {
        // over its numbers, and from the edge on where it is longer
        const int wide = metrics.horizontalAdvance(over);
        painter.drawText(QRect(std::max(0, m_plot.left() - unit / 2 - wide), 0, wide + 1, metrics.height()), Qt::AlignLeft | Qt::AlignVCenter, over);
    }
    const int room = metrics.horizontalAdvance(QStringLiteral("00:00")) + 3 * unit;
    int taken = 0;
    for (const TimeTick &tick : timeTicks(m_from, m_until, QTimeZone::systemTimeZone(), std::max(1, m_plot.width() / room))) {
        const int x = static_cast<int>(std::lround(xOf(tick.at)));
        painter.setPen(grid);
        painter.drawLine(x, m_plot.bottom() + 1, x, m_plot.bottom() + 4);
        if (tick.dayBegins)
            painter.drawLine(x, m_plot.top(), x, m_plot.bottom());
        const int wide = metrics.horizontalAdvance(tick.text);
        const int left = std::clamp(x - wide / 2, 0, std::max(0, width() - wide));
        if (left < taken)
            continue;
        taken = left + wide + unit;
        painter.setPen(tick.dayBegins ? palette().color(QPalette::Text) : mutedText(palette()));
        painter.drawText(QRect(left, m_plot.bottom() + 4, wide + 1, metrics.height()), Qt::AlignLeft | Qt::AlignVCenter, tick.text);
    }
}

void ChartPlot::eachRun(const Spreads &columns, const std::function<void(std::size_t, std::size_t)> &run) const
{
    for (std::size_t at = 0; at < columns.size();) {
        if (!columns[at]) {
            ++at;
            continue;
        }
        const std::size_t begin = at;
        while (at < columns.size() && columns[at])
            ++at;
        run(begin, at);
    }
}

void ChartPlot::drawLine(QPainter &painter, const Drawn &drawn) const
{
    const Spreads &columns = drawn.columns;
    const QColor colour = colourOf(drawn.line);
    const bool bands = m_drawn.size() <= mostBands;
    painter.setRenderHint(QPainter::Antialiasing, bands);
    QPen pen(colour, bands ? 1.5 : 1);
    if (drawn.line >= 8 && bands)
        pen.setStyle(Qt::DashLine);
    eachRun(columns, [&](std::size_t begin, std::size_t end) {
        QPolygonF mean;
        QPolygonF band;
        for (std::size_t at = begin; at < end; ++at) {
            const double x = xOfColumn(static_cast<double>(at) + 0.5);
            if (bands) {
                mean << QPointF(x, yOf(columns[at]->mean));
                band << QPointF(x, yOf(columns[at]->high));
            } else { // from peak to peak: a peak is seen among a hundred lines too
                mean << QPointF(x, yOf(at % 2 ? columns[at]->low : columns[at]->high)) << QPointF(x, yOf(at % 2 ? columns[at]->high : columns[at]->low));
            }
        }
        if (end - begin == 1) { // a single column between two gaps
            const double y = yOf(columns[begin]->mean);
            mean = {QPointF(std::min(xOfColumn(static_cast<double>(begin)), mean.front().x() - 1), y), QPointF(std::max(xOfColumn(static_cast<double>(end)), mean.front().x() + 1), y)};
        }
        if (bands) {
            for (std::size_t at = end; at-- > begin;)
                band << QPointF(xOfColumn(static_cast<double>(at) + 0.5), yOf(columns[at]->low));
            QColor quiet = colour;
            quiet.setAlpha(56);
            painter.setPen(Qt::NoPen);
            painter.setBrush(quiet);
            painter.drawPolygon(band);
        }
        painter.setBrush(Qt::NoBrush);
        painter.setPen(pen);
        painter.drawPolyline(mean);
    });
}

void ChartPlot::drawArea(QPainter &painter, const Drawn &drawn) const
{
    const Spreads &columns = drawn.columns;
    const QColor colour = colourOf(drawn.line);
    // smooth edges of many columns, one beside the other, cost 8 ms an area, and nobody sees them
    constexpr std::size_t many = 48;
    const bool smooth = columns.size() < many;
    painter.setRenderHint(QPainter::Antialiasing, smooth);
    eachRun(columns, [&](std::size_t begin, std::size_t end) {
        QPolygonF top;
        for (std::size_t at = begin; at < end; ++at)
            top << QPointF(xOfColumn(static_cast<double>(at) + (end - begin == 1 ? 0 : 0.5)), yOf(columns[at]->mean));
        if (end - begin == 1)
            top << QPointF(std::max(top.front().x() + 1, xOfColumn(static_cast<double>(end))), top.front().y());
        QPolygonF area = top;
        area << QPointF(top.back().x(), yOf(columns[end - 1]->low));
        for (std::size_t at = end; at-- > begin && end - begin > 1;)
            area << QPointF(xOfColumn(static_cast<double>(at) + 0.5), yOf(columns[at]->low));
        area << QPointF(top.front().x(), yOf(columns[begin]->low));
        QColor fill = colour;
        fill.setAlpha(150);
        painter.setPen(Qt::NoPen);
        painter.setBrush(fill);
        painter.drawPolygon(area);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colour, smooth ? 1.5 : 1));
        painter.drawPolyline(top);
    });
}

void ChartPlot::drawBars(QPainter &painter, const Drawn &drawn) const
{
    painter.setRenderHint(QPainter::Antialiasing, false);
    for (std::size_t at = 0; at < drawn.columns.size(); ++at) {
        const auto &value = drawn.columns[at];
        if (!value)
            continue;
        const double left = xOfColumn(static_cast<double>(at));
        const double wide = xOfColumn(static_cast<double>(at) + 1) - left;
        const double gap = wide >= 4 ? std::max(1.0, std::min(wide * 0.2, 12.0)) : 0;
        painter.fillRect(QRectF(left + gap / 2, yOf(value->mean), std::max(1.0, wide - gap), yOf(value->low) - yOf(value->mean)), colourOf(drawn.line));
    }
}

void ChartPlot::drawCross(QPainter &painter) const
{
    if (m_dragFrom) {
        QColor fill = accentColour(palette());
        fill.setAlpha(48);
        const auto [left, right] = std::minmax(std::clamp(*m_dragFrom, m_plot.left(), m_plot.right()), std::clamp(m_dragTo, m_plot.left(), m_plot.right()));
        painter.fillRect(QRect(left, m_plot.top(), right - left + 1, m_plot.height()), fill);
    }
    const auto column = m_cross ? columnAt(*m_cross) : std::nullopt;
    if (!column)
        return;
    const double x = xOfColumn(static_cast<double>(*column) + 0.5);
    if (x < m_plot.left() || x > m_plot.right() + 1)
        return;
    painter.setPen(QPen(palette().color(QPalette::Text), 1, Qt::DotLine));
    painter.drawLine(QPointF(x, m_plot.top()), QPointF(x, m_plot.bottom()));
    if (m_drawn.size() > mostBands)
        return;
    painter.setRenderHint(QPainter::Antialiasing);
    for (const Drawn &drawn : m_drawn) {
        const auto &value = drawn.columns[*column];
        if (!value)
            continue;
        painter.setPen(QPen(palette().color(QPalette::Base), 1));
        painter.setBrush(colourOf(drawn.line));
        painter.drawEllipse(QPointF(x, yOf(value->mean)), 3.5, 3.5);
    }
}

} // namespace zandb
