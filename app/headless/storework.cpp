// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/storework.h"

namespace zandb::headless {

using namespace std::chrono_literals;

StoreWork::StoreWork(std::function<void(const std::string &)> log, std::chrono::milliseconds every, Work work)
    : m_log(std::move(log)), m_every(every), m_work(std::move(work)), m_thread([this](std::stop_token stop) { run(stop); })
{
}

StoreWork::~StoreWork()
{
    m_thread.request_stop();
    m_wake.notify_all();
}

void StoreWork::setHeld(bool held)
{
    const std::lock_guard lock(m_mutex);
    if (held == m_held)
        return;
    m_held = held;
    m_wake.notify_all();
}

void StoreWork::run(std::stop_token stop)
{
    std::string told;
    while (true) {
        {
            std::unique_lock lock(m_mutex);
            if (!m_wake.wait(lock, stop, [this] { return m_held; }))
                return;
        }
        const auto done = m_work(stop);
        const std::string line = done ? *done : describe(done.error());
        if (!line.empty() && line != told)
            m_log(line);
        told = done ? std::string() : line; // a trouble that stays is told once
        std::unique_lock lock(m_mutex);
        m_wake.wait_for(lock, stop, done ? m_every : std::min<std::chrono::milliseconds>(m_every, 1min), [] { return false; });
        if (stop.stop_requested())
            return;
    }
}

} // namespace zandb::headless
