// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/housekeeping.h"

#include "app/fleet/fleetrepository.h"
#include "app/workflow/retention.h"

namespace zandb::headless {

using namespace std::chrono_literals;

Housekeeping::Housekeeping(StoreSettings settings, std::function<void(const std::string &)> log, std::chrono::milliseconds every)
    : m_settings(std::move(settings)), m_log(std::move(log)), m_every(every), m_thread([this](std::stop_token stop) { work(stop); })
{
}

Housekeeping::~Housekeeping()
{
    m_thread.request_stop();
    m_wake.notify_all();
}

void Housekeeping::setHeld(bool held)
{
    const std::lock_guard lock(m_mutex);
    if (held == m_held)
        return;
    m_held = held;
    m_wake.notify_all();
}

void Housekeeping::work(std::stop_token stop)
{
    std::string told;
    while (true) {
        {
            std::unique_lock lock(m_mutex);
            if (!m_wake.wait(lock, stop, [this] { return m_held; }))
                return;
        }
        Result<workflow::RemovedRows> removed;
        {
            store::Session session(m_settings); // not kept: an hour is a long time for a connection that does nothing
            session.setStatementLimit(60s);
            const auto fleet = fleet::loadFleet(session);
            removed = fleet ? workflow::removeExpired(session, *fleet, fleet->readAt, stop) : Result<workflow::RemovedRows>(fail(fleet.error()));
        }
        std::string line;
        if (removed) {
            for (const auto &[table, rows] : *removed)
                line += (line.empty() ? "removed from the store what is no longer kept: " : ", ") + std::to_string(rows) + " of " + table;
        } else {
            line = "what is no longer kept could not be removed from the store: " + describe(removed.error());
        }
        if (!line.empty() && line != told)
            m_log(line);
        told = removed ? std::string() : line; // a trouble that stays is told once
        std::unique_lock lock(m_mutex);
        m_wake.wait_for(lock, stop, removed ? m_every : std::min<std::chrono::milliseconds>(m_every, 1min), [] { return false; });
        if (stop.stop_requested())
            return;
    }
}

} // namespace zandb::headless
