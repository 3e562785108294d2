// SPDX-License-Identifier: GPL-3.0-or-later
// What a chart works out, and what mouse and keyboard do on it.
#include "widgets/common/chartplot.h"

#include "models/common/format.h"
#include "widgets/common/focusring.h"
#include "widgets/common/theme.h"

#include <QEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace zandb {
namespace {

constexpr int dragLeast = 5;                        ///< pixels: less is a tremble
constexpr Microseconds rangeLeast = std::chrono::seconds{60};
constexpr int barLeast = 6;                         ///< pixels from one bar to the next

} // namespace

ChartPlot::ChartPlot(QWidget *parent) : QWidget(parent)
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    new FocusRing(this);
}

void ChartPlot::setShape(const ChartShape &shape)
{
    m_shape = shape;
    redraw();
}

void ChartPlot::setData(const ChartData &data)
{
    m_data = data;
    m_shown.resize(data.lines.size(), true);
    setRange(data.from, data.until);
    redraw();
}

void ChartPlot::setRange(TimePoint from, TimePoint until)
{
    m_from = from;
    m_until = until;
    redraw();
}

void ChartPlot::setShown(const std::vector<bool> &shown)
{
    m_shown = shown;
    m_shown.resize(m_data.lines.size(), true);
    redraw();
}

void ChartPlot::setEmptyText(const QString &text)
{
    m_emptyText = text;
    redraw();
}

void ChartPlot::setAway(bool away)
{
    if (std::exchange(m_away, away) != away)
        redraw();
}

QColor ChartPlot::colourOf(std::size_t line) const
{
    return seriesColour(static_cast<int>(line % 8), isDark(palette()));
}

QFont ChartPlot::smallFont() const
{
    QFont small = font();
    small.setPixelSize(11);
    return small;
}

void ChartPlot::redraw()
{
    m_stale = true;
    m_undrawn = true;
    update();
}

/// Means one on top of the other: `low` becomes the bottom of a part, `mean` and `high` its top.
std::vector<ChartPlot::Drawn> ChartPlot::stacked() const
{
    std::vector<Drawn> parts = m_drawn;
    std::vector<double> tops(m_columns.count, 0);
    for (Drawn &part : parts) {
        for (std::size_t at = 0; at < part.columns.size(); ++at) {
            if (auto &value = part.columns[at]) {
                const double bottom = std::exchange(tops[at], tops[at] + value->mean);
                value = Spread{bottom, tops[at], tops[at]};
            }
        }
    }
    return parts;
}

void ChartPlot::layOut()
{
    m_stale = false;
    const QFontMetrics metrics(smallFont());
    const int top = metrics.height() + unit / 2;
    const int bottom = metrics.height() + unit / 2;
    const int height = std::max(1, this->height() - top - bottom);
    const auto most = static_cast<std::size_t>(std::max(1, (width() - 9 * unit) / (m_shape.form == ChartShape::Form::Bars ? barLeast : 1)));
    m_columns = chartColumns(m_data, m_from, m_until, most);
    m_drawn.clear();
    for (std::size_t line = 0; line < m_data.lines.size(); ++line) {
        if (m_shown[line])
            m_drawn.push_back({line, columnValues(m_data.lines[line].values, m_columns)});
    }
    if (m_shape.form != ChartShape::Form::Lines)
        m_drawn = stacked();
    std::optional<Spread> all;
    for (const Drawn &drawn : m_drawn) {
        for (const auto &value : drawn.columns) {
            if (value)
                all = all ? Spread{std::min(all->low, value->low), 0, std::max(all->high, value->high)} : *value;
        }
    }
    m_axis = valueAxis(all ? all->low : 0, all ? all->high : 0, m_shape.unit, std::clamp(height / 26 + 1, 2, 6), m_shape.fromZero || !all);
    int left = 4 * unit; // charts in a grid begin at one line
    for (const ValueTick &tick : m_axis.ticks)
        left = std::max(left, metrics.horizontalAdvance(tick.text) + unit + 2);
    m_plot = QRect(left, top, std::max(1, width() - left - 2 * unit), height);
}

double ChartPlot::xOf(TimePoint at) const
{
    const double length = std::max<double>(1, static_cast<double>((m_until - m_from).count()));
    return m_plot.left() + static_cast<double>((at - m_from).count()) / length * m_plot.width();
}

double ChartPlot::xOfColumn(double column) const
{
    const double bucket = static_cast<double>(m_columns.first) + column * static_cast<double>(m_columns.width);
    const double length = static_cast<double>((m_data.until - m_data.from).count());
    return xOf(m_data.from + Microseconds(static_cast<std::int64_t>(length * bucket / static_cast<double>(std::max<std::size_t>(1, m_data.buckets())))));
}

double ChartPlot::yOf(double value) const
{
    return m_plot.bottom() + 1 - (value - m_axis.bottom) / std::max(1e-300, m_axis.top - m_axis.bottom) * m_plot.height();
}

TimePoint ChartPlot::timeAt(double x) const
{
    const double share = std::clamp((x - m_plot.left()) / m_plot.width(), 0.0, 1.0);
    return m_from + Microseconds(static_cast<std::int64_t>(static_cast<double>((m_until - m_from).count()) * share));
}

TimePoint ChartPlot::columnTime(std::size_t column) const
{
    const TimePoint begin = m_data.at(m_columns.first + column * m_columns.width);
    const TimePoint end = m_data.at(std::min(m_data.buckets(), m_columns.first + (column + 1) * m_columns.width));
    return begin + (end - begin) / 2;
}

