// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/killer/instancekiller.h"
#include "agent/killer/policybook.h"
#include "agent/runtime/collectmethods.h"

#include <asio/steady_timer.hpp>

namespace zandb::agent {

/// `killer.*` of agent/protocol/killer.h, and the killing itself: process lists are read and statements ended in a lane of their own, only
/// of instances that have a policy.  A kill is in the spool before it is tried.  Lives on the loop's thread.
class KillerMethods
{
public:
    KillerMethods(const Config &config, asio::io_context &io, CollectMethods &collect);
    ~KillerMethods();
    KillerMethods(const KillerMethods &) = delete;
    KillerMethods &operator=(const KillerMethods &) = delete;

    void addTo(Methods &methods);
    void start();
    void stop();
    bool isIdle() const { return m_lane.isIdle() && m_disk.isIdle(); }

private:
    struct Found
    {
        std::string instance;
        InstanceKiller::Look look;
        TimePoint at{};
    };
    void change(const Json &params, const Responder &responder, const std::string &person);
    void renew(const Json &params, const Responder &responder);
    Json states() const;
    Json stateOf(const std::string &instance) const;
    void schedule();
    void look();
    /// In the lane.
    std::vector<Found> lookAt(const std::vector<wire::KillerState> &wanted);
    void found(std::vector<Found> all);
    void record(const std::string &instance, std::vector<InstanceKiller::Order> orders, std::vector<wire::KillRecord> records);
    void carryOut(const std::string &instance, std::vector<InstanceKiller::Order> orders);

    const Config &m_config;
    CollectMethods &m_collect;
    Lane m_disk; ///< of the book
    Lane m_lane; ///< of the servers
    asio::steady_timer m_timer;
    Result<PolicyBook> m_book;      ///< touched in m_disk once it is open
    std::optional<PolicyBook> m_current; ///< a copy for the loop
    std::map<std::string, std::unique_ptr<InstanceKiller>> m_killers; ///< touched in m_lane
    struct Seen
    {
        TimePoint at{};
        std::int64_t running = 0;
        std::optional<Error> trouble;
    };
    std::map<std::string, Seen> m_seen;
    bool m_looking = false;
    bool m_stopping = false;
};

} // namespace zandb::agent
