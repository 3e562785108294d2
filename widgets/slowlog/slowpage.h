// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/config/configwish.h"
#include "models/slowlog/slowdigestmodel.h"
#include "widgets/common/page.h"
#include "widgets/common/ui.h"

class QComboBox;
class QLabel;
class QPushButton;

namespace zandb {

class ChartGroup;
class Inspector;
class TablePane;
class TimeChart;

/// Slow statements of the scope in the range: figures, a chart over time, and the digests.
class SlowPage final : public Page
{
    Q_OBJECT
public:
    SlowPage(const Ui &ui, SlowDigestModel *model, QWidget *parent = nullptr);
    QString title() const override;
    QString word() const override;
    void setLoading(bool loading) override;
    void setAway(bool away) override;
    void focusFilter() override;
    bool escape() override;
    QString help() const override;

    void setTop(const SlowTop &top);
    /// Digests that are slower or more frequent than usual now.
    void setRegressed(int digests);
    void setOverTime(const SlowOverTime &overTime);
    /// Of the instances of the scope, with their paths.
    void setSources(const std::vector<std::pair<QString, SlowSourceRow>> &sources);
    /// Another range is asked for: the chart shows what is known of it.
    void setRange(TimePoint from, TimePoint until);
    /// What is shown, for texts that are passed on: "production, last 5 days".
    void setPlace(const QString &place) { m_place = place; }
    SlowMetric metric() const { return m_metric; }
    SlowBy by() const { return m_by; }

Q_SIGNALS:
    void byChosen(zandb::SlowBy by);
    void metricChosen(zandb::SlowMetric metric);
    void rangeRequested(const zandb::TimeRange &range);
    void rangeBackRequested();
    /// A digest is known and accepted, or no longer.
    void acceptRequested(const std::vector<zandb::Uuid> &digests, bool accepted);
    /// Other thresholds for the instances of the scope.
    void thresholdsRequested();
    /// What makes instances write a slow log that write none.
    void remediesRequested(const std::vector<zandb::ConfigWish> &wishes);

protected:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void showForbidden() override;

private:
    void retranslate();
    void showFigures();
    void showChart();
    void showEmpty();
    void showInspector();
    QString remedies() const;
    std::vector<ConfigWish> wishes() const;

    SlowDigestModel *m_model;
    SlowTop m_top;
    SlowOverTime m_overTime;
    std::vector<std::pair<QString, SlowSourceRow>> m_sources;
    SlowMetric m_metric = SlowMetric::Time;
    SlowBy m_by = SlowBy::Digest;
    QString m_place;
    bool m_loading = false;
    bool m_known = false;

    QWidget *m_strip;
    std::vector<QLabel *> m_figures;
    int m_regressed = 0;
    QLabel *m_hint;
    QPushButton *m_copyRemedies;
    QPushButton *m_setRemedies;
    QPushButton *m_thresholds;
    QComboBox *m_metricBox;
    QComboBox *m_byBox;
    QLabel *m_chartTitle;
    TimeChart *m_chart;
    ChartGroup *m_charts;
    TablePane *m_pane;
    Inspector *m_inspector;
    QPushButton *m_open;
    QPushButton *m_copy;
    QPushButton *m_accept;
    QPushButton *m_withdraw;
    QWidget *m_pictures = nullptr; ///< folds away on a low screen, where the list is worth more
};

} // namespace zandb
