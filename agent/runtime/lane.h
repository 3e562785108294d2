// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Before asio: whether that allocates with operator new or with aligned_alloc depends on what it finds defined, and a handler
// allocated in one file is freed in another.
#include <chrono>
#include <functional>

#include <asio/io_context.hpp>
#include <asio/thread_pool.hpp>

namespace zandb::agent {

/// A thread for one sort of work that may block, so that what hangs (a dead network file system, a server that says nothing)
/// holds up only its own sort.  Used from the loop's thread; lives as long as its jobs, so a program whose lane does not
/// come back ends without destroying it.
class Lane
{
public:
    using Clock = std::chrono::steady_clock;
    static constexpr auto heldUpAfter = std::chrono::seconds{60};
    static constexpr std::size_t maxJobs = 64;

    explicit Lane(asio::io_context &io) : m_io(io) {}

    /// Runs the work on the lane's thread, then what it returns on the loop's.  Must not throw.  False, and nothing is kept,
    /// when too many jobs wait or the one that runs has been at it for longer than heldUpAfter.
    bool post(std::function<std::function<void()>()> work);
    bool isIdle() const { return m_jobs == 0; }

private:
    asio::io_context &m_io;
    std::size_t m_jobs = 0;
    Clock::time_point m_since{}; ///< when the job that runs could begin
    asio::thread_pool m_thread{1};
};

} // namespace zandb::agent
