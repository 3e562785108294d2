// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/platform/settings.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace zandb::headless {

/// Removes from the store what is older than it is to be kept (workflow::removeExpired), once an hour while this member holds the lease of the
/// store's own host, on a thread and a session of its own.  Thread-safe.
class Housekeeping
{
public:
    Housekeeping(StoreSettings settings, std::function<void(const std::string &)> log, std::chrono::milliseconds every = std::chrono::hours{1});
    ~Housekeeping();

    /// Whether this member holds the lease of workflow::storeHost.
    void setHeld(bool held);

private:
    void work(std::stop_token stop);

    StoreSettings m_settings;
    std::function<void(const std::string &)> m_log;
    const std::chrono::milliseconds m_every;
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    bool m_held = false;
    std::jthread m_thread;
};

} // namespace zandb::headless
