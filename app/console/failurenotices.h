// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/consolestate.h"
#include "app/console/reload.h"
#include "app/console/storewatch.h"
#include "models/workflow/run.h"
#include "widgets/common/ui.h"

#include <set>

namespace zandb::console {

/// Tells the person through the desktop which runs have failed since the window was opened, unless that was switched off.  What fails within a
/// few seconds is told together.  Also that nobody runs the schedules any more, and critical alerts: a headless instance that stopped cannot say so itself.
class FailureNotices final : public QObject
{
    Q_OBJECT
public:
    /// `window` is raised when a notice is clicked.  All outlive it.
    FailureNotices(store::Executor &executor, ConsoleState &state, StoreWatch &watch, const Ui &ui, QWidget *window, QObject *parent = nullptr);
    /// The key of the person's settings: whether failures are told; they are where it is not set.
    static QString setting();

private:
    void load();
    void tell(const std::vector<Run> &failed);
    void tellHealth();
    void tellAlerts();

    store::Executor &m_executor;
    ConsoleState &m_state;
    Ui m_ui;
    QWidget *m_window;
    Latest<std::vector<Run>> m_latest;
    Reload m_reload;
    QTimer m_gather;
    std::optional<TimePoint> m_opened; ///< by the store's clock
    std::map<Uuid, TimePoint> m_known; ///< runs that were read, with their ends; for as long as they may be read again
    std::vector<Run> m_waiting;       ///< failed, and not told yet
    ScheduleHealth::State m_health = ScheduleHealth::State::Unknown; ///< the last that was known
    std::set<std::pair<Uuid, TimePoint>> m_toldAlerts; ///< with when they began
};

} // namespace zandb::console
