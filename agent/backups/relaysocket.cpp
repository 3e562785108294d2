// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/relaysocket.h"

#include <cerrno>
#include <chrono>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t bufferSize = 256u << 10;

// A path of any length: sockets' addresses have 108 bytes only.
sockaddr_un addressOf(const FileDescriptor &directory, const std::string &name)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = "/proc/self/fd/" + std::to_string(directory.get()) + '/' + name;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    return address;
}

} // namespace

bool waitFor(int fd, short events, const std::stop_token &stop)
{
    while (!stop.stop_requested()) {
        pollfd waiting{fd, events, 0};
        if (::poll(&waiting, 1, 100) > 0)
            return true;
    }
    return false;
}

bool sendAll(int fd, std::span<const char> bytes, const std::stop_token &stop)
{
    while (!bytes.empty()) {
        const ssize_t put = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (put >= 0) {
            bytes = bytes.subspan(static_cast<std::size_t>(put));
        } else if (errno == EAGAIN) {
            if (!waitFor(fd, POLLOUT, stop))
                return false;
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

Result<FileDescriptor> listenOn(const fs::path &path)
{
    const FileDescriptor directory(::open(path.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    FileDescriptor listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    ::unlink(path.c_str());
    const sockaddr_un address = addressOf(directory, path.filename().string());
    if (!directory || !listener || ::bind(listener.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0
        || ::chmod(path.c_str(), 0600) != 0 || ::listen(listener.get(), 16) != 0)
        return fail(ioError(path, errno));
    return listener;
}

FileDescriptor acceptOwn(int listener, const std::stop_token &stop)
{
    while (waitFor(listener, POLLIN, stop)) {
        FileDescriptor program(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
        if (!program) // without a descriptor that is free the next try fails at once too
            std::this_thread::sleep_for(std::chrono::milliseconds{100});
        ucred peer{};
        socklen_t size = sizeof peer;
        if (program && ::getsockopt(program.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == ::geteuid())
            return program;
    }
    return {};
}

Result<FileDescriptor> connectToServer(const fs::path &socket)
{
    const FileDescriptor directory(::open(socket.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    FileDescriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_un address = addressOf(directory, socket.filename().string());
    if (!directory || !fd || ::connect(fd.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        return fail(ioError(socket, errno));
    return fd;
}

std::optional<std::uint64_t> idInGreeting(std::string_view bytes)
{
    // u24 length, u8 number, 10, the version's text with its 0, u32 id
    constexpr std::size_t header = 4;
    constexpr std::size_t longestVersion = 512;
    if (bytes.size() <= header)
        return std::nullopt;
    const auto end = bytes.find('\0', header + 1);
    if (bytes[header] != 10 || (end == bytes.npos && bytes.size() > longestVersion))
        return 0;
    if (end == bytes.npos || bytes.size() < end + 5)
        return std::nullopt;
    std::uint64_t id = 0;
    for (std::size_t i = 4; i > 0; --i)
        id = id << 8 | static_cast<unsigned char>(bytes[end + i]);
    return id;
}

void passAll(int program, int server, const std::stop_token &stop, const std::function<void(bool fromServer)> &passed)
{
    std::vector<char> buffer(bufferSize);
    for (;;) {
        pollfd ends[2] = {{server, POLLIN, 0}, {program, POLLIN, 0}};
        if (stop.stop_requested())
            return;
        if (::poll(ends, 2, 100) <= 0)
            continue;
        for (int i = 0; i < 2; ++i) {
            if (ends[i].revents == 0)
                continue;
            const ssize_t got = ::read(ends[i].fd, buffer.data(), buffer.size());
            if (got < 0 && errno == EINTR)
                continue;
            if (got <= 0 || !sendAll(ends[1 - i].fd, {buffer.data(), static_cast<std::size_t>(got)}, stop))
                return;
            if (passed)
                passed(i == 0);
        }
    }
}

} // namespace zandb::agent
