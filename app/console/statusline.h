// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/storerole.h"
#include "models/workflow/schedulehealth.h"
#include "models/workflow/runtext.h"

#include <QWidget>

#include <optional>

class QLabel;
class QToolButton;

namespace zandb::console {

/// The bottom line: whose fleet this is, how the store, the agents and the headless instances are, and what runs.
class StatusLine final : public QWidget
{
    Q_OBJECT
public:
    explicit StatusLine(QWidget *parent = nullptr);
    void setProfile(const QString &name, const QColor &colour);
    void setStore(bool ok, double milliseconds);
    void setAgents(int answering, int all);
    /// How many headless instances are alive, and whether schedules run.
    void setMembers(int alive);
    void setHealth(const ScheduleHealth &health);
    /// Alerts that hold: all of them, and those nobody has acknowledged.
    void setAlerts(int all, int open);
    void setRunning(const std::vector<RunRow> &running);
    void say(const QString &text);
    /// `forbidden`: why nothing can be asked of the store now; empty: it can.
    void setRole(StoreRole role, const QString &forbidden);
    const std::vector<RunRow> &running() const { return m_runs; }
    /// Nothing while not known.
    std::optional<int> membersAlive() const { return m_storeOk.value_or(false) ? m_alive : std::nullopt; }

Q_SIGNALS:
    void alertsClicked();
    void runClicked(const zandb::Uuid &runId);
    void runningClicked();
    void cancelRequested(const zandb::Uuid &runId);

protected:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void show();
    void mark(QLabel *icon, Look look);

    QLabel *m_colour;
    QLabel *m_profile;
    QLabel *m_storeIcon;
    QLabel *m_store;
    QLabel *m_agentsIcon;
    QLabel *m_agents;
    QLabel *m_headlessIcon;
    QLabel *m_headless;
    QToolButton *m_alerts;
    QLabel *m_said;
    QToolButton *m_running;
    QToolButton *m_cancel;
    QColor m_tint;
    std::optional<bool> m_storeOk;
    double m_ms = 0;
    std::optional<std::pair<int, int>> m_counts;
    std::optional<int> m_alive;
    ScheduleHealth m_health;
    int m_allAlerts = 0;
    int m_openAlerts = 0;
    QString m_name;
    StoreRole m_role = StoreRole::Unknown;
    QString m_forbidden;
    std::vector<RunRow> m_runs;
    RunRow m_shown; ///< the one named, which the buttons act on
};

} // namespace zandb::console
