// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cerrno>
#include <cstring>
#include <span>
#include <string_view>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <unistd.h>

/// Unix sockets and descriptors passed over them.  Header only: zandb-attach stays as small as it is.
namespace zandb::agent {

/// A connected stream socket, close-on-exec; -1 with errno.
inline int connectToSocket(std::string_view path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (::connect(fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0) {
        const int error = errno;
        ::close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

inline constexpr std::size_t maxPassedDescriptors = 3;

/// Sends the beginning of `data` together with at most maxPassedDescriptors.  Async-signal-safe.  Bytes sent, or -1 with errno.
inline ssize_t sendWithDescriptors(int socket, std::string_view data, std::span<const int> descriptors)
{
    alignas(cmsghdr) char control[CMSG_SPACE(maxPassedDescriptors * sizeof(int))] = {};
    iovec bytes{const_cast<char *>(data.data()), data.size()};
    msghdr message{};
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    if (descriptors.size() > maxPassedDescriptors) {
        errno = EINVAL;
        return -1;
    }
    if (!descriptors.empty()) {
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
        cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(descriptors.size_bytes());
        std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
    }
    ssize_t sent = 0;
    do
        sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent;
}

/// What one recvmsg gives, without waiting: bytes (0: the end, -1: errno), and every descriptor to `take`, which owns it
/// from then on.  -1 with EMFILE when the kernel kept some back: more than that came, or this process has no room for them.
/// Whoever sent them waits for an answer on them, so the connection is of no use then.
template<class Take>
ssize_t receiveWithDescriptors(int socket, std::span<char> buffer, Take take)
{
    alignas(cmsghdr) char control[CMSG_SPACE(maxPassedDescriptors * sizeof(int))];
    iovec data{buffer.data(), buffer.size()};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t n = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (n <= 0)
        return n;
    for (cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
            continue;
        const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(header) + i * sizeof fd, sizeof fd);
            take(fd);
        }
    }
    if (message.msg_flags & MSG_CTRUNC) {
        errno = EMFILE;
        return -1;
    }
    return n;
}

} // namespace zandb::agent
