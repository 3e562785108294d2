// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/common/chartplot.h"

#include <QObject>

class QLabel;
class QToolButton;

namespace zandb {

/// A chart over time with its title, its legend and the copy button.  Beside the title stand the values under the crosshair.  GUI thread.
class TimeChart final : public QWidget
{
    Q_OBJECT
public:
    /// `name`: stable; the legend's entries are named after the keys of the lines.
    explicit TimeChart(const QString &name, QWidget *parent = nullptr);
    void setTitle(const QString &title);
    void setShape(const ChartShape &shape);
    /// What is switched off stays off while the keys of the lines stay.
    void setData(const ChartData &values);
    void setAway(bool away) { m_plot->setAway(away); }
    ChartPlot *plot() { return m_plot; }
    /// What "Copy as data" copies: the lines that are shown.
    QString dataText() const { return chartText(m_plot->data(), m_plot->shown()); }

protected:
    void changeEvent(QEvent *event) override;

private:
    void retranslate();
    void makeLegend(const ChartData &values);
    void showLegend();
    void showReadout();

    ChartPlot *m_plot;
    QLabel *m_title;
    QLabel *m_readout;
    QToolButton *m_copy;
    QWidget *m_legend;
    bool m_stroke = true;
    std::vector<QString> m_keys;
    std::vector<QToolButton *> m_entries; ///< one a line; beyond the last, one for all others
};

/// Charts that share their range and their crosshair.  Belongs to whoever shows the charts; these may go before it.
class ChartGroup final : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    void add(TimeChart *chart);
    /// Shows another range at once, with the data that are there.
    void setRange(TimePoint from, TimePoint until);

Q_SIGNALS:
    void rangeRequested(const zandb::TimeRange &range);
    void rangeBackRequested();
    void rangeShown(zandb::TimePoint from, zandb::TimePoint until); ///< of all charts
    void crossShown(std::optional<zandb::TimePoint> at);             ///< on all charts
};

} // namespace zandb
