// SPDX-License-Identifier: GPL-3.0-or-later
// How the timeline is painted; where things are and what keys and clicks do stands in backuptimelineview.cpp.
#include "widgets/backups/backuptimelineview.h"

#include "models/workflow/board.h"
#include "widgets/common/theme.h"

#include <QLocale>
#include <QPaintEvent>
#include <QPainter>
#include <QPainterPath>
#include <QScrollBar>

#include <algorithm>
#include <array>
#include <cmath>

namespace zandb {
namespace {

/// Ended, and neither hollow nor marked.
bool isPlain(const BackupTimelineModel::Bar &bar)
{
    return !bar.open && (bar.look == Look::Ok || bar.look == Look::Late || bar.look == Look::Running);
}

QFont smallFont(const QFont &font, bool bold = false)
{
    QFont small = font;
    small.setPixelSize(11);
    if (bold)
        small.setWeight(QFont::DemiBold);
    return small;
}

} // namespace

void BackupTimelineView::paintEvent(QPaintEvent *event)
{
    QPainter painter(viewport());
    painter.fillRect(event->rect(), palette().color(QPalette::Base));
    if (!m_model)
        return;
    const bool dark = isDark(palette());
    const QRect area = plot();
    std::array<QColor, lookCount> solid;
    for (int look = 0; look < lookCount; ++look)
        solid[static_cast<std::size_t>(look)] = lookColours(static_cast<Look>(look), dark).solid;
    paintGrid(painter);

    const auto &rows = m_model->rows();
    const int first = std::max(0, (event->rect().top() - axisHeight + verticalScrollBar()->value()) / rowHeight);
    const int last = std::min(static_cast<int>(rows.size()) - 1, (event->rect().bottom() - axisHeight + verticalScrollBar()->value()) / rowHeight);
    painter.setClipRect(QRect(0, axisHeight, viewport()->width(), area.height()));
    painter.setPen(palette().color(QPalette::Text));
    for (int row = first; row <= last; ++row) {
        const QStaticText &label = m_labels[static_cast<std::size_t>(row)];
        painter.drawStaticText(QPointF(2 * unit, rowTop(row) + std::floor((rowHeight - label.size().height()) / 2)), label);
    }
    painter.setClipRect(area);
    if (isAway(this)) // old
        painter.setOpacity(0.45);
    // by far the most bars are plain: rectangles without their corners' pixels, all in one state of the painter, are
    // ten times as quick as rounded paths
    painter.setPen(Qt::NoPen);
    for (int row = first; row <= last; ++row) {
        for (const Bar &bar : rows[static_cast<std::size_t>(row)].bars) {
            if (!isPlain(bar))
                continue;
            const QRect box = rectOf(row, bar).toRect();
            if (box.right() < area.left() || box.left() > area.right())
                continue;
            const QColor &colour = solid[static_cast<std::size_t>(bar.look)];
            painter.fillRect(box.adjusted(1, 0, -1, 0), colour);
            painter.fillRect(box.adjusted(0, 1, 0, -1), colour);
        }
    }
    painter.setRenderHint(QPainter::Antialiasing);
    for (int row = first; row <= last; ++row) {
        for (const Bar &bar : rows[static_cast<std::size_t>(row)].bars) {
            const bool current = m_current && bar.runId == *m_current;
            if (isPlain(bar) && !current)
                continue;
            const QRectF rect = rectOf(row, bar);
            if (rect.right() < area.left() || rect.left() > area.right())
                continue;
            if (!isPlain(bar))
                paintBar(painter, rect, bar, dark);
            if (current) {
                painter.setBrush(Qt::NoBrush);
                painter.setPen(QPen(palette().color(QPalette::Text), 1.5));
                painter.drawRoundedRect(rect.adjusted(-3, -3, 3, 3), 4, 4);
            }
        }
    }
    painter.setOpacity(1);
    const double now = xOf(m_model->now());
    if (now >= area.left() && now <= area.right()) {
        painter.setPen(QPen(accentColour(palette()), 1.5));
        painter.drawLine(QPointF(now, area.top() - 5), QPointF(now, area.bottom()));
    }
    painter.setClipping(false);
    if (m_axis.isNull()) {
        m_axis = QPixmap(QSize(viewport()->width(), axisHeight + 1) * devicePixelRatioF());
        m_axis.setDevicePixelRatio(devicePixelRatioF());
        m_axis.fill(palette().color(QPalette::Base));
        QPainter axis(&m_axis);
        axis.setRenderHint(QPainter::Antialiasing);
        axis.setFont(font());
        paintAxis(axis);
    }
    painter.drawPixmap(0, 0, m_axis);
    paintHover(painter);
    if (m_dragFrom && m_hover) {
        QColor tint = accentColour(palette());
        tint.setAlpha(50);
        painter.fillRect(QRect(QPoint(std::min(*m_dragFrom, m_hover->x()), area.top()), QPoint(std::max(*m_dragFrom, m_hover->x()), area.bottom())), tint);
    }
}

void BackupTimelineView::paintGrid(QPainter &painter) const
{
    const QRect area = plot();
    const bool dark = isDark(palette());
    painter.save();
    painter.setClipRect(QRect(area.left(), 0, area.width(), viewport()->height()));
    for (const BoardDay &day : m_days) { // six to six is night
        const double evening = xOf(day.from + std::chrono::hours{6});
        const double morning = xOf(day.until - std::chrono::hours{6});
        painter.fillRect(QRectF(QPointF(evening, area.top()), QPointF(morning, area.bottom())), dark ? QColor(0x1b, 0x20, 0x27) : QColor(0xf1, 0xf4, 0xf8));
    }
    painter.setClipping(false);
    painter.setPen(QPen(borderColour(palette()), 1));
    const int rows = static_cast<int>(m_model->rows().size());
    painter.setClipRect(QRect(0, area.top(), viewport()->width(), area.height()));
    for (int row = 0; row <= rows; ++row) {
        if (rowTop(row) >= area.top() && rowTop(row) <= area.bottom())
            painter.fillRect(2 * unit, rowTop(row), area.right() - 2 * unit, 1, borderColour(palette()));
    }
    painter.setPen(QPen(borderColour(palette()).darker(dark ? 80 : 115), 1, Qt::DashLine));
    for (const BoardDay &day : m_days) {
        const double noon = xOf(day.from);
        if (noon >= area.left() && noon <= area.right())
            painter.drawLine(QPointF(noon, area.top()), QPointF(noon, area.bottom()));
    }
    painter.restore();
}

/// Hours that leave at least one label's width between them.
int BackupTimelineView::hourStep() const
{
    const double hour = plot().width() / std::max(0.01, static_cast<double>((m_until - m_from).count()) / 3.6e9);
    const double needed = QFontMetrics(smallFont(font())).horizontalAdvance(QStringLiteral("00:00")) + 2 * unit;
    for (const int candidate : {1, 2, 3, 6, 12}) {
        if (candidate * hour >= needed)
            return candidate;
    }
    return 24;
}

std::vector<BackupTimelineView::AxisLabel> BackupTimelineView::axisLabels() const
{
    const QRect area = plot();
    const QFontMetrics metrics(smallFont(font()));
    const QFontMetrics bold(smallFont(font(), true));
    std::vector<AxisLabel> labels;
    const int step = hourStep();
    // one day beyond the range: the last one's name stands in the middle of what is seen of it
    const auto marks = axisMarks(m_from, m_until + std::chrono::hours{26}, *m_zone, step);
    for (std::size_t at = 0; at < marks.size(); ++at) {
        const AxisMark &mark = marks[at];
        const double x = xOf(mark.at);
        if (step < 24 && mark.at >= m_from && mark.at <= m_until) {
            const double half = metrics.horizontalAdvance(wallHourText(mark.wall)) / 2.0;
            if (x - half >= area.left() - unit && x + half <= viewport()->width())
                labels.push_back({wallHourText(mark.wall), x, false});
        }
        if (!mark.dayBegins || mark.at >= m_until)
            continue;
        const auto next = std::find_if(marks.begin() + static_cast<std::ptrdiff_t>(at) + 1, marks.end(), [](const AxisMark &m) { return m.dayBegins; });
        const double left = std::max(x, static_cast<double>(area.left()));
        const double right = std::min(next == marks.end() ? area.right() : xOf(next->at), static_cast<double>(area.right()));
        const QDate date = wallDate(mark.wall);
        const std::pair<QString, int> forms[] = {
            {QLocale().toString(date, tr("ddd, d MMM")), unit}, {QLocale().toString(date, tr("d MMM")), 2}, {QString::number(date.day()), 2}};
        const auto *fits = std::ranges::find_if(forms, [&](const auto &form) { return bold.horizontalAdvance(form.first) + form.second <= right - left; });
        if (fits != std::end(forms))
            labels.push_back({fits->first, (left + right) / 2, true});
    }
    return labels;
}

void BackupTimelineView::paintAxis(QPainter &painter) const
{
    const QRect area = plot();
    painter.save();
    painter.setPen(QPen(borderColour(palette()), 1));
    painter.drawLine(2 * unit, axisHeight, area.right(), axisHeight);
    for (const AxisMark &mark : axisMarks(m_from, m_until, *m_zone, hourStep())) {
        const double x = xOf(mark.at);
        if (x <= area.left() || x >= area.right())
            continue;
        painter.drawLine(QPointF(x, axisHeight - 3), QPointF(x, axisHeight));
        if (mark.dayBegins)
            painter.drawLine(QPointF(x, 4), QPointF(x, axisHeight));
    }
    for (const AxisLabel &label : axisLabels()) {
        painter.setFont(smallFont(font(), label.day));
        painter.setPen(label.day ? palette().color(QPalette::Text) : mutedText(palette()));
        const double w = QFontMetrics(painter.font()).horizontalAdvance(label.text) + 1;
        painter.drawText(QRectF(label.x - w / 2, label.day ? 3 : axisHeight - 18, w, label.day ? 16 : 14), Qt::AlignCenter, label.text);
    }
    // the tables' times are this computer's: where the board has another zone, the axis says so
    if (m_zone->name() != systemZone()) {
        painter.setFont(smallFont(font()));
        painter.setPen(mutedText(palette()));
        const int room = m_labelWidth - 3 * unit;
        painter.drawText(QRectF(2 * unit, axisHeight - 18, room, 14), Qt::AlignLeft | Qt::AlignVCenter,
                         QFontMetrics(painter.font()).elidedText(QString::fromStdString(m_zone->name()), Qt::ElideMiddle, room));
    }
    painter.restore();
}

void BackupTimelineView::paintBar(QPainter &painter, const QRectF &rect, const Bar &bar, bool dark) const
{
    const LookColours colours = lookColours(bar.look, dark);
    const double round = std::min(3.0, rect.width() / 2);
    switch (bar.look) {
    case Look::Pending:
    case Look::Skipped:
    case Look::Cancelled:
    case Look::Missed: {
        // hollow: nothing was backed up; one that never ran is a lozenge at its hour
        painter.setPen(QPen(colours.solid, 1.5));
        painter.setBrush(palette().color(QPalette::Base));
        if (rect.width() <= leastBarWidth) {
            const QPointF c(rect.left() + leastBarWidth / 2.0, rect.center().y());
            painter.drawPolygon(QPolygonF({c + QPointF(0, -5), c + QPointF(5, 0), c + QPointF(0, 5), c + QPointF(-5, 0)}));
        } else {
            painter.drawRoundedRect(rect.adjusted(0.75, 0.75, -0.75, -0.75), round, round);
        }
        return;
    }
    case Look::Failed:
    case Look::Unknown: {
        // what went wrong must be seen, however short it was
        QRectF wide = rect;
        if (wide.width() < 9)
            wide.setRect(std::round(rect.center().x()) - 4.5, rect.top() - 2, 9, rect.height() + 4);
        const QRect box = wide.toRect();
        painter.fillRect(box.adjusted(1, 0, -1, 0), colours.solid);
        painter.fillRect(box.adjusted(0, 1, 0, -1), colours.solid);
        painter.drawPixmap(QPointF(box.center().x() - 3.5, box.center().y() - 4), mark(bar.look));
        return;
    }
    default:
        break;
    }
    painter.setPen(Qt::NoPen);
    const QRectF wide(rect.left(), rect.top(), std::max(rect.width(), 10.0), rect.height());
    painter.setBrush(colours.fill);
    painter.drawRoundedRect(wide, round, round);
    painter.save();
    QPainterPath shape;
    shape.addRoundedRect(wide, round, round);
    painter.setClipPath(shape, Qt::IntersectClip);
    painter.setPen(QPen(colours.solid, 3));
    for (double x = wide.left() - barHeight + m_phase; x < wide.right() + barHeight; x += 12)
        painter.drawLine(QPointF(x, wide.bottom()), QPointF(x + barHeight, wide.top()));
    painter.restore();
    painter.setPen(QPen(colours.solid, 1.5));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(wide.adjusted(0.5, 0.5, -0.5, -0.5), round, round);
}

const QPixmap &BackupTimelineView::mark(Look look) const
{
    QPixmap &picture = m_marks[look];
    const qreal scale = devicePixelRatioF();
    if (picture.isNull()) {
        picture = QPixmap(QSize(9, 9) * scale);
        picture.setDevicePixelRatio(scale);
        picture.fill(Qt::transparent);
        QPainter painter(&picture);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(palette().color(QPalette::Base), 1.5, Qt::SolidLine, Qt::RoundCap));
        const QPointF c(4, 4.5);
        if (look == Look::Failed) {
            painter.drawLine(c + QPointF(-2.2, -2.2), c + QPointF(2.2, 2.2));
            painter.drawLine(c + QPointF(-2.2, 2.2), c + QPointF(2.2, -2.2));
        } else {
            painter.drawLine(c + QPointF(0, -3.5), c + QPointF(0, 0.5));
            painter.drawPoint(c + QPointF(0, 3.2));
        }
    }
    return picture;
}

void BackupTimelineView::paintHover(QPainter &painter) const
{
    const QRect area = plot();
    if (!m_hover || m_hover->x() < area.left() || m_hover->x() > area.right() || m_hover->y() < 0)
        return;
    painter.save();
    painter.setPen(QPen(mutedText(palette()), 1, Qt::DotLine));
    painter.drawLine(m_hover->x(), axisHeight, m_hover->x(), area.bottom());
    const LocalTime wall = m_zone->toLocal(timeAt(m_hover->x()));
    const QString text = wallDate(wall).toString(QStringLiteral("MM-dd ")) + wallHourText(wall);
    painter.setFont(smallFont(font()));
    const int w = QFontMetrics(painter.font()).horizontalAdvance(text) + 2 * unit;
    QRect box(m_hover->x() - w / 2, axisHeight - 20, w, 18);
    box.moveLeft(std::clamp(box.left(), area.left(), std::max(area.left(), area.right() - w)));
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(palette().color(QPalette::Text));
    painter.drawRoundedRect(box, 4, 4);
    painter.setPen(palette().color(QPalette::Base));
    painter.drawText(box, Qt::AlignCenter, text);
    painter.restore();
}

} // namespace zandb
