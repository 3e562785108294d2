// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/killer.h"
#include "app/platform/settings.h"
#include "app/remote/agentpool.h"
#include "app/store/session.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace zandb::headless {

/// Keeps the agents of this member's hosts up to date with the kill policies of the store, and says to each now and then that somebody is there: without
/// that they stop killing after a day.  What an agent does not hold is offered; it kills only as far as an administrator set it.  On a thread and a session
/// of its own.  Thread-safe.
class KillPolicies
{
public:
    struct Times
    {
        std::chrono::milliseconds look = std::chrono::seconds{5};   ///< between two looks whether policies or the fleet changed
        std::chrono::milliseconds renew = std::chrono::minutes{10}; ///< between two words to a host
    };
    KillPolicies(StoreSettings settings, remote::AgentPool &pool, std::function<void(const std::string &)> log);
    KillPolicies(StoreSettings settings, remote::AgentPool &pool, std::function<void(const std::string &)> log, Times times);
    ~KillPolicies();

    /// The hosts whose lease this member holds.
    void setHosts(std::set<Uuid> hosts);

private:
    using Clock = std::chrono::steady_clock;
    void work(std::stop_token stop);
    Result<void> look(store::Session &session);
    /// Renews and offers; the hosts that were told everything.
    std::set<Uuid> tell(const std::vector<Uuid> &hosts, const std::map<Uuid, std::map<std::string, wire::KillSet>> &sets);
    void say(const Uuid &host, const std::string &line);

    StoreSettings m_settings;
    remote::AgentPool &m_pool;
    std::function<void(const std::string &)> m_log;
    const Times m_times;
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::set<Uuid> m_hosts;
    std::map<Uuid, Clock::time_point> m_due; ///< of the worker's thread, as what follows
    std::string m_seen;                      ///< versions of the feed
    std::map<Uuid, std::string> m_trouble;   ///< what was logged last
    std::jthread m_thread;
};

} // namespace zandb::headless
