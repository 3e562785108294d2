// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace zandb::store {

/// A few threads, one Session each, that run store calls for a program with a GUI.  Thread-safe.  The destructor
/// requests stop of everything running (statements are killed on the server) and joins.
class Executor
{
public:
    explicit Executor(StoreSettings settings, int threads = 3);
    ~Executor();

    /// Runs `job` on one of the threads.  The job always runs, also after a stop (its session then answers
    /// `cancelled`), so whoever waits for its result gets one.
    void post(std::function<void(Session &)> job, std::stop_token stop = {});

private:
    void work(std::stop_token stop);

    StoreSettings m_settings;
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    struct Job
    {
        std::function<void(Session &)> run;
        std::stop_token stop;
    };
    std::deque<Job> m_jobs;
    std::vector<std::jthread> m_threads;
};

} // namespace zandb::store
