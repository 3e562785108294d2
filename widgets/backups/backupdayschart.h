// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/backups/backupdays.h"

#include <QWidget>

#include <array>
#include <optional>

QT_BEGIN_NAMESPACE
class QChart;
class QChartView;
class QGraphicsLineItem;
class QStackedBarSeries;
QT_END_NAMESPACE
class QLabel;
class QToolButton;

namespace zandb {

/// Count and stored size of backups per board day: stacked bars and a line, both axes from zero.  Under the pointer a
/// crosshair stands on the day and says its exact values.
class BackupDaysChart final : public QWidget
{
    Q_OBJECT
public:
    explicit BackupDaysChart(QWidget *parent = nullptr);
    void setDays(const std::vector<BackupDay> &days);
    /// What is shown is old: it is greyed.
    void setAway(bool away);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void rebuild();
    void fitLabels();
    void showCross(const QPoint &at, const QPoint &globalAt);
    void showDay(int day, const QPoint &globalAt);
    bool walk(int key);
    void hideCross();
    QString dayDetail(const BackupDay &day) const;
    void labelDays(QChart *chart, const QStringList &names, const QFont &font) const;
    int labelStep() const; ///< every how many days a label fits
    QString dataText() const;

    std::vector<BackupDay> m_days;
    QChartView *m_view;
    QToolButton *m_copy;
    QLabel *m_title;
    std::array<QToolButton *, 4> m_legend{}; ///< good, failed, other, stored: each switches its series
    bool isNarrow() const; ///< no room for the titles of the axes
    int ticks() const;     ///< for how many numbers up an axis there is room: without it none could be read
    int m_labelStep = 1;
    bool m_narrow = false;
    int m_ticks = 5;
    bool m_away = false;
    int m_day = 0; ///< under the cross
    QStackedBarSeries *m_bars = nullptr;  ///< of the chart that is shown
    QGraphicsLineItem *m_cross = nullptr;
};

} // namespace zandb
