// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleet/location.h"
#include "models/killer/killedmodels.h"
#include "widgets/common/page.h"
#include "widgets/common/ui.h"

class QLabel;
class QPushButton;
class QToolButton;

namespace zandb {

class ChartGroup;
class Inspector;
class TablePane;
class TimeChart;

/// Statements that were killed or would have been: over time, by digest, and each.
class KilledPage final : public Page
{
    Q_OBJECT
public:
    KilledPage(const Ui &ui, KilledDigestModel *digests, KilledTableModel *statements, QWidget *parent = nullptr);
    QString title() const override;
    void setLoading(bool loading) override;
    void setAway(bool away) override;
    void focusFilter() override;
    bool escape() override;
    QString help() const override;
    void setSteps(const std::vector<KilledStep> &steps, TimePoint from, TimePoint until);
    /// Which servers tell what was killed by others.
    void setCounters(const KillCounters &counters);
    void setRange(TimePoint from, TimePoint until);
    /// Only the newest `rows` statements are listed; 0: all.
    void setCut(int rows);
    /// The digest the statements are narrowed to; empty: all.
    void setDigest(const QString &checksum);

Q_SIGNALS:
    void digestChosen(const QString &checksum);
    void policiesRequested();
    void rangeRequested(const zandb::TimeRange &range);
    void rangeBackRequested();

protected:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void showForbidden() override;

private:
    void retranslate();
    void showInspector();

    KilledDigestModel *m_digests;
    KilledTableModel *m_statements;
    ChartGroup *m_group;
    TimeChart *m_chart;
    TablePane *m_digestPane;
    TablePane *m_pane;
    QLabel *m_digestsTitle;
    QLabel *m_statementsTitle;
    Inspector *m_inspector;
    QToolButton *m_chip;
    QPushButton *m_policies;
    std::vector<KilledStep> m_steps;
    TimePoint m_from{};
    TimePoint m_until{};
    KillCounters m_counters;
    bool m_loading = false;
    QWidget *m_pictures = nullptr; ///< folds away on a low screen, where the list is worth more
};

} // namespace zandb
