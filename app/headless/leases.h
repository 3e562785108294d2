// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/workflow/memberrepository.h"

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace zandb::headless {

/// What a look at members and leases means for one member.  Pure.
struct LeasePlan
{
    std::vector<std::pair<Uuid, std::optional<workflow::Lease>>> take; ///< hosts, with the lease as it was seen
    std::vector<workflow::Lease> drop;   ///< ours, but another living member should have them
    std::map<Uuid, std::int64_t> held;   ///< ours and to be kept
};
LeasePlan planLeases(const workflow::MemberView &view, const Uuid &self, const std::vector<Uuid> &hosts);

/// Keeps this process's member row alive and its share of the hosts leased, on a thread and a session of its own, so
/// that nothing slow elsewhere costs the leases.  Renews every 5 s, looks every 2 s: one statement while nothing
/// changes.  Thread-safe.
class LeaseKeeper
{
public:
    using Steady = std::chrono::steady_clock::time_point;
    struct Held
    {
        std::map<Uuid, std::int64_t> tokens;
        bool trusted = false;                ///< now is before sending the last renewal + 13 s
        std::vector<Uuid> members;           ///< living ones, this one among them
        Uuid self;
    };
    /// `changed` is called on the keeper's thread whenever held() may differ; it must be short.
    LeaseKeeper(StoreSettings settings, std::string name, std::function<void(const std::string &)> log,
                std::function<void()> changed);
    /// Stops and removes the member's row, so that others take the hosts over at once.
    ~LeaseKeeper();

    void setHosts(std::vector<Uuid> hosts);
    Held held() const;

private:
    void work(std::stop_token stop);
    Result<void> renew(store::Session &session);
    /// True: there was more to take than fits between two renewals.
    Result<bool> look(store::Session &session);

    StoreSettings m_settings;
    std::function<void(const std::string &)> m_log;
    std::function<void()> m_changed;
    mutable std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::vector<Uuid> m_hosts;
    bool m_hostsChanged = false;
    Held m_held;
    Steady m_trustedUntil{};
    workflow::Member m_member; ///< of the keeper's thread
    std::map<Uuid, std::int64_t> m_stamped; ///< tokens whose fence stands on the hosts' open rows
    bool m_away = false;
    std::jthread m_thread;
};

inline constexpr std::chrono::seconds renewEvery{5};
inline constexpr std::chrono::seconds lookEvery{2};
inline constexpr std::chrono::seconds trustFor{13};
/// Taking hosts stops here to renew; the next look goes on.
inline constexpr std::chrono::seconds takeFor{2};
/// A store that freezes must not hold the keeper longer than its row lives.
inline constexpr std::chrono::seconds keeperStatementLimit{3};

} // namespace zandb::headless
