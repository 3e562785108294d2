// SPDX-License-Identifier: GPL-3.0-or-later
// The forced command of every key: tells the agent on its unix socket who came and hands it stdin and stdout.
// Plain and small, since one of it runs for every open channel.

#include "agent/os/descriptors.h"
#include "agent/protocol/coredump.h"
#include "agent/protocol/preamble.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <poll.h>
#include <string>
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

std::string makeFrame(FrameKind kind, const std::string &body)
{
    const auto length = static_cast<std::uint32_t>(body.size() + 5);
    std::string frame;
    for (int shift = 24; shift >= 0; shift -= 8)
        frame += static_cast<char>(length >> shift & 0xff);
    frame += static_cast<char>(kind);
    frame.append(4, '\0');
    return frame + body;
}

/// Hands our stdin and stdout to the agent together with the frame that says who came, so that from here on not a byte
/// passes through this process: a request then costs what sshd costs.
bool handOver(int agent, const std::string &frame)
{
    const int streams[] = {STDIN_FILENO, STDOUT_FILENO};
    const ssize_t sent = zandb::agent::sendWithDescriptors(agent, frame, streams);
    return sent > 0 && writeAll(agent, frame.data() + sent, frame.size() - static_cast<std::size_t>(sent));
}

/// Stays while the agent keeps the channel, since sshd ends it when this process is gone.
void waitForEnd(int agent)
{
    char ignored[64];
    ssize_t n = 0;
    do
        n = ::read(agent, ignored, sizeof ignored);
    while (n > 0 || (n < 0 && errno == EINTR));
}

} // namespace

int main(int argc, char **argv)
{
    zandb::disableCoreFiles();
    std::signal(SIGPIPE, SIG_IGN);
    Arguments arguments;
    if (!parse(argc, argv, arguments))
        return 2;
    // the command the client asked for (SSH_ORIGINAL_COMMAND) is ignored on purpose
    if (!writeAll(STDOUT_FILENO, zandb::wire::preamble.data(), zandb::wire::preamble.size()))
        return 1;
    const int agent = zandb::agent::connectToSocket(arguments.socket);
    if (agent < 0) {
        const std::string detail = std::strerror(errno);
        const std::string path = isPlain(arguments.socket, 108) ? arguments.socket : "";
        const std::string failure = makeFrame(
            FrameKind::Failure, R"({"code":"agent.not_running","class":"transient","fields":{"socket":")" + path
                                    + R"(","detail":")" + detail + R"("}})");
        writeAll(STDOUT_FILENO, failure.data(), failure.size());
        return 1;
    }
    if (!handOver(agent, makeFrame(FrameKind::Attach, R"({"user":")" + arguments.user + R"(","role":")" + arguments.role
                                                          + R"(","key":")" + arguments.key + R"("})")))
        return 1;
    waitForEnd(agent);
    return 0;
}
