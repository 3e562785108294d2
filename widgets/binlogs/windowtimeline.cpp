// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/binlogs/windowtimeline.h"

#include "models/common/format.h"
#include "widgets/common/theme.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace zandb {
namespace {

constexpr int barHeight = 3 * unit;
constexpr int labelHeight = 2 * unit + 4;

} // namespace

WindowTimeline::WindowTimeline(QWidget *parent) : QWidget(parent)
{
    setObjectName(QStringLiteral("windowTimeline"));
    setFixedHeight(sizeHint().height());
}

QSize WindowTimeline::sizeHint() const { return {60 * unit, barHeight + labelHeight + 3 * unit}; }

void WindowTimeline::setRow(const BinlogRow *row, TimePoint now)
{
    m_row = row ? std::optional(*row) : std::nullopt;
    m_until = now;
    m_from = now;
    if (m_row) {
        for (const BinlogRange &range : m_row->window.ranges)
            m_from = std::min(m_from, range.from);
        for (const auto &[id, at] : m_row->backups)
            m_from = std::min(m_from, at);
    }
    if (m_until - m_from < std::chrono::minutes{10})
        m_from = m_until - std::chrono::minutes{10};
    setAccessibleName(m_row ? tr("Restorable window of %1").arg(m_row->name) : QString());
    update();
}

QRectF WindowTimeline::plot() const { return QRectF(2 * unit, unit, std::max(1, width() - 4 * unit), barHeight); }

double WindowTimeline::xOf(TimePoint at) const
{
    const double share = static_cast<double>((at - m_from).count()) / static_cast<double>(std::max<std::int64_t>(1, (m_until - m_from).count()));
    return plot().left() + std::clamp(share, 0.0, 1.0) * plot().width();
}

TimePoint WindowTimeline::timeAt(double x) const
{
    const double share = std::clamp((x - plot().left()) / plot().width(), 0.0, 1.0);
    return m_from + Microseconds{static_cast<std::int64_t>(share * static_cast<double>((m_until - m_from).count()))};
}

void WindowTimeline::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool dark = isDark(palette());
    const QRectF area = plot();
    QFont small = font();
    small.setPixelSize(11);
    painter.setFont(small);
    if (!m_row || (m_row->window.ranges.empty() && m_row->backups.empty())) {
        painter.setPen(mutedText(palette()));
        painter.drawText(area, Qt::AlignLeft | Qt::AlignVCenter, m_row ? tr("Nothing of %1 can be restored to a moment yet.").arg(m_row->name) : QString());
        return;
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(borderColour(palette()));
    painter.drawRoundedRect(area, 3, 3);
    const bool away = isAway(this);
    const auto colour = [&](Look look) { return away ? mutedText(palette()) : lookColours(look, dark).solid; };
    for (const BinlogRange &range : m_row->window.ranges) {
        const double left = xOf(range.from), right = std::max(left + 2, xOf(range.to));
        painter.setBrush(colour(Look::Ok));
        painter.drawRoundedRect(QRectF(left, area.top(), right - left, area.height()), 3, 3);
    }
    for (const BinlogHole &hole : m_row->window.holes) {
        const double left = xOf(hole.from), right = std::max(left + 4, xOf(hole.before.empty() ? m_until : hole.to));
        const QRectF box(left, area.top(), right - left, area.height());
        painter.setBrush(QBrush(colour(Look::Failed), Qt::BDiagPattern));
        painter.setPen(QPen(colour(Look::Failed), 1));
        painter.drawRect(box);
        painter.setPen(Qt::NoPen);
    }
    painter.setBrush(palette().color(QPalette::Text));
    for (const auto &[id, at] : m_row->backups) {
        const double x = xOf(at);
        QPolygonF mark;
        mark << QPointF(x - 4, area.bottom() + 7) << QPointF(x + 4, area.bottom() + 7) << QPointF(x, area.bottom() + 1);
        painter.drawPolygon(mark);
    }
    painter.setPen(mutedText(palette()));
    const QRectF labels(area.left(), area.bottom() + unit, area.width(), labelHeight);
    painter.drawText(labels, Qt::AlignLeft | Qt::AlignVCenter, localTimeText(m_from).left(16));
    painter.drawText(labels, Qt::AlignRight | Qt::AlignVCenter, localTimeText(m_until).left(16));
}

bool WindowTimeline::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip && m_row) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const TimePoint at = timeAt(help->pos().x());
        QString text = exactTimeText(at);
        for (const BinlogHole &hole : m_row->window.holes) {
            if (hole.from <= at && (hole.before.empty() || at <= hole.to))
                text += QLatin1Char('\n') + tr("Hole: %1").arg(binlogHoleText(hole)) + (hole.missing.empty() ? QString() : QStringLiteral(", ") + QString::fromStdString(hole.missing));
        }
        for (const auto &[id, ended] : m_row->backups) {
            if (std::abs(xOf(ended) - help->pos().x()) <= 4)
                text += QLatin1Char('\n') + tr("Backup of %1").arg(localTimeText(ended));
        }
        QToolTip::showText(help->globalPos(), text, this);
        return true;
    }
    return QWidget::event(event);
}

} // namespace zandb
