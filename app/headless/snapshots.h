// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/platform/settings.h"
#include "app/remote/agentpool.h"
#include "app/store/session.h"

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace zandb::headless {

/// Fetches snapshots that attempts have left on this member's hosts into the store, on a thread and a session of its own.  What dies here comes again to the
/// next holder of the lease.  Thread-safe.
class Snapshots
{
public:
    Snapshots(StoreSettings settings, remote::AgentPool &pool, std::function<void(const std::string &)> log,
              std::chrono::milliseconds look = std::chrono::seconds{2});
    ~Snapshots();

    /// The hosts whose lease this member holds.
    void setHosts(std::set<Uuid> hosts);

private:
    void work(std::stop_token stop);
    Result<void> look(store::Session &session, const std::stop_token &stop);

    StoreSettings m_settings;
    remote::AgentPool &m_pool;
    std::function<void(const std::string &)> m_log;
    const std::chrono::milliseconds m_look;
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::set<Uuid> m_hosts;
    std::map<Uuid, std::chrono::steady_clock::time_point> m_notBefore; ///< of the worker's thread: after a host could not be asked
    std::jthread m_thread;
};

} // namespace zandb::headless