std::optional<std::size_t> ChartPlot::columnAt(TimePoint at) const
{
    ensureLaidOut();
    const double length = static_cast<double>((m_data.until - m_data.from).count());
    if (length <= 0 || m_columns.count == 0)
        return std::nullopt;
    const double bucket = std::floor(static_cast<double>((at - m_data.from).count()) / length * static_cast<double>(m_data.buckets()));
    const double column = std::floor((bucket - static_cast<double>(m_columns.first)) / static_cast<double>(m_columns.width));
    if (column < 0 || column >= static_cast<double>(m_columns.count))
        return std::nullopt;
    return static_cast<std::size_t>(column);
}

void ChartPlot::ensureLaidOut() const
{
    if (m_stale)
        const_cast<ChartPlot *>(this)->layOut();
}

QRect ChartPlot::plotRect() const
{
    ensureLaidOut();
    return m_plot;
}

void ChartPlot::showCross(std::optional<TimePoint> at)
{
    if (at == m_cross)
        return;
    m_cross = at;
    update();
    Q_EMIT crossChanged();
}

void ChartPlot::moveCross(std::optional<TimePoint> at)
{
    if (at == m_cross)
        return;
    showCross(at);
    Q_EMIT crossMoved(at);
}

QString ChartPlot::crossText(const std::function<QString(const QColor &, const QString &, const QString &)> &line) const
{
    const auto column = m_cross ? columnAt(*m_cross) : std::nullopt;
    QString text;
    for (std::size_t at = 0; column && at < m_data.lines.size(); ++at) {
        if (!m_shown[at])
            continue;
        const ChartColumns one{m_columns.first + *column * m_columns.width, m_columns.width, 1};
        const auto value = columnValues(m_data.lines[at].values, one).front();
        text += line(colourOf(at), m_data.lines[at].name, value ? chartValueText(value->mean, m_shape.unit) : QStringLiteral("–"));
    }
    return text;
}

void ChartPlot::askRange(TimePoint from, TimePoint until)
{
    if (until - from >= rangeLeast)
        Q_EMIT rangeRequested(TimeRange::fixed(from, until));
}

void ChartPlot::mousePressEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton) {
        m_dragFrom = event->pos().x();
        m_dragTo = event->pos().x();
    }
    QWidget::mousePressEvent(event);
    event->accept();
}

void ChartPlot::mouseMoveEvent(QMouseEvent *event)
{
    if (m_dragFrom) {
        m_dragTo = event->pos().x();
        update();
    }
    const QRect plot = plotRect();
    if (m_dragFrom || (event->pos().x() >= plot.left() && event->pos().x() <= plot.right() + unit)) {
        const auto column = columnAt(timeAt(event->pos().x()));
        moveCross(column ? std::optional(columnTime(*column)) : std::nullopt);
    } else {
        moveCross(std::nullopt);
    }
}

void ChartPlot::mouseReleaseEvent(QMouseEvent *event)
{
    const auto from = std::exchange(m_dragFrom, std::nullopt);
    update();
    if (event->button() == Qt::LeftButton && from && std::abs(event->pos().x() - *from) >= dragLeast) {
        const auto [begin, end] = std::minmax(timeAt(*from), timeAt(event->pos().x()));
        askRange(begin, end);
    }
}

void ChartPlot::mouseDoubleClickEvent(QMouseEvent *event)
{
    m_dragFrom.reset();
    if (event->button() == Qt::LeftButton)
        Q_EMIT rangeBackRequested();
}

void ChartPlot::leaveEvent(QEvent *event)
{
    QWidget::leaveEvent(event);
    if (!m_dragFrom)
        moveCross(std::nullopt);
}

void ChartPlot::focusOutEvent(QFocusEvent *event)
{
    QWidget::focusOutEvent(event);
    moveCross(std::nullopt);
}

void ChartPlot::walk(int columns)
{
    ensureLaidOut();
    if (m_columns.count == 0)
        return;
    const auto last = static_cast<int>(m_columns.count) - 1;
    const auto now = m_cross ? columnAt(*m_cross) : std::nullopt;
    const int to = now ? std::clamp(static_cast<int>(*now) + columns, 0, last) : columns < 0 ? last : 0;
    moveCross(columnTime(static_cast<std::size_t>(to)));
}

void ChartPlot::keyPressEvent(QKeyEvent *event)
{
    const int step = event->modifiers().testFlag(Qt::ShiftModifier) ? 10 : 1;
    switch (event->key()) {
    case Qt::Key_Left:
        return walk(-step);
    case Qt::Key_Right:
        return walk(step);
    case Qt::Key_Home:
        return walk(-static_cast<int>(m_columns.count));
    case Qt::Key_End:
        return walk(static_cast<int>(m_columns.count));
    case Qt::Key_Plus:
    case Qt::Key_Equal: {
        const Microseconds quarter = (m_until - m_from) / 4;
        const TimePoint middle = m_cross.value_or(m_from + 2 * quarter);
        return askRange(std::max(m_from, middle - quarter), std::min(m_until, middle + quarter));
    }
    case Qt::Key_Minus:
    case Qt::Key_Backspace:
        Q_EMIT rangeBackRequested();
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

void ChartPlot::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    redraw();
}

void ChartPlot::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::LanguageChange || event->type() == QEvent::FontChange)
        redraw();
}

} // namespace zandb
