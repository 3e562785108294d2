// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/backups/backuptimelineview.h"

#include "models/workflow/board.h"
#include "widgets/common/elide.h"
#include "widgets/common/focusring.h"
#include "widgets/common/theme.h"

#include <QEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>
#include <QToolTip>

#include <cmath>

namespace zandb {

BackupTimelineView::BackupTimelineView(QWidget *parent) : QAbstractScrollArea(parent)
{
    setObjectName(QStringLiteral("backupTimeline"));
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    new FocusRing(this);
    viewport()->setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_animation.setInterval(250); // slow enough to cost nothing, quick enough to be seen
    connect(&m_animation, &QTimer::timeout, this, [this] {
        m_phase = (m_phase + 2) % 12;
        const auto &rows = m_model->rows();
        for (int row = 0; row < static_cast<int>(rows.size()); ++row) {
            for (const Bar &bar : rows[static_cast<std::size_t>(row)].bars) {
                if (bar.open)
                    viewport()->update(rectOf(row, bar).toAlignedRect().adjusted(-2, -2, 2, 2));
            }
        }
    });
}

void BackupTimelineView::setModel(const BackupTimelineModel *model)
{
    m_model = model;
    for (const auto changed : {&QAbstractItemModel::modelReset})
        connect(model, changed, this, &BackupTimelineView::layoutChanged);
    connect(model, &QAbstractItemModel::dataChanged, this, &BackupTimelineView::layoutChanged);
    layoutChanged();
}

void BackupTimelineView::setRange(TimePoint from, TimePoint until, const std::string &zone)
{
    if (until <= from)
        return;
    m_from = from;
    m_until = until;
    m_zone = ZoneTable::find(zone);
    if (!m_zone) // as the board's days
        m_zone = ZoneTable::find("UTC");
    m_axis = {};
    m_days.clear();
    for (BoardDay day = boardDayOf(from, zone); day.from < until && m_days.size() < 400; day = boardDayOf(day.until, zone))
        m_days.push_back(day);
    viewport()->update();
}

void BackupTimelineView::setCurrentRun(const std::optional<Uuid> &runId)
{
    if (runId == m_current)
        return;
    m_current = runId;
    if (runId) {
        const Place place = placeOf(*runId);
        if (place.valid()) {
            const int top = place.row * rowHeight;
            if (top < verticalScrollBar()->value())
                verticalScrollBar()->setValue(top);
            else if (top + rowHeight > verticalScrollBar()->value() + plot().height())
                verticalScrollBar()->setValue(top + rowHeight - plot().height());
        }
    }
    viewport()->update();
}

QSize BackupTimelineView::sizeHint() const
{
    const int rows = m_model ? static_cast<int>(m_model->rows().size()) : 0;
    return {600, axisHeight + std::clamp(rows, 2, 8) * rowHeight + unit};
}

void BackupTimelineView::layoutChanged()
{
    int widest = 0;
    bool open = false;
    QuickWidth widthOf(fontMetrics());
    for (const auto &row : m_model->rows()) {
        widest = std::max(widest, widthOf(row.title));
        for (const Bar &bar : row.bars)
            open |= bar.open;
    }
    m_labelWidth = std::clamp(widest + 3 * unit + 4, 80, std::max(80, viewport()->width() / 3));
    const int all = static_cast<int>(m_model->rows().size()) * rowHeight;
    verticalScrollBar()->setRange(0, std::max(0, all - plot().height()));
    verticalScrollBar()->setPageStep(plot().height());
    verticalScrollBar()->setSingleStep(rowHeight);
    if (open && !m_animation.isActive())
        m_animation.start();
    else if (!open)
        m_animation.stop();
    m_axis = {};
    layoutLabels();
    updateGeometry();
    viewport()->update();
}

/// The names as far as there is room for them; anew only where they, their room or the font have changed.
void BackupTimelineView::layoutLabels()
{
    QStringList titles;
    for (const auto &row : m_model->rows())
        titles << row.title;
    const int room = m_labelWidth - 3 * unit;
    if (titles == m_titles && room == m_labelRoom && font() == m_labelFont)
        return;
    m_titles = titles;
    m_labelRoom = room;
    m_labelFont = font();
    m_labels.clear();
    for (const QString &shown : elidedApart(titles, fontMetrics(), room)) {
        QStaticText label(shown);
        label.setTextFormat(Qt::PlainText); // laid out when it is first drawn: most of ten thousand never are
        m_labels.push_back(std::move(label));
    }
}

QString BackupTimelineView::shownName(int row) const
{
    return row >= 0 && row < static_cast<int>(m_labels.size()) ? m_labels[static_cast<std::size_t>(row)].text() : QString();
}

int BackupTimelineView::rowAt(const QPoint &point) const
{
    const int row = (point.y() - axisHeight + verticalScrollBar()->value()) / rowHeight;
    return m_model && point.y() >= axisHeight && row < static_cast<int>(m_model->rows().size()) ? row : -1;
}

QRect BackupTimelineView::plot() const
{
    return QRect(m_labelWidth, axisHeight, std::max(1, viewport()->width() - m_labelWidth - 2 * unit), std::max(1, viewport()->height() - axisHeight));
}

double BackupTimelineView::xOf(TimePoint at) const
{
    const double span = static_cast<double>((m_until - m_from).count());
    return span <= 0 ? 0 : plot().left() + static_cast<double>((at - m_from).count()) / span * plot().width();
}

TimePoint BackupTimelineView::timeAt(double x) const
{
    const double share = (x - plot().left()) / plot().width();
    return m_from + Microseconds{static_cast<std::int64_t>(share * static_cast<double>((m_until - m_from).count()))};
}

int BackupTimelineView::rowTop(int row) const
{
    return axisHeight + row * rowHeight - verticalScrollBar()->value();
}

QRectF BackupTimelineView::rectOf(int row, const Bar &bar) const
{
    const double left = xOf(bar.start);
    const double right = xOf(bar.open ? std::max(bar.end, m_model->now()) : bar.end);
    return {left, rowTop(row) + (rowHeight - barHeight) / 2.0, std::max(right - left, static_cast<double>(leastBarWidth)), barHeight};
}

BackupTimelineView::Place BackupTimelineView::placeAt(const QPoint &point) const
{
    const int row = rowAt(point);
    if (row < 0)
        return {};
    const auto &bars = m_model->rows()[static_cast<std::size_t>(row)].bars;
    Place best;
    double least = 5; // a bar may be thinner than a finger is steady
    for (std::size_t at = 0; at < bars.size(); ++at) {
        const QRectF rect = rectOf(row, bars[at]);
        const double away = point.x() < rect.left() ? rect.left() - point.x() : point.x() > rect.right() ? point.x() - rect.right() : 0;
        if (away <= least) {
            least = away;
            best = {row, static_cast<int>(at)};
        }
    }
    return best;
}

BackupTimelineView::Place BackupTimelineView::placeOf(const Uuid &runId) const
{
    if (!m_model)
        return {};
    const auto &rows = m_model->rows();
    for (std::size_t row = 0; row < rows.size(); ++row) {
        for (std::size_t bar = 0; bar < rows[row].bars.size(); ++bar) {
            if (rows[row].bars[bar].runId == runId)
                return {static_cast<int>(row), static_cast<int>(bar)};
        }
    }
    return {};
}

QRect BackupTimelineView::barRect(const Uuid &runId) const
{
    const Place place = placeOf(runId);
    if (!place.valid())
        return {};
    return rectOf(place.row, m_model->rows()[static_cast<std::size_t>(place.row)].bars[static_cast<std::size_t>(place.bar)]).toAlignedRect();
}

void BackupTimelineView::choose(Place place, bool tell)
{
    if (!place.valid())
        return;
    const Bar &bar = m_model->rows()[static_cast<std::size_t>(place.row)].bars[static_cast<std::size_t>(place.bar)];
    const Uuid id = bar.runId;
    setAccessibleDescription(bar.text);
    setCurrentRun(id);
    if (tell)
        Q_EMIT runSelected(id);
}

void BackupTimelineView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    if (m_model)
        layoutChanged();
}

