// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace zandb::test {

/// A TCP relay on loopback to another port that lets only so many bytes a second towards it, like a slow line.
class SlowLink
{
public:
    SlowLink(int target, std::int64_t bytesPerSecond) : m_target(target), m_rate(bytesPerSecond)
    {
        m_listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        // set before listening: what the line holds itself must be little
        const int small = 65536;
        ::setsockopt(m_listener, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
        sockaddr_in address = loopback(0);
        socklen_t size = sizeof address;
        if (::bind(m_listener, reinterpret_cast<sockaddr *>(&address), size) == 0 && ::listen(m_listener, 8) == 0
            && ::getsockname(m_listener, reinterpret_cast<sockaddr *>(&address), &size) == 0)
            m_port = ntohs(address.sin_port);
        m_thread = std::jthread([this](const std::stop_token &stop) { accept(stop); });
    }
    ~SlowLink()
    {
        m_thread.request_stop();
        m_thread.join();
        m_links.clear();
        ::close(m_listener);
    }
    int port() const { return m_port; }
    void setRate(std::int64_t bytesPerSecond) { m_rate = bytesPerSecond; }

private:
    static sockaddr_in loopback(int port)
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        return address;
    }

    void accept(const std::stop_token &stop)
    {
        while (!stop.stop_requested()) {
            pollfd waiting{m_listener, POLLIN, 0};
            if (::poll(&waiting, 1, 50) <= 0)
                continue;
            const int from = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC);
            const int to = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            const sockaddr_in address = loopback(m_target);
            if (from < 0 || ::connect(to, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0) {
                ::close(from);
                ::close(to);
                continue;
            }
            m_links.emplace_back([this, from, to](const std::stop_token &inner) { relay(from, to, inner); });
        }
    }

    static bool put(int fd, const char *data, ssize_t size)
    {
        while (size > 0) {
            const ssize_t n = ::send(fd, data, static_cast<std::size_t>(size), MSG_NOSIGNAL);
            if (n <= 0)
                return false;
            data += n;
            size -= n;
        }
        return true;
    }

    void relay(int from, int to, const std::stop_token &stop)
    {
        std::vector<char> buffer(65536);
        const auto begin = std::chrono::steady_clock::now();
        double due = 0; // seconds that what has passed is worth
        bool open = true;
        while (open && !stop.stop_requested()) {
            const double now = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
            pollfd ends[2] = {{to, POLLIN, 0}, {due <= now ? from : -1, POLLIN, 0}};
            if (::poll(ends, 2, 5) <= 0)
                continue;
            if (ends[0].revents != 0) {
                const ssize_t got = ::read(to, buffer.data(), buffer.size());
                open = got > 0 && put(from, buffer.data(), got);
            }
            if (open && ends[1].revents != 0) {
                const ssize_t got = ::read(from, buffer.data(), buffer.size());
                open = got > 0 && put(to, buffer.data(), got);
                due = std::max(due, now - 0.05) + static_cast<double>(got) / static_cast<double>(m_rate.load());
            }
        }
        ::close(from);
        ::close(to);
    }

    const int m_target;
    std::atomic<std::int64_t> m_rate;
    int m_listener = -1;
    int m_port = 0;
    std::vector<std::jthread> m_links;
    std::jthread m_thread;
};

} // namespace zandb::test
