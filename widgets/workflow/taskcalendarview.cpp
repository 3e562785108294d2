// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workflow/taskcalendarview.h"

#include "models/common/format.h"
#include "widgets/common/theme.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace zandb {
namespace {

constexpr int rowHeight = 2 * unit + unit / 2;
constexpr int headHeight = 3 * unit;
constexpr int footHeight = 2 * unit + unit / 2;
constexpr int mostRows = 6;

} // namespace

TaskCalendarView::TaskCalendarView(QWidget *parent) : QWidget(parent)
{
    setObjectName(QStringLiteral("taskCalendar"));
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void TaskCalendarView::setCalendar(const TaskCalendar &calendar)
{
    m_calendar = calendar;
    setFixedHeight(sizeHint().height());
    setAccessibleName(tr("What comes in the next %n hour(s)", nullptr, calendar.hours));
    update();
}

int TaskCalendarView::shownRows() const
{
    return std::min<int>(static_cast<int>(m_calendar.rows.size()), mostRows);
}

QSize TaskCalendarView::sizeHint() const
{
    return {80 * unit, headHeight + std::max(1, shownRows()) * rowHeight + footHeight};
}

int TaskCalendarView::nameWidth() const
{
    int widest = 0;
    for (int row = 0; row < shownRows(); ++row)
        widest = std::max(widest, fontMetrics().horizontalAdvance(m_calendar.rows[static_cast<std::size_t>(row)].name));
    return std::clamp(widest + 2 * unit, 8 * unit, 20 * unit);
}

QRect TaskCalendarView::cellRect(int row, int hour) const
{
    const int left = nameWidth();
    const double step = static_cast<double>(width() - left - unit) / std::max(1, m_calendar.hours);
    const int x = left + static_cast<int>(std::lround(step * hour));
    return {x, headHeight + row * rowHeight, left + static_cast<int>(std::lround(step * (hour + 1))) - x - 1, rowHeight - 1};
}

void TaskCalendarView::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const bool dark = isDark(palette());
    const QColor muted = mutedText(palette());
    QFont small = font();
    small.setPixelSize(11);
    painter.setPen(muted);
    if (m_calendar.rows.empty()) {
        painter.drawText(rect(), Qt::AlignCenter, m_calendar.hours == 0 ? QString() : tr("Nothing is due in the next %n hour(s).", nullptr, m_calendar.hours));
        return;
    }
    double most = 1;
    for (const CalendarRow &row : m_calendar.rows) {
        for (const CalendarRow::Hour &hour : row.hours)
            most = std::max(most, hour.busy + hour.starts);
    }
    painter.setFont(small);
    const int label = std::max(1, static_cast<int>(std::ceil(5.0 * unit / std::max(1, cellRect(0, 0).width()))));
    for (int hour = 0; hour < m_calendar.hours; ++hour) {
        const QRect cell = cellRect(0, hour);
        const QString wall = localTimeText(m_calendar.from + std::chrono::hours{hour});
        const bool midnight = wall.mid(11, 2) == QLatin1String("00");
        if (hour % label == 0)
            painter.drawText(QRect(cell.left(), 0, label * (cell.width() + 1), headHeight - 6), Qt::AlignLeft | Qt::AlignVCenter, wall.mid(11, 5));
        if (midnight && hour > 0) {
            painter.setPen(borderColour(palette()));
            painter.drawLine(cell.left() - 1, headHeight - 4, cell.left() - 1, headHeight + shownRows() * rowHeight);
            painter.setPen(muted);
        }
        if (m_calendar.window[static_cast<std::size_t>(hour)]) // open windows, as a line above
            painter.fillRect(QRect(cell.left(), headHeight - 4, cell.width() + 1, 2), lookColours(Look::Ok, dark).solid);
    }
    const QColor full = accentColour(palette());
    for (int row = 0; row < shownRows(); ++row) {
        const CalendarRow &host = m_calendar.rows[static_cast<std::size_t>(row)];
        painter.setFont(font());
        painter.setPen(palette().color(QPalette::Text));
        painter.drawText(QRect(unit, headHeight + row * rowHeight, nameWidth() - 2 * unit, rowHeight), Qt::AlignLeft | Qt::AlignVCenter,
                         fontMetrics().elidedText(host.name, Qt::ElideMiddle, nameWidth() - 2 * unit));
        painter.setFont(small);
        for (int hour = 0; hour < m_calendar.hours; ++hour) {
            const CalendarRow::Hour &load = host.hours[static_cast<std::size_t>(hour)];
            const QRect cell = cellRect(row, hour);
            const QColor base = palette().color(QPalette::Base);
            const double share = (load.busy + load.starts) / most;
            const double weight = share > 0 ? 0.2 + 0.8 * std::min(1.0, share) : 0.25;
            const QColor over = share > 0 ? full : borderColour(palette());
            const auto mixed = [&](int a, int b) { return static_cast<int>(a + (b - a) * weight); };
            const QColor fill(mixed(base.red(), over.red()), mixed(base.green(), over.green()), mixed(base.blue(), over.blue()));
            painter.fillRect(cell, fill);
            if (load.starts > 0) {
                painter.setPen(contrast(fill, Qt::black) > contrast(fill, Qt::white) ? Qt::black : Qt::white);
                painter.drawText(cell, Qt::AlignCenter, fontMetrics().horizontalAdvance(QString::number(load.starts)) < cell.width() ? QString::number(load.starts) : QString());
            }
        }
    }
    painter.setFont(small);
    painter.setPen(muted);
    QString foot = tr("Runs begun in each hour; stronger: more work; line: open window.");
    if (static_cast<int>(m_calendar.rows.size()) > mostRows)
        foot += QLatin1Char(' ') + tr("%n more host(s) have less to do.", nullptr, static_cast<int>(m_calendar.rows.size()) - mostRows);
    painter.drawText(QRect(unit, height() - footHeight, width() - 2 * unit, footHeight), Qt::AlignLeft | Qt::AlignVCenter,
                     QFontMetrics(small).elidedText(foot, Qt::ElideRight, width() - 2 * unit));
}

QString TaskCalendarView::cellText(int row, int hour) const
{
    if (row < 0 || hour < 0 || row >= static_cast<int>(m_calendar.rows.size()) || hour >= m_calendar.hours)
        return {};
    const CalendarRow &host = m_calendar.rows[static_cast<std::size_t>(row)];
    const CalendarRow::Hour &load = host.hours[static_cast<std::size_t>(hour)];
    QString text = QStringLiteral("%1, %2").arg(host.name, localTimeText(m_calendar.from + std::chrono::hours{hour}).left(16));
    if (load.starts > 0)
        text += QLatin1Char('\n') + tr("%n run(s) begin", nullptr, load.starts) + QStringLiteral(":\n") + load.tasks;
    if (load.busy >= 1)
        text += QLatin1Char('\n') + tr("about %n minute(s) of work", nullptr, static_cast<int>(std::lround(load.busy)));
    if (load.starts == 0 && load.busy < 1)
        text += QLatin1Char('\n') + tr("nothing");
    return text;
}

bool TaskCalendarView::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        for (int row = 0; row < shownRows(); ++row) {
            for (int hour = 0; hour < m_calendar.hours; ++hour) {
                if (cellRect(row, hour).contains(help->pos())) {
                    QToolTip::showText(help->globalPos(), cellText(row, hour), this, cellRect(row, hour));
                    return true;
                }
            }
        }
        QToolTip::hideText();
        return true;
    }
    return QWidget::event(event);
}

} // namespace zandb
