// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <list>
#include <mutex>
#include <thread>

namespace zandb::test {

/// A TCP proxy on 127.0.0.1 that holds back whatever a client sends by some milliseconds: a store far away.
class DelayProxy
{
public:
    explicit DelayProxy(int targetPort);
    ~DelayProxy();
    int port() const { return m_port; }
    void setDelay(int milliseconds) { m_delay = milliseconds; }

private:
    void accept();
    void serve(int client);

    int m_target;
    int m_port = 0;
    int m_listener = -1;
    std::atomic<int> m_delay{0};
    std::atomic<bool> m_stop{false};
    std::mutex m_mutex;
    std::list<std::thread> m_connections;
    std::thread m_thread;
};

} // namespace zandb::test
