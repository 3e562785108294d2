// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/store/executor.h"

namespace zandb::store {

Executor::Executor(StoreSettings settings, int threads) : m_settings(std::move(settings))
{
    m_threads.reserve(static_cast<std::size_t>(std::max(threads, 1)));
    for (int i = 0; i < std::max(threads, 1); ++i)
        m_threads.emplace_back([this](std::stop_token stop) { work(std::move(stop)); });
}

Executor::~Executor()
{
    // all at once: each would otherwise wait for the one before
    for (std::jthread &thread : m_threads)
        thread.request_stop();
    m_threads.clear();
}

void Executor::post(std::function<void(Session &)> job, std::stop_token stop)
{
    {
        const std::lock_guard lock(m_mutex);
        m_jobs.push_back({std::move(job), std::move(stop)});
    }
    m_wake.notify_one();
}

void Executor::work(std::stop_token stop)
{
    Session session(m_settings);
    for (;;) {
        Job job;
        {
            std::unique_lock lock(m_mutex);
            // after a stop what is queued still runs, with a session that answers `cancelled`
            m_wake.wait(lock, stop, [this] { return !m_jobs.empty(); });
            if (m_jobs.empty())
                return;
            job = std::move(m_jobs.front());
            m_jobs.pop_front();
        }
        std::stop_source either;
        const auto request = [&either] { either.request_stop(); };
        const std::stop_callback byOwner(stop, request);
        const std::stop_callback byJob(job.stop, request);
        session.setStopToken(either.get_token());
        try {
            job.run(session);
        } catch (const std::exception &) { // NOLINT(bugprone-empty-catch): a job tells its result itself
        }
        session.setStopToken({});
        job = {}; // whatever it holds goes before the next wait
    }
}

} // namespace zandb::store
