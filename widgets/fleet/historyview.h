// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/timerange.h"
#include "models/fleet/historycharts.h"

#include <QWidget>

class QGridLayout;
class QLabel;
class QScrollArea;

namespace zandb {

class ChartGroup;
class EmptyState;
class TimeChart;

/// The figures of one instance over time as charts with one range and one crosshair: all of them in a grid, or a few small ones for an inspector.
class HistoryView final : public QWidget
{
    Q_OBJECT
public:
    enum class Size { Full, Small };
    explicit HistoryView(Size size, QWidget *parent = nullptr);
    /// What was read; it says by itself why there is nothing.
    void setHistory(const InstanceHistory &history);
    /// Nothing is known yet, of this instance or of this range.
    void clear();
    /// Another range: the charts show what they have of it until setHistory().
    void setRange(TimePoint from, TimePoint until);
    void setAway(bool away);

Q_SIGNALS:
    void rangeRequested(const zandb::TimeRange &range);
    void rangeBackRequested();

protected:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void showHistory();
    void showEmpty(bool empty);
    void arrange();
    Size m_size;
    InstanceHistory m_history;
    bool m_known = false;
    ChartGroup *m_group;
    std::vector<TimeChart *> m_charts;
    QScrollArea *m_scroll = nullptr; ///< Full only
    QWidget *m_area;
    QGridLayout *m_grid;
    EmptyState *m_empty = nullptr;   ///< Full only
    QLabel *m_hint;                  ///< what to do, or what is wrong
    int m_columns = 0;
};

} // namespace zandb
