// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/remote/sockets.h"

#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/un.h>
#include <unistd.h>

namespace zandb::remote {
namespace {

std::string errorText(int number) { return std::generic_category().message(number); }

void prepare(int fd)
{
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

} // namespace

Wakeup::Wakeup()
{
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0)
        throw std::system_error(errno, std::generic_category(), "socketpair");
    m_reader = fds[0];
    m_writer = fds[1];
    prepare(m_reader);
    prepare(m_writer);
}

Wakeup::~Wakeup()
{
    closeSocket(m_reader);
    closeSocket(m_writer);
}

void Wakeup::signal()
{
    if (m_signalled.exchange(true))
        return;
    const char byte = 0;
    [[maybe_unused]] const auto sent = send(m_writer, &byte, 1, MSG_NOSIGNAL);
}

void Wakeup::drain()
{
    char bytes[64]; // never more than a few: signal() writes once between two drains
    [[maybe_unused]] const auto got = recv(m_reader, bytes, sizeof bytes, 0);
    m_signalled.store(false);
}

Lookup lookUp(const std::string &address, int port, bool numericOnly)
{
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV | (numericOnly ? AI_NUMERICHOST : 0);
    addrinfo *found = nullptr;
    Lookup result;
    if (const int status = getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found); status != 0) {
        result.error = address + ": " + (status == EAI_SYSTEM ? errorText(errno) : gai_strerror(status));
        return result;
    }
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
    for (const addrinfo *at = found; at && result.endpoints.size() < 8; at = at->ai_next) {
        Endpoint endpoint;
        if (at->ai_addrlen > sizeof endpoint.address)
            continue;
        std::memcpy(&endpoint.address, at->ai_addr, at->ai_addrlen);
        endpoint.length = at->ai_addrlen;
        result.endpoints.push_back(endpoint);
    }
    if (result.endpoints.empty())
        result.error = address + ": no address";
    return result;
}

int beginConnect(const Endpoint &endpoint, std::string &error)
{
    const int fd = socket(endpoint.address.ss_family, SOCK_STREAM, 0);
    if (fd < 0) {
        error = errorText(errno);
        return -1;
    }
    prepare(fd);
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, reinterpret_cast<const sockaddr *>(&endpoint.address), endpoint.length) != 0
        && errno != EINPROGRESS && errno != EINTR) {
        error = errorText(errno);
        closeSocket(fd);
        return -1;
    }
    return fd;
}

std::string connectError(int fd)
{
    int status = 0;
    socklen_t length = sizeof status;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &status, &length) != 0)
        status = errno;
    return status == 0 ? std::string() : errorText(status);
}

int connectLocal(const std::string &path, std::string &error)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        error = path + ": too long for a socket";
        return -1;
    }
    std::memcpy(address.sun_path, path.c_str(), path.size());
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0) {
        error = errorText(errno);
        return -1;
    }
    prepare(fd);
    if (connect(fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0) {
        error = path + ": " + errorText(errno);
        closeSocket(fd);
        return -1;
    }
    return fd;
}

bool waitFor(int fd, bool write, std::chrono::milliseconds timeout)
{
    pollfd entry{fd, static_cast<short>(POLLIN | (write ? POLLOUT : 0)), 0};
    return poll(&entry, 1, static_cast<int>(timeout.count())) > 0;
}

void closeSocket(int fd)
{
    if (fd >= 0)
        close(fd);
}

} // namespace zandb::remote
