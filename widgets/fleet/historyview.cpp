// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/fleet/historyview.h"

#include "widgets/common/pageparts.h"
#include "widgets/common/parts.h"
#include "widgets/common/theme.h"
#include "widgets/common/timechart.h"

#include <QEvent>
#include <QFrame>
#include <QGridLayout>
#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace zandb {
namespace {

constexpr int chartHeight = 24 * unit;
constexpr int smallHeight = 23 * unit;
constexpr int chartWidth = 52 * unit; ///< the least for a column of the grid, where there are several
const QStringList smallCharts{QStringLiteral("queries"), QStringLiteral("connections")};

} // namespace

HistoryView::HistoryView(Size size, QWidget *parent)
    : QWidget(parent), m_size(size), m_group(new ChartGroup(this)), m_area(new QWidget(this)), m_grid(new QGridLayout(m_area)), m_hint(new QLabel(this))
{
    const bool full = size == Size::Full;
    setObjectName(full ? QStringLiteral("historyView") : QStringLiteral("historySmall"));
    m_hint->setObjectName(QStringLiteral("historyHint"));
    m_hint->setProperty("muted", true);
    m_hint->setWordWrap(true);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(unit);
    layout->addWidget(m_hint);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setSpacing(unit);
    for (const HistoryChart &chart : historyCharts({})) {
        if (!full && !smallCharts.contains(chart.name))
            continue;
        auto *view = new TimeChart(QStringLiteral("history-") + chart.name, m_area);
        view->setShape({chart.stacked ? ChartShape::Form::Areas : ChartShape::Form::Lines, chart.unit, chart.fromZero});
        view->setFixedHeight(full ? chartHeight : smallHeight);
        m_group->add(view);
        m_charts.push_back(view);
    }
    if (full) {
        m_scroll = new QScrollArea(this);
        m_scroll->setObjectName(QStringLiteral("historyScroll"));
        m_scroll->setWidgetResizable(true);
        m_scroll->setFrameShape(QFrame::NoFrame);
        m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        m_scroll->setWidget(m_area);
        m_empty = new EmptyState(QStringLiteral("page-fleet"), this);
        layout->addWidget(m_scroll, 1);
        layout->addWidget(m_empty, 1);
    } else {
        layout->addWidget(m_area);
    }
    connect(m_group, &ChartGroup::rangeRequested, this, &HistoryView::rangeRequested);
    connect(m_group, &ChartGroup::rangeBackRequested, this, &HistoryView::rangeBackRequested);
    arrange();
    clear();
}

void HistoryView::setHistory(const InstanceHistory &history)
{
    m_history = history;
    m_known = true;
    showHistory();
}

void HistoryView::clear()
{
    m_known = false;
    m_history = {};
    showHistory();
}

void HistoryView::setRange(TimePoint from, TimePoint until)
{
    m_group->setRange(from, until);
}

void HistoryView::setAway(bool away)
{
    for (TimeChart *chart : m_charts)
        chart->setAway(away);
}

void HistoryView::showHistory()
{
    for (const HistoryChart &chart : historyCharts(m_history)) {
        const auto view = std::ranges::find_if(m_charts, [&](const TimeChart *one) { return one->objectName() == QStringLiteral("history-") + chart.name; });
        if (view == m_charts.end())
            continue;
        (*view)->setTitle(chart.title);
        (*view)->setData(chart.data);
    }
    const bool empty = m_known && m_history.isEmpty();
    const QString title = m_history.collecting ? tr("No figures in this time range") : tr("No headless instance collects figures");
    const QString advice = m_history.collecting
        ? tr("A headless instance collects the figures of every instance once a minute. Choose a longer time range, or look at the host: its agent must "
             "answer, and its account must be permitted to read the server's status.")
        : tr("Figures are collected by a headless instance only, also while no window is open. Start one on a server: zandbctl serve");
    if (m_empty) {
        m_empty->setTexts(title, advice);
        m_empty->setVisible(empty);
        m_scroll->setVisible(!empty);
    } else {
        m_area->setVisible(m_known && !empty);
    }
    QString hint = empty && !m_empty ? title + QStringLiteral(". ") + advice : QString();
    if (m_history.damaged > 0)
        hint = tr("%n row(s) of the store could not be read; the charts have gaps there.", nullptr, static_cast<int>(m_history.damaged));
    m_hint->setText(hint);
    m_hint->setVisible(!hint.isEmpty());
}

/// As many columns as there is room for.
void HistoryView::arrange()
{
    const int columns = m_size == Size::Small ? 1 : std::clamp(width() / chartWidth, 1, 4);
    if (columns == m_columns)
        return;
    for (TimeChart *chart : m_charts) {
        QWidget *cell = chart;
        if (m_size == Size::Full) {
            cell = qobject_cast<QFrame *>(chart->parentWidget());
            if (!cell)
                cell = makeCard(chart, m_area);
        }
        m_grid->removeWidget(cell);
    }
    for (int column = 0; column < std::max(columns, m_columns); ++column)
        m_grid->setColumnStretch(column, column < columns ? 1 : 0);
    m_columns = columns;
    for (std::size_t at = 0; at < m_charts.size(); ++at) {
        QWidget *cell = m_size == Size::Full ? m_charts[at]->parentWidget() : m_charts[at];
        m_grid->addWidget(cell, static_cast<int>(at) / columns, static_cast<int>(at) % columns);
    }
}

void HistoryView::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    arrange();
}

void HistoryView::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        showHistory();
}

} // namespace zandb