void BackupTimelineView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    m_marks.clear();
    m_axis = {};
    if (event->type() == QEvent::LanguageChange || event->type() == QEvent::PaletteChange)
        viewport()->update();
    else if (event->type() == QEvent::FontChange && m_model)
        layoutChanged();
}

void BackupTimelineView::mouseMoveEvent(QMouseEvent *event)
{
    m_hover = event->pos();
    viewport()->setCursor(placeAt(event->pos()).valid() ? Qt::PointingHandCursor : Qt::ArrowCursor);
    viewport()->update();
}

void BackupTimelineView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    const Place place = placeAt(event->pos());
    if (place.valid())
        choose(place, true);
    else if (plot().contains(event->pos()))
        m_dragFrom = event->pos().x();
}

void BackupTimelineView::mouseReleaseEvent(QMouseEvent *event)
{
    if (!m_dragFrom)
        return;
    const int a = std::clamp(std::min(*m_dragFrom, event->pos().x()), plot().left(), plot().right());
    const int b = std::clamp(std::max(*m_dragFrom, event->pos().x()), plot().left(), plot().right());
    m_dragFrom.reset();
    viewport()->update();
    if (b - a > unit && timeAt(b) - timeAt(a) >= std::chrono::minutes{10})
        Q_EMIT rangeRequested(TimeRange::fixed(timeAt(a), timeAt(b)));
}

