// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/helper/helper.h"

#include "agent/helper/verbs.h"
#include "agent/os/descriptors.h"
#include "agent/os/log.h"

#include <cerrno>
#include <csignal>

#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>

namespace zandb::agent {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int maxConnections = 32;
constexpr auto requestTime = 10s;

/// The request's line and what came with it.  Errors: cancelled (the caller hung up and asked nothing), protocol.*.
Result<std::string> receiveRequest(int socket, std::vector<FileDescriptor> &descriptors)
{
    std::string line;
    const auto until = Clock::now() + requestTime;
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
        pollfd end{socket, POLLIN, 0};
        if (left <= 0ms || (::poll(&end, 1, static_cast<int>(left.count())) == 0))
            return fail(errors::protocolMalformed, {{"detail", "no request in time"}});
        char buffer[4096];
        const ssize_t n = receiveWithDescriptors(socket, buffer, [&](int fd) { descriptors.emplace_back(fd); });
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n < 0 && errno == EMFILE)
            return fail(errors::protocolMalformed, {{"detail", "too many descriptors"}});
        if (n == 0 && line.empty())
            return fail(errors::cancelled);
        if (n <= 0)
            return fail(errors::protocolMalformed, {{"detail", "the end of the connection before that of the request"}});
        line.append(buffer, static_cast<std::size_t>(n));
        if (const auto newline = line.find('\n'); newline != line.npos) {
            if (newline + 1 != line.size())
                return fail(errors::protocolMalformed, {{"detail", "more than one request"}});
            line.pop_back();
            return line;
        }
        if (line.size() > maxHelperRequest)
            return fail(errors::protocolTooLarge, {{"bytes", std::to_string(line.size())}, {"limit", std::to_string(maxHelperRequest)}});
        if (descriptors.size() > maxPassedDescriptors)
            return fail(errors::protocolMalformed, {{"detail", "too many descriptors"}});
    }
}

void sendAnswer(int socket, const Result<Json> &answer, const FileDescriptor &descriptor)
{
    std::string line = dumpJson(answer ? Json{{"ok", true}, {"data", *answer}} : Json{{"ok", false}, {"error", errorToJson(answer.error())}});
    if (line.size() >= maxHelperAnswer)
        line = dumpJson({{"ok", false}, {"error", errorToJson(makeError(errors::internal, {{"detail", "an answer too long"}}))}});
    line += '\n';
    std::string_view rest = line;
    if (answer && descriptor) {
        const int passed[] = {descriptor.get()};
        const ssize_t n = sendWithDescriptors(socket, rest, passed);
        if (n < 0)
            return;
        rest.remove_prefix(static_cast<std::size_t>(n));
    }
    while (!rest.empty()) {
        const ssize_t n = ::send(socket, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR)
            return;
        rest.remove_prefix(n > 0 ? static_cast<std::size_t>(n) : 0);
    }
    ::shutdown(socket, SHUT_WR);
    // what the other end still sends would otherwise make the kernel throw the answer away
    char ignored[4096];
    const auto until = Clock::now() + 1s;
    for (pollfd end{socket, POLLIN, 0}; Clock::now() < until && ::poll(&end, 1, 200) > 0;) {
        if (::recv(socket, ignored, sizeof ignored, MSG_DONTWAIT) <= 0)
            return;
    }
}

/// Names the request in the log: who, what, of what; never a key.
std::string nameOf(const HelperRequest &request)
{
    std::string name = request.verb;
    for (const char *argument : {"instance", "id", "action", "restore", "user", "role", "log"}) {
        if (const auto it = request.arguments.find(argument); it != request.arguments.end())
            name += std::string(" ") + argument + "=" + it->get<std::string>();
    }
    return name;
}

