// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/batchsql.h"
#include "app/platform/settings.h"
#include "app/remote/agentpool.h"
#include "models/fleet/fleet.h"
#include "models/workflow/run.h"

#include <functional>
#include <memory>
#include <stop_token>
#include <thread>

namespace zandb::console {

/// A script that goes over instances with the person's key: on the first alone, then on so many at a time, a run for each.  The first failure ends it.
/// All of it happens on a thread of its own with a connection and links of its own; what it tells comes on that thread and on those that read results.
class SqlScript
{
public:
    struct Order
    {
        Settings settings;                           ///< of store and person
        SshSettings key;                             ///< with the passphrase
        std::string executor;                        ///< this window
        std::shared_ptr<const Fleet> fleet;
        std::shared_ptr<remote::AgentPool> readers;  ///< knows the fleet's hosts; what runs leave is read over it
        wire::SqlArgs args;                          ///< without the instance
        std::vector<Uuid> instances;
        int wave = 1;
    };
    /// `at`: of the order's instances.
    struct Told
    {
        std::function<void(std::size_t at)> begun;
        std::function<void(std::size_t at, const Json &item)> item;
        std::function<void(std::size_t at, RunState state, const std::optional<Error> &error)> ended;
        std::function<void(const std::optional<Error> &error)> finished; ///< last; `error`: why it ended before its time
    };
    SqlScript(Order order, Told told);
    /// Waits for the thread; what is out on hosts goes on there.
    ~SqlScript() = default;
    /// Cancels what runs; its statements are killed on the servers.  No further wave begins.
    void cancel() { m_cancel.request_stop(); }

private:
    static void work(const std::stop_token &stop, const std::stop_token &cancel, const Order &order, const Told &told);

    std::stop_source m_cancel;
    std::jthread m_thread;
};

} // namespace zandb::console
