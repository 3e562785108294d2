// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/platform/errors.h"
#include "app/platform/settings.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace zandb::headless {

/// Work on the store itself that one headless instance does: again and again while this member holds the lease of the store's own host, on a thread of its
/// own.  A trouble is told once and tried again within a minute.  Thread-safe.
class StoreWork
{
public:
    /// `work` returns a line for the log, or nothing; it opens its own session, and ends soon after a stop.
    using Work = std::function<Result<std::string>(std::stop_token)>;
    StoreWork(std::function<void(const std::string &)> log, std::chrono::milliseconds every, Work work);
    ~StoreWork();

    /// Whether this member holds the lease of workflow::storeHost.
    void setHeld(bool held);

private:
    void run(std::stop_token stop);

    std::function<void(const std::string &)> m_log;
    const std::chrono::milliseconds m_every;
    const Work m_work;
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    bool m_held = false;
    std::jthread m_thread;
};

} // namespace zandb::headless
