// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/sqlclient.h"
#include "tests/support/testserver.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace zandb::test {

/// Sessions that each add one to a row of their own in shop.counter, a transaction a time, and measure their waits.
class Writers
{
public:
    static constexpr int count = 4;

    /// With `pause` between two transactions of one session.
    explicit Writers(const TestServer &server, std::chrono::milliseconds pause = {})
    {
        for (int i = 0; i < count; ++i) {
            m_threads.emplace_back([this, i, pause, socket = server.socket()](const std::stop_token &stop) {
                auto client = agent::SqlClient::connect("t", socket, "root", std::chrono::seconds{5}, std::chrono::seconds{60});
                while (client && !stop.stop_requested()) {
                    const auto begin = std::chrono::steady_clock::now();
                    if (!(*client)->query("UPDATE shop.counter SET v = v + 1 WHERE id = " + std::to_string(i)))
                        return;
                    m_waits[static_cast<std::size_t>(i)] = std::max(m_waits[static_cast<std::size_t>(i)], std::chrono::steady_clock::now() - begin);
                    ++m_done;
                    std::this_thread::sleep_for(pause);
                }
            });
        }
    }
    void stop() { m_threads.clear(); }
    int done() const { return m_done; }
    /// The longest that a transaction took; after stop().
    std::chrono::duration<double> worst() const { return *std::ranges::max_element(m_waits); }

private:
    std::array<std::chrono::steady_clock::duration, count> m_waits{};
    std::atomic<int> m_done = 0;
    std::vector<std::jthread> m_threads;
};

/// The table that they write.
inline bool makeCounter(TestServer &server)
{
    return server.exec({"CREATE DATABASE IF NOT EXISTS shop", "CREATE TABLE shop.counter (id INT PRIMARY KEY, v BIGINT NOT NULL)",
                        "INSERT INTO shop.counter VALUES (0, 0), (1, 0), (2, 0), (3, 0)"});
}

} // namespace zandb::test
