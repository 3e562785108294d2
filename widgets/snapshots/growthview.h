// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/snapshots/snapshotmodels.h"
#include "widgets/common/ui.h"

#include <QWidget>

class QComboBox;
class QLabel;

namespace zandb {

class TablePane;
class TimeChart;

/// What an instance is made of, day by day: growth of schemas and tables, and any two days compared.  A view of the instance's page.
class GrowthView final : public QWidget
{
    Q_OBJECT
public:
    GrowthView(const Ui &ui, GrowthModel *growth, SnapshotDiffModel *diff, QWidget *parent = nullptr);
    void setAway(bool away);
    /// Of another instance nothing is known yet.
    void clear();
    void setDays(const std::vector<SnapshotDayRow> &days, const SnapshotGrowth &growth);
    /// Of the two days that are chosen.
    void setDiff(const SnapshotDiff &diff);

Q_SIGNALS:
    /// Two days are to be compared; only while somebody looks.
    void daysChosen(int from, int to);

protected:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    void retranslate();
    void showFacts();
    void choose();

    std::vector<SnapshotDayRow> m_days;
    SnapshotGrowth m_growth;
    QLabel *m_facts;
    TimeChart *m_chart;
    QWidget *m_picture;
    QLabel *m_growthTitle;
    QLabel *m_diffTitle;
    QLabel *m_diffSum;
    QComboBox *m_from;
    QComboBox *m_to;
    TablePane *m_growthPane;
    TablePane *m_diffPane;
};

} // namespace zandb
