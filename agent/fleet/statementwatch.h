// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/instances.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace zandb::agent {

/// Looks after one statement that runs on another connection, and kills it when it shall end.  finish() before the next one.
class StatementWatch
{
public:
    enum class Why { Nothing, Stop, Time, Rows };
    struct Plan
    {
        std::function<Result<std::unique_ptr<SqlClient>>()> connect; ///< a second connection of the same account
        std::uint64_t connectionId = 0;
        int socket = -1;                         ///< of the statement's connection; shut down when the server cannot be told
        std::chrono::milliseconds time{};
    };
    StatementWatch(Plan plan, const std::stop_token &stop);
    ~StatementWatch();
    /// Kills it because enough rows were read.
    void enough() { ask(Why::Rows); }
    /// Ends the watch; after it nothing is killed any more.
    void finish();
    /// Why it was or will be killed.
    Why why() const
    {
        const std::lock_guard lock(m_mutex);
        return m_why;
    }
    /// Whether the server was told; after finish().
    bool isKilled() const { return m_killed; }
    std::string trouble() const { return m_trouble; }

private:
    void ask(Why why);
    void watch();
    void kill();

    const Plan m_plan;
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_finished = false;
    Why m_why = Why::Nothing;
    bool m_killed = false;
    std::string m_trouble;
    std::thread m_thread;
    std::optional<std::stop_callback<std::function<void()>>> m_stop;
};

} // namespace zandb::agent
