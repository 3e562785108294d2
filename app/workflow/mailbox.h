// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace zandb::workflow {

/// How callbacks of other threads reach a loop: they post, the loop runs what was posted.  post() and wake() are
/// thread-safe, the rest belongs to the loop's thread.  Held by shared_ptr, so that a late callback is harmless.
class Mailbox
{
public:
    void post(std::function<void()> work)
    {
        {
            const std::lock_guard lock(m_mutex);
            if (m_closed)
                return;
            m_work.push_back(std::move(work));
        }
        m_wake.notify_one();
    }
    void wake()
    {
        {
            const std::lock_guard lock(m_mutex);
            m_woken = true;
        }
        m_wake.notify_one();
    }
    /// Waits until something was posted, wake() or the time; then runs what there is.  True when something ran.
    bool waitAndRun(std::chrono::steady_clock::time_point until)
    {
        std::deque<std::function<void()>> work;
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait_until(lock, until, [&] { return m_woken || !m_work.empty(); });
            m_woken = false;
            work.swap(m_work);
        }
        for (auto &item : work)
            item();
        return !work.empty();
    }
    /// Nothing posted from now on runs.
    void close()
    {
        const std::lock_guard lock(m_mutex);
        m_closed = true;
        m_work.clear();
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<std::function<void()>> m_work;
    bool m_woken = false;
    bool m_closed = false;
};

} // namespace zandb::workflow