void BackupTimelineView::mouseDoubleClickEvent(QMouseEvent *event)
{
    const Place place = placeAt(event->pos());
    if (place.valid()) {
        choose(place, true);
        Q_EMIT runActivated(*m_current);
    } else {
        Q_EMIT rangeBackRequested();
    }
}

void BackupTimelineView::wheelEvent(QWheelEvent *event)
{
    if (!(event->modifiers() & Qt::ControlModifier)) {
        QAbstractScrollArea::wheelEvent(event);
        return;
    }
    zoom(timeAt(event->position().x()), event->angleDelta().y() > 0 ? 0.8 : 1.25);
    event->accept();
}

void BackupTimelineView::zoom(TimePoint at, double factor)
{
    const auto scaled = [&](Microseconds d) { return Microseconds{static_cast<std::int64_t>(static_cast<double>(d.count()) * factor)}; };
    const TimePoint from = at - scaled(at - m_from);
    const TimePoint until = at + scaled(m_until - at);
    if (until - from >= std::chrono::minutes{10} && until - from <= std::chrono::hours{24 * 366})
        Q_EMIT rangeRequested(TimeRange::fixed(from, until));
}

void BackupTimelineView::keyPressEvent(QKeyEvent *event)
{
    if (!m_model || m_model->rows().empty()) {
        QAbstractScrollArea::keyPressEvent(event);
        return;
    }
    const auto &rows = m_model->rows();
    Place place = m_current ? placeOf(*m_current) : Place{};
    const auto nearest = [&](int row, TimePoint at) -> Place {
        const auto &bars = rows[static_cast<std::size_t>(row)].bars;
        if (bars.empty())
            return {};
        const auto it = std::ranges::min_element(bars, {}, [&](const Bar &b) { return std::abs((b.start - at).count()); });
        return {row, static_cast<int>(it - bars.begin())};
    };
    const auto walkRows = [&](int by) {
        const TimePoint at = place.valid() ? rows[static_cast<std::size_t>(place.row)].bars[static_cast<std::size_t>(place.bar)].start : m_until;
        for (int row = place.valid() ? place.row + by : 0; row >= 0 && row < static_cast<int>(rows.size()); row += by) {
            if (const Place next = nearest(row, at); next.valid())
                return choose(next, true);
        }
    };
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right:
        if (event->modifiers() & Qt::AltModifier)
            return QAbstractScrollArea::keyPressEvent(event);
        if (!place.valid())
            return walkRows(1);
        place.bar += event->key() == Qt::Key_Left ? -1 : 1;
        if (place.bar >= 0 && place.bar < static_cast<int>(rows[static_cast<std::size_t>(place.row)].bars.size()))
            choose(place, true);
        return;
    case Qt::Key_Up:
        return walkRows(-1);
    case Qt::Key_Down:
        return walkRows(1);
    case Qt::Key_Plus:
    case Qt::Key_Equal: // the same key without Shift
    case Qt::Key_Minus: {
        // around the selected bar while it is in view
        TimePoint at = m_from + (m_until - m_from) / 2;
        if (place.valid()) {
            const TimePoint start = rows[static_cast<std::size_t>(place.row)].bars[static_cast<std::size_t>(place.bar)].start;
            if (start >= m_from && start < m_until)
                at = start;
        }
        return zoom(at, event->key() == Qt::Key_Minus ? 1.25 : 0.8);
    }
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (place.valid())
            Q_EMIT runActivated(*m_current);
        return;
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

bool BackupTimelineView::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const Place place = placeAt(help->pos());
        if (place.valid())
            QToolTip::showText(help->globalPos(), m_model->rows()[static_cast<std::size_t>(place.row)].bars[static_cast<std::size_t>(place.bar)].text, viewport());
        else if (const int row = rowAt(help->pos()); row >= 0 && help->pos().x() < m_labelWidth)
            QToolTip::showText(help->globalPos(), m_model->rows()[static_cast<std::size_t>(row)].title.toHtmlEscaped(), viewport());
        else
            QToolTip::hideText();
        return true;
    }
    if (event->type() == QEvent::Leave && m_hover) {
        m_hover.reset();
        viewport()->update();
    }
    return QAbstractScrollArea::viewportEvent(event);
}

} // namespace zandb
