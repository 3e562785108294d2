// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/batchsql/sqlplan.h"
#include "app/platform/settings.h"
#include "app/remote/agentpool.h"
#include "models/fleet/fleet.h"
#include "models/workflow/run.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <thread>

namespace zandb::console {

/// A script on its way over instances with the person's key, as zandbctl does it: what only reads as calls to all at once, all else as a plan that stands in
/// the store and outlives this window.  It happens on a thread of its own with a connection and links of its own.
class SqlDrive
{
public:
    enum class Act {
        Read,   ///< as calls; of the plan only args and targets count
        Begin,  ///< a new plan
        Resume, ///< one that is in the store
        Retry,  ///< the same, and what failed is pending again
        Show,   ///< only what it has left
    };
    struct Order
    {
        Settings settings;                           ///< of store and person
        SshSettings key;                             ///< with the passphrase
        std::string executor;                        ///< this window
        std::shared_ptr<const Fleet> fleet;
        std::shared_ptr<remote::AgentPool> readers;  ///< knows the fleet's hosts; reads go over it, and what runs leave
        batchsql::SqlPlan plan;
        Act act = Act::Read;
        std::int64_t toldRows = 10'000;              ///< of each result and instance; what goes beyond is not told
        std::filesystem::path saveTo;                ///< results also go to files of CSV there; empty: they do not
    };
    /// `at`: of the plan's targets.  All of it comes on other threads.
    struct Told
    {
        std::function<void(const batchsql::SqlPlan &plan)> changed; ///< not of a read
        std::function<void(std::size_t at, const Json &item)> item;
        std::function<void(std::size_t at, const std::string &state, const std::optional<Error> &error)> ended; ///< as PlanTarget::state
        std::function<void(const std::optional<Error> &error)> finished; ///< last; `error`: why it ended before its time
    };
    SqlDrive(Order order, Told told);
    /// Waits for the thread.  What is out on hosts goes on there, and the plan is "stopped".
    ~SqlDrive() = default;
    /// Ends a read; its statements are killed on the servers.  (A plan is cancelled in the store.)
    void cancelRead() { m_cancel.request_stop(); }

private:
    static void work(const std::stop_token &stop, const std::stop_token &cancel, const Order &order, const Told &told);

    std::stop_source m_cancel;
    std::jthread m_thread;
};

} // namespace zandb::console
