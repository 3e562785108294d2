// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/helper/logs.h"

#include <mysql.h>

#include <cerrno>
#include <csignal>
#include <cstdio>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto askTime = 15s;
constexpr std::size_t maxSaid = 16u << 10;

/// What the server says: {"path","data"} or an error as on the wire.
Json askServer(const Config &config, const LocalInstance &instance, const OsUser &server, ServerLog log)
{
    auto client = connectTo(config, instance, Account::Watch, 5s, 5s);
    if (!client)
        return errorToJson(client.error());
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(mysql_get_socket((*client)->native()), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0
        || (peer.uid != server.uid && peer.uid != 0))
        return errorToJson(refused("somebody else than " + server.name + " listens on " + instance.socket.string()).value());
    const char *question = log == ServerLog::Slow ? "SELECT @@slow_query_log_file AS log, @@datadir AS data" : "SELECT @@log_error AS log, @@datadir AS data";
    const auto said = (*client)->query(question);
    if (!said)
        return errorToJson(said.error());
    return Json{{"path", said->value(0, "log").value_or("")}, {"data", said->value(0, "data").value_or("")}};
}

Result<Json> readAnswer(int fd)
{
    std::string text;
    const auto until = Clock::now() + askTime;
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
        pollfd end{fd, POLLIN, 0};
        if (left <= 0ms || ::poll(&end, 1, static_cast<int>(left.count())) == 0)
            return refused("the server does not say where its logs are");
        char buffer[4096];
        const ssize_t n = ::read(fd, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        text.append(buffer, static_cast<std::size_t>(n));
        if (text.size() > maxSaid)
            return refused("the server's answer is too long");
    }
    auto json = parseJson(text);
    if (!json || !json->is_object())
        return refused("the server could not be asked");
    if (json->contains("code"))
        return fail(errorFromJson(*json));
    return json;
}

Result<Json> askAsAgent(const Config &config, const LocalInstance &instance, const OsUser &server, const OsUser &agent, ServerLog log)
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return fail(ioError("pipe", errno));
    const FileDescriptor reading(ends[0]);
    FileDescriptor writing(ends[1]);
    const pid_t pid = ::fork();
    if (pid < 0)
        return fail(ioError("fork", errno));
    if (pid == 0) {
        dieWithParent();
        Json answer;
        try {
            // the change of user makes this process one that the agent cannot trace, and it starts no other program
            if (const auto became = become(agent); !became)
                answer = errorToJson(became.error());
            else
                answer = askServer(config, instance, server, log);
        } catch (const std::exception &) {
            ::_exit(1);
        }
        const std::string text = dumpJson(answer);
        (void)writeAll(writing.get(), text, "pipe");
        ::_exit(0);
    }
    writing.reset();
    auto answer = readAnswer(reading.get());
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return answer;
}

/// Opens by name in the directory, and only what a log may be.
Result<FileDescriptor> openChecked(const LogPlace &place, const OsUser &server, const std::string &name)
{
    const fs::path path = place.path.parent_path() / name;
    FileDescriptor file(::openat(place.directory.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    struct stat info{};
    if (!file)
        return errno == ELOOP ? refused(path.string() + " is a link") : Result<FileDescriptor>(fail(ioError(path, errno)));
    if (::fstat(file.get(), &info) != 0)
        return fail(ioError(path, errno));
    if (!S_ISREG(info.st_mode) || info.st_uid != server.uid || info.st_nlink != 1)
        return refused(path.string() + " is no plain file of " + server.name + "'s own");
    return file;
}

} // namespace

Result<LogPlace> findServerLog(const Config &config, const LocalInstance &instance, const OsUser &server, const OsUser &agent, ServerLog log)
{
    const auto said = askAsAgent(config, instance, server, agent, log);
    if (!said)
        return fail(said.error());
    fs::path path = said->value("path", std::string());
    if (path.empty() || path == "stderr")
        return refused(instance.name + " writes no such log to a file");
    if (path.is_relative())
        path = fs::path(said->value("data", std::string())) / path;
    path = path.lexically_normal();
    const std::string name = path.filename();
    if (!path.is_absolute() || name.size() > 200 || !(name.ends_with(".log") || name.ends_with(".err")))
        return refused("the log of " + instance.name + " is called " + path.string() + ", not *.log or *.err");
    const auto directory = trustedPath(path.parent_path(), server.uid);
    if (!directory)
        return fail(directory.error());
    LogPlace place{*directory / name, FileDescriptor(::open(directory->c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)), name};
    if (!place.directory)
        return fail(ioError(*directory, errno));
    return place;
}

std::string rotatedName(const std::string &name, std::int64_t number)
{
    return number == 0 ? name : name + '.' + std::to_string(number);
}

Result<FileDescriptor> openLog(const LogPlace &place, const OsUser &server, std::int64_t number)
{
    return openChecked(place, server, rotatedName(place.name, number));
}

Result<void> renameLog(const LogPlace &place, const OsUser &server, std::int64_t from, std::int64_t to)
{
    const std::string before = rotatedName(place.name, from), after = rotatedName(place.name, to);
    if (from == to || to == 0)
        return refused("a log is renamed to another number");
    if (const auto file = openChecked(place, server, before); !file)
        return fail(file.error());
    if (::renameat2(place.directory.get(), before.c_str(), place.directory.get(), after.c_str(), RENAME_NOREPLACE) != 0)
        return errno == EEXIST ? refused((place.path.parent_path() / after).string() + " is there already")
                               : Result<void>(fail(ioError(place.path.parent_path() / before, errno)));
    return {};
}

Result<void> removeLog(const LogPlace &place, const OsUser &server, std::int64_t number)
{
    const std::string name = rotatedName(place.name, number);
    if (number == 0)
        return refused("the log that the server writes is not removed");
    if (const auto file = openChecked(place, server, name); !file)
        return fail(file.error());
    if (::unlinkat(place.directory.get(), name.c_str(), 0) != 0)
        return fail(ioError(place.path.parent_path() / name, errno));
    return {};
}

} // namespace zandb::agent
