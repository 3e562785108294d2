// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/consolestate.h"

#include <algorithm>

namespace zandb::console {

ConsoleState::ConsoleState(QObject *parent) : QObject(parent), m_history{{m_location, false, {}}} {}

void ConsoleState::goTo(const Location &location)
{
    if (location == m_location)
        return;
    const std::optional<TimeRange> before = location.range == m_location.range ? m_history[m_at].before : std::nullopt;
    m_history.resize(m_at + 1);
    m_history.push_back({location, false, before});
    constexpr std::size_t remembered = 200;
    if (m_history.size() > remembered)
        m_history.pop_front();
    m_at = m_history.size() - 1;
    show(location);
}

void ConsoleState::back()
{
    if (canGoBack())
        show(m_history[--m_at].location);
}

void ConsoleState::forward()
{
    if (canGoForward())
        show(m_history[++m_at].location);
}

void ConsoleState::zoom(const TimeRange &range)
{
    Location to = m_location;
    to.range = range;
    if (to == m_location)
        return;
    if (!m_history[m_at].zoomed) {
        const TimeRange before = m_location.range;
        const std::optional<TimeRange> first = m_history[m_at].before;
        goTo(to);
        m_history[m_at].zoomed = true;
        m_history[m_at].before = first ? first : before;
        return;
    }
    m_history.resize(m_at + 1);
    m_history[m_at].location = to;
    show(to);
}

void ConsoleState::zoomBack()
{
    Location to = m_location;
    to.range = m_history[m_at].before.value_or(TimeRange{});
    if (m_at > 0 && m_history[m_at].zoomed && m_history[m_at - 1].location == to)
        back();
    else
        goTo(to);
}

void ConsoleState::show(const Location &location)
{
    const Location before = m_location;
    m_location = location;
    Q_EMIT locationChanged(before);
}

void ConsoleState::setFleet(std::shared_ptr<const Fleet> fleet)
{
    m_fleet = std::move(fleet);
    Q_EMIT fleetChanged();
}

void ConsoleState::setTasks(std::map<Uuid, QString> tasks)
{
    if (tasks == m_tasks)
        return;
    m_tasks = std::move(tasks);
    Q_EMIT tasksChanged();
}

void ConsoleState::setAlerts(std::vector<Alert> alerts, int enabledTasks)
{
    m_alerts = std::move(alerts);
    m_enabledTasks = enabledTasks;
    Q_EMIT alertsChanged();
    tellHealth();
}

void ConsoleState::setCoverage(std::shared_ptr<const std::vector<Coverage>> coverage)
{
    m_coverage = std::move(coverage);
    Q_EMIT coverageChanged();
}

void ConsoleState::setMembers(int alive, std::optional<TimePoint> lastAlive)
{
    const bool other = !m_alive || (*m_alive > 0) != (alive > 0);
    m_alive = alive;
    m_lastAlive = lastAlive;
    tellHealth();
    if (other)
        Q_EMIT membersChanged();
}

void ConsoleState::setAway(bool away)
{
    m_away = away;
    tellHealth();
}

ScheduleHealth ConsoleState::health() const
{
    if (m_away || !m_alive)
        return {};
    const auto since = [this](std::string_view kind) -> std::optional<TimePoint> {
        const auto it = std::ranges::find(m_alerts, kind, &Alert::kind);
        return it == m_alerts.end() ? std::nullopt : std::optional(it->raisedAt);
    };
    return scheduleHealth(*m_alive, m_lastAlive, since(clockBackAlert), since(clockForwardAlert), m_enabledTasks);
}

void ConsoleState::tellHealth()
{
    const ScheduleHealth now = health();
    if (now == m_toldHealth)
        return;
    m_toldHealth = now;
    Q_EMIT healthChanged();
}

void ConsoleState::setRole(StoreRole role)
{
    if (role == m_role)
        return;
    m_role = role;
    Q_EMIT roleChanged();
}

TimePoint ConsoleState::now() const
{
    return m_since.isStarted() ? m_storeNow + m_since.passed() : systemNow();
}

void ConsoleState::setStoreClock(TimePoint now)
{
    m_storeNow = now;
    m_since.start();
}

} // namespace zandb::console
