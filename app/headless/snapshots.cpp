// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/snapshots.h"

#include "app/snapshots/fetching.h"

namespace zandb::headless {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

Snapshots::Snapshots(StoreSettings settings, remote::AgentPool &pool, std::function<void(const std::string &)> log, std::chrono::milliseconds look)
    : m_settings(std::move(settings)), m_pool(pool), m_log(std::move(log)), m_look(look), m_thread([this](std::stop_token stop) { work(stop); })
{
}

Snapshots::~Snapshots()
{
    m_thread.request_stop();
    m_wake.notify_all();
}

void Snapshots::setHosts(std::set<Uuid> hosts)
{
    const std::lock_guard lock(m_mutex);
    if (hosts == m_hosts)
        return;
    m_hosts = std::move(hosts);
    m_wake.notify_all();
}

void Snapshots::work(std::stop_token stop)
{
    store::Session session(m_settings);
    session.setStopToken(stop);
    bool away = false;
    while (!stop.stop_requested()) {
        const auto done = look(session, stop);
        if (!done && !away && !done.error().is(errors::cancelled))
            m_log("store: snapshots cannot be stored: " + describe(done.error()));
        away = !done;
        if (!done)
            session.close();
        std::unique_lock lock(m_mutex);
        const auto hosts = m_hosts;
        m_wake.wait_for(lock, stop, m_look, [&] { return m_hosts != hosts; });
    }
}

Result<void> Snapshots::look(store::Session &session, const std::stop_token &stop)
{
    std::set<Uuid> hosts;
    {
        const std::lock_guard lock(m_mutex);
        hosts = m_hosts;
    }
    if (hosts.empty())
        return {};
    const auto waiting = session.query("SELECT DISTINCT host_id FROM snapshot_pending");
    if (!waiting)
        return fail(waiting.error());
    for (const auto &row : *waiting) {
        const Uuid host = row.uuid(0);
        if (!hosts.contains(host) || Clock::now() < m_notBefore[host])
            continue;
        const auto pending = snapshots::listPending(session, host);
        if (!pending)
            return fail(pending.error());
        for (const snapshots::Pending &one : *pending) {
            const auto fetched = snapshots::fetch(session, m_pool, one, stop);
            if (stop.stop_requested())
                return {};
            if (!fetched && fetched.error().code.starts_with("store."))
                return fail(fetched.error());
            if (!fetched) {
                m_log("a snapshot of host " + host.toString() + " cannot be fetched: " + describe(fetched.error()) + "; it is tried again");
                m_notBefore[host] = Clock::now() + 60s;
                break;
            }
            if (!*fetched)
                m_log("a snapshot of host " + host.toString() + " is lost: its agent no longer has it, or it cannot be read");
        }
    }
    return {};
}

} // namespace zandb::headless
