// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"
#include "app/platform/elapsed.h"
#include "models/alerts/alert.h"
#include "models/backups/coverage.h"
#include "models/common/storerole.h"
#include "models/fleet/location.h"
#include "models/workflow/run.h"
#include "models/workflow/schedulehealth.h"

#include <QObject>

#include <deque>
#include <memory>
#include <set>

namespace zandb::console {

/// As many rows as a list of runs or backups shows at most, the newest; its page says when there are more.
inline constexpr int rowLimit = 10'000;

/// What all controllers share: where the person is, the fleet as last read, and how the store is.  GUI thread.
class ConsoleState final : public QObject
{
    Q_OBJECT
public:
    explicit ConsoleState(QObject *parent = nullptr);

    const Location &location() const { return m_location; }
    /// Remembers where one was; back() and forward() walk through that.
    void goTo(const Location &location);
    void back();
    void forward();
    /// Another range by zooming.  A run of zooms is one step of the history, which zoomBack() takes back.
    void zoom(const TimeRange &range);
    void zoomBack();
    bool canGoBack() const { return m_at > 0; }
    bool canGoForward() const { return m_at + 1 < m_history.size(); }

    std::shared_ptr<const Fleet> fleet() const { return m_fleet; }
    /// Before the fleet was read once, lists could only show ids.
    bool fleetKnown() const { return toMicros(m_fleet->readAt) != 0; }
    void setFleet(std::shared_ptr<const Fleet> fleet);
    /// The same hosts and instances, heard of later: no list has to be read anew for it, so nothing is emitted.
    void setFleetStates(std::shared_ptr<const Fleet> fleet) { m_fleet = std::move(fleet); }
    /// Task names by id, for lists.
    const std::map<Uuid, QString> &tasks() const { return m_tasks; }
    void setTasks(std::map<Uuid, QString> tasks);
    const std::string &zone() const { return m_zone; }
    void setZone(const std::string &zone) { m_zone = zone; }

    /// Alerts that hold, and how many tasks are enabled, as last read.
    const std::vector<Alert> &alerts() const { return m_alerts; }
    void setAlerts(std::vector<Alert> alerts, int enabledTasks);
    /// How well the fleet's instances are backed up.
    std::shared_ptr<const std::vector<Coverage>> coverage() const { return m_coverage; }
    void setCoverage(std::shared_ptr<const std::vector<Coverage>> coverage);
    /// How many headless instances are alive, and until when the last one was.
    void setMembers(int alive, std::optional<TimePoint> lastAlive);
    /// How many headless instances are alive; none: not known.
    std::optional<int> members() const { return m_away ? std::nullopt : m_alive; }
    /// Unknown while the store is away.
    ScheduleHealth health() const;

    StoreRole role() const { return m_role; }
    void setRole(StoreRole role);

    /// The store's clock, carried on by this computer's.
    TimePoint now() const;
    void setStoreClock(TimePoint now);
    bool clockKnown() const { return m_since.isStarted(); }
    /// The store does not answer: nobody knows whether what ran still runs, so nothing shown of it grows.
    bool away() const { return m_away; }
    void setAway(bool away);

Q_SIGNALS:
    void locationChanged(const zandb::Location &before);
    void fleetChanged();
    void tasksChanged();
    void roleChanged();
    void alertsChanged();
    void coverageChanged();
    void healthChanged();
    void membersChanged(); ///< the first headless instance came, or the last one went
    /// The language changed: texts worked out off the GUI thread must be made again.
    void languageChanged();

private:
    void show(const Location &location);
    void tellHealth();

    Location m_location;
    struct Entry
    {
        Location location;
        bool zoomed = false;
        std::optional<TimeRange> before; ///< the range that was zoomed into to get to this one's
    };
    std::deque<Entry> m_history;
    std::size_t m_at = 0;
    std::shared_ptr<const Fleet> m_fleet = std::make_shared<Fleet>();
    std::map<Uuid, QString> m_tasks;
    StoreRole m_role = StoreRole::Unknown;
    std::string m_zone = "UTC";
    std::vector<Alert> m_alerts;
    int m_enabledTasks = 0;
    std::shared_ptr<const std::vector<Coverage>> m_coverage = std::make_shared<std::vector<Coverage>>();
    std::optional<int> m_alive;
    std::optional<TimePoint> m_lastAlive;
    ScheduleHealth m_toldHealth;
    TimePoint m_storeNow{};
    Elapsed m_since;
    bool m_away = false;
};

} // namespace zandb::console
