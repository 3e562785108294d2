// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/consolestate.h"

namespace zandb::console {

ConsoleState::ConsoleState(QObject *parent) : QObject(parent), m_history{m_location} {}

void ConsoleState::goTo(const Location &location)
{
    if (location == m_location)
        return;
    m_history.resize(m_at + 1);
    m_history.push_back(location);
    constexpr std::size_t remembered = 200;
    if (m_history.size() > remembered)
        m_history.pop_front();
    m_at = m_history.size() - 1;
    show(location);
}

void ConsoleState::back()
{
    if (canGoBack())
        show(m_history[--m_at]);
}

void ConsoleState::forward()
{
    if (canGoForward())
        show(m_history[++m_at]);
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

void ConsoleState::setRole(StoreRole role)
{
    if (role == m_role)
        return;
    m_role = role;
    Q_EMIT roleChanged();
}

TimePoint ConsoleState::now() const
{
    if (!m_clockKnown)
        return systemNow();
    return m_storeNow + Microseconds{m_since.nsecsElapsed() / 1000};
}

void ConsoleState::setStoreClock(TimePoint now)
{
    m_storeNow = now;
    m_since.start();
    m_clockKnown = true;
}

} // namespace zandb::console
