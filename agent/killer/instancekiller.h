// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/instances.h"
#include "agent/killer/processlist.h"

#include <chrono>
#include <deque>
#include <map>
#include <set>

namespace zandb::agent {

/// Ends statements of one instance as its policies say.  look() finds them; whoever calls makes the records durable and then has
/// each carried out.  Keeps one connection of the account maint.  Not thread-safe; calls block, for at most some seconds where a server
/// hangs, which is then asked less and less often.
class InstanceKiller
{
public:
    InstanceKiller(const Config &config, LocalInstance instance);

    /// A statement that is to be ended, and its record with the outcome "ordered".
    struct Order
    {
        wire::KillRecord record;
        RunningStatement running;
        wire::KillPolicy policy;
    };
    struct Look
    {
        std::vector<wire::KillRecord> dryRuns; ///< would have been killed; each statement once for each policy
        std::vector<Order> orders;
        std::int64_t running = 0;
        std::optional<Error> trouble;          ///< errors: instance.*, sql.failed
    };
    Look look(const std::vector<wire::HeldPolicy> &policies, std::int64_t revision);
    /// Looks at the statement again and ends it if it is still the one that was meant and may be ended.  Returns the record with what
    /// became of it.
    wire::KillRecord carryOut(const Order &order);
    /// Has the statement be found again: it could not be recorded.
    void forget(const Order &order);
    /// How long a caller may wait until the next look() without finding anything much later than these policies ask for.
    static std::chrono::milliseconds paceOf(const std::vector<wire::HeldPolicy> &policies);
    const LocalInstance &instance() const { return m_instance; }

private:
    using Clock = std::chrono::steady_clock;
    /// What was done about a statement that still runs.
    struct Known
    {
        std::uint64_t statement = 0;
        std::string text;
        Clock::time_point firstSeen{};
        std::set<std::string> dryRuns; ///< names of policies that said so
        bool ordered = false;
        bool seen = false;             ///< in the last look
    };
    Result<SqlClient *> client();
    std::vector<std::string> ownAccounts(bool mariaDb) const;
    Result<std::vector<ProcessList::Entry>> read(double seconds);
    Known &known(const ProcessList::Entry &entry);
    double sureSeconds(const ProcessList::Entry &entry, const Known &known) const;
    bool mayStill(const wire::KillPolicy &policy);
    Result<void> judge(ProcessList::Entry entry, const std::vector<wire::HeldPolicy> &policies, std::int64_t revision, Look &look);
    void stumbled(const Error &error);

    const Config m_config;
    const LocalInstance m_instance;
    std::unique_ptr<SqlClient> m_client;
    std::optional<ProcessList> m_list;
    std::map<std::uint64_t, Known> m_known;
    std::map<std::string, std::deque<Clock::time_point>> m_lastMinute; ///< by policy
    Clock::time_point m_notBefore{};
    std::chrono::seconds m_wait{0};
    std::optional<Error> m_trouble;
};

} // namespace zandb::agent
