// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/console/delayproxy.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>

namespace zandb::test {
namespace {

sockaddr_in loopback(int port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
}

bool pass(int from, int to)
{
    char buffer[65536];
    const auto got = ::read(from, buffer, sizeof buffer);
    if (got <= 0)
        return false;
    for (ssize_t done = 0; done < got;) {
        const auto wrote = ::send(to, buffer + done, static_cast<std::size_t>(got - done), MSG_NOSIGNAL);
        if (wrote <= 0)
            return false;
        done += wrote;
    }
    return true;
}

} // namespace

DelayProxy::DelayProxy(int targetPort) : m_target(targetPort)
{
    m_listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    ::bind(m_listener, reinterpret_cast<sockaddr *>(&address), sizeof address);
    ::listen(m_listener, 64);
    socklen_t size = sizeof address;
    ::getsockname(m_listener, reinterpret_cast<sockaddr *>(&address), &size);
    m_port = ntohs(address.sin_port);
    m_thread = std::thread([this] { accept(); });
}

DelayProxy::~DelayProxy()
{
    m_stop = true;
    m_thread.join();
    for (std::thread &thread : m_connections)
        thread.join();
    ::close(m_listener);
}

void DelayProxy::accept()
{
    while (!m_stop) {
        pollfd ready{m_listener, POLLIN, 0};
        if (::poll(&ready, 1, 50) <= 0)
            continue;
        const int client = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (client >= 0)
            m_connections.emplace_back([this, client] { serve(client); });
    }
}

void DelayProxy::serve(int client)
{
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int one = 1;
    ::setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    const sockaddr_in address = loopback(m_target);
    bool open = ::connect(server, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0;
    while (open && !m_stop) {
        pollfd ready[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
        if (::poll(ready, 2, 50) <= 0)
            continue;
        if (ready[0].revents) {
            for (int waited = 0; waited < m_delay && !m_stop; waited += 10)
                std::this_thread::sleep_for(std::chrono::milliseconds{10});
            open = pass(client, server);
        }
        if (open && ready[1].revents)
            open = pass(server, client);
    }
    ::close(client);
    ::close(server);
}

} // namespace zandb::test