Result<Json> answerTo(int socket, const ucred &peer, const fs::path &configFile, bool bySystemd, std::string &name, FileDescriptor &passed)
{
    const auto config = loadTrustedConfig(configFile);
    if (!config)
        return fail(config.error());
    const auto agent = osUser(config->helperUser);
    if (!agent)
        return fail(agent.error());
    if (peer.uid != agent->uid)
        return refused("only " + agent->name + " may ask, not uid " + std::to_string(peer.uid));
    std::vector<FileDescriptor> descriptors;
    const auto line = receiveRequest(socket, descriptors);
    if (!line)
        return fail(line.error());
    auto request = parseHelperRequest(*line);
    if (!request)
        return fail(request.error());
    name = nameOf(*request);
    if (descriptors.size() != descriptorsOf(request->verb))
        return fail(errors::protocolBadParams, {{"method", request->verb}, {"detail", "not as many descriptors as it needs"}});
    HelperTask task{*config, std::move(*request), socket, std::move(descriptors), peer.pid, bySystemd};
    auto answer = actOn(task);
    passed = std::move(task.answer);
    return answer;
}

} // namespace

int answerConnection(int socket, const fs::path &configFile, bool bySystemd)
{
    ::signal(SIGPIPE, SIG_IGN);
    ::umask(077);
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
        logLine("stdin is not a connection");
        return 2;
    }
    constexpr const char *unnamed = "request";
    std::string name = unnamed;
    Result<Json> answer = fail(errors::internal);
    FileDescriptor passed;
    try {
        answer = answerTo(socket, peer, configFile, bySystemd, name, passed);
    } catch (const std::exception &e) {
        answer = fail(errors::internal, {{"detail", e.what()}});
    }
    if (!answer && answer.error().is(errors::cancelled) && name == unnamed)
        return 0; // check-config only looks whether somebody is there
    if (!answer && answer.error().is(errors::helperRefused) && answer.error().fields["verb"].empty())
        answer.error().fields["verb"] = name.substr(0, name.find(' '));
    logLine(name + " of uid " + std::to_string(peer.uid) + ", pid " + std::to_string(peer.pid) + ": "
            + (answer ? "done " + (answer->contains("status") ? dumpJson(*answer) : std::string()) : describe(answer.error())));
    sendAnswer(socket, answer, passed);
    return answer ? 0 : 1;
}

int serveHelper(const fs::path &socket, const fs::path &configFile)
{
    const auto config = loadTrustedConfig(configFile);
    const auto agent = config ? osUser(config->helperUser) : Result<OsUser>(fail(config.error()));
    if (!agent) {
        logLine("cannot serve: " + describe(agent.error()));
        return 1;
    }
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket.native().size() >= sizeof address.sun_path) {
        logLine("the socket's path is too long");
        return 2;
    }
    std::memcpy(address.sun_path, socket.c_str(), socket.native().size());
    struct stat info{};
    if (::lstat(socket.c_str(), &info) == 0 && S_ISSOCK(info.st_mode))
        ::unlink(socket.c_str());
    const FileDescriptor listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const mode_t mask = ::umask(0177);
    const bool bound = ::bind(listener.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0;
    ::umask(mask);
    if (!bound || (::geteuid() == 0 && ::lchown(socket.c_str(), agent->uid, agent->gid) != 0) || ::listen(listener.get(), 64) != 0) {
        logLine("cannot listen on " + socket.string() + ": " + errnoText(errno));
        return 1;
    }
    logLine("serving " + agent->name + " on " + socket.string());
    int running = 0;
    for (;;) {
        while (running > 0 && ::waitpid(-1, nullptr, running >= maxConnections ? 0 : WNOHANG) > 0)
            --running;
        pollfd end{listener.get(), POLLIN, 0};
        // wakes to reap: a connection that ended should not stay a zombie for long
        if (::poll(&end, 1, running > 0 ? 1000 : -1) <= 0)
            continue;
        const FileDescriptor connection(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!connection)
            continue;
        const pid_t pid = ::fork();
        if (pid == 0) {
            dieWithParent();
            ::close(listener.get());
            ::_exit(answerConnection(connection.get(), configFile));
        }
        if (pid > 0)
            ++running;
        else
            logLine(std::string("fork: ") + errnoText(errno));
    }
}

} // namespace zandb::agent
