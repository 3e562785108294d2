// SPDX-License-Identifier: GPL-3.0-or-later
// The forced command of every key: joins stdin and stdout to the agent's unix socket and tells the agent who came.
// Plain and small, since one of it runs for every open channel.

#include "agent/protocol/preamble.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

using zandb::wire::FrameKind;

constexpr const char *defaultSocket = "/run/zandb/agent.sock";

struct Arguments
{
    std::string socket = defaultSocket;
    std::string user;
    std::string role;
    std::string key;
};

/// Only what needs no escaping in JSON may pass.
bool isPlain(const std::string &text, std::size_t limit)
{
    static constexpr char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-:+/=@";
    return text.size() <= limit && text.find_first_not_of(allowed) == std::string::npos;
}

bool parse(int argc, char **argv, Arguments &out)
{
    for (int i = 1; i < argc; ++i) {
        const std::string name = argv[i];
        std::string *target = name == "--socket" ? &out.socket
                            : name == "--user"   ? &out.user
                            : name == "--role"   ? &out.role
                            : name == "--key"    ? &out.key
                                                 : nullptr;
        if (!target) {
            std::fprintf(stderr, "zandb-attach: unknown argument \"%s\"\n", argv[i]);
            return false;
        }
        if (++i == argc) {
            std::fprintf(stderr, "zandb-attach: %s needs a value\n", argv[i - 1]);
            return false;
        }
        *target = argv[i];
    }
    if (out.user.empty() || out.role.empty()) {
        std::fputs("zandb-attach: --user and --role are needed\n", stderr);
        return false;
    }
    if (!isPlain(out.user, 64) || !isPlain(out.role, 64) || !isPlain(out.key, 128)) {
        std::fputs("zandb-attach: --user, --role or --key has a character that is not allowed\n", stderr);
        return false;
    }
    return true;
}

bool writeAll(int fd, const char *data, std::size_t size)
{
    while (size > 0) {
        const ssize_t n = ::write(fd, data, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            pollfd wait{fd, POLLOUT, 0};
            ::poll(&wait, 1, -1);
            continue;
        }
        if (n <= 0)
            return false;
        data += n;
        size -= static_cast<std::size_t>(n);
    }
    return true;
}

bool writeFrame(int fd, FrameKind kind, const std::string &body)
{
    const auto length = static_cast<std::uint32_t>(body.size() + 5);
    std::string frame;
    for (int shift = 24; shift >= 0; shift -= 8)
        frame += static_cast<char>(length >> shift & 0xff);
    frame += static_cast<char>(kind);
    frame.append(4, '\0');
    frame += body;
    return writeAll(fd, frame.data(), frame.size());
}

/// The agent's socket, or -1 with errno.
int connectTo(const std::string &path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
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

/// One direction: bytes read and not yet written.
struct Pipe
{
    int from;
    int to;
    char buffer[16 * 1024] = {};
    std::size_t begin = 0;
    std::size_t end = 0;
    bool ended = false; ///< `from` is at its end; what is buffered still goes out

    explicit Pipe(int source, int target) : from(source), to(target) {}
    bool wantsRead() const { return !ended && begin == end; }
    bool wantsWrite() const { return begin < end; }

    /// False when this direction is over or broken.
    bool read()
    {
        const ssize_t n = ::read(from, buffer, sizeof buffer);
        if (n < 0)
            return errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK;
        begin = 0;
        end = static_cast<std::size_t>(n);
        ended = n == 0;
        return n > 0;
    }
    bool write()
    {
        const ssize_t n = ::write(to, buffer + begin, end - begin);
        if (n < 0)
            return errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK;
        begin += static_cast<std::size_t>(n);
        return true;
    }
};

void setNonBlocking(int fd)
{
    const int flags = ::fcntl(fd, F_GETFL);
    if (flags >= 0)
        ::fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

/// Until either side ends.
void pump(int agent)
{
    setNonBlocking(STDIN_FILENO);
    setNonBlocking(STDOUT_FILENO);
    setNonBlocking(agent);
    static Pipe up(STDIN_FILENO, agent);
    static Pipe down(agent, STDOUT_FILENO);
    for (;;) {
        // three ends, and the agent's end is watched for both directions
        pollfd ends[3] = {{up.wantsRead() ? STDIN_FILENO : -1, POLLIN, 0},
                          {agent, 0, 0},
                          {STDOUT_FILENO, static_cast<short>(down.wantsWrite() ? POLLOUT : 0), 0}};
        ends[1].events = static_cast<short>((down.wantsRead() ? POLLIN : 0) | (up.wantsWrite() ? POLLOUT : 0));
        if (ends[1].events == 0)
            ends[1].fd = -1; // a hang-up is seen once what is buffered went out
        if (::poll(ends, 3, -1) < 0) {
            if (errno == EINTR)
                continue;
            return;
        }
        if (ends[2].revents & (POLLERR | POLLHUP | POLLNVAL))
            return;
        if (ends[0].revents && !up.read())
            return;
        if (up.wantsWrite() && (ends[1].revents & (POLLOUT | POLLERR | POLLHUP)) && !up.write())
            return;
        if (down.wantsRead() && (ends[1].revents & (POLLIN | POLLERR | POLLHUP)) && !down.read())
            return;
        if (down.wantsWrite() && !down.write())
            return;
    }
}

} // namespace

int main(int argc, char **argv)
{
    std::signal(SIGPIPE, SIG_IGN);
    Arguments arguments;
    if (!parse(argc, argv, arguments))
        return 2;
    // the command the client asked for (SSH_ORIGINAL_COMMAND) is ignored on purpose
    if (!writeAll(STDOUT_FILENO, zandb::wire::preamble.data(), zandb::wire::preamble.size()))
        return 1;
    const int agent = connectTo(arguments.socket);
    if (agent < 0) {
        const std::string detail = std::strerror(errno);
        const std::string path = isPlain(arguments.socket, 108) ? arguments.socket : "";
        writeFrame(STDOUT_FILENO, FrameKind::Failure,
                   R"({"code":"agent.not_running","class":"transient","fields":{"socket":")" + path
                       + R"(","detail":")" + detail + R"("}})");
        return 1;
    }
    if (!writeFrame(agent, FrameKind::Attach,
                    R"({"user":")" + arguments.user + R"(","role":")" + arguments.role + R"(","key":")"
                        + arguments.key + R"("})"))
        return 1;
    pump(agent);
    return 0;
}
