// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/programs.h"

#include "agent/protocol/errors.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace fs = std::filesystem;

namespace zandb::agent {
namespace {

constexpr std::size_t maxOutput = 64 << 10;
constexpr auto limit = std::chrono::seconds{5};

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isProgram(const fs::path &file)
{
    struct stat info{};
    return stat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode) && access(file.c_str(), X_OK) == 0;
}

/// The first line that holds a version of three parts; a program may warn before that, with a date.  Else the first with
/// any number.
std::string lineWithVersion(std::string_view text)
{
    std::string numbered;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end).substr(0, 500);
        if (!versionSeries(line).empty())
            return std::string(line);
        if (numbered.empty() && std::ranges::any_of(line, isDigit))
            numbered = line;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return numbered;
}

} // namespace

fs::path findProgram(const Config &config, bool mariaDb, const std::string &name)
{
    // not PATH: a person's is another than that of a service, and both must find the same
    for (const fs::path &directory : {mariaDb ? config.mariadbTools : config.mysqlTools, fs::path("/usr/local/bin"), fs::path("/usr/bin"),
                                      fs::path("/bin"), fs::path("/usr/local/sbin"), fs::path("/usr/sbin"), fs::path("/sbin"), fs::path("/usr/libexec")}) {
        if (directory.is_absolute() && isProgram(directory / name))
            return directory / name;
    }
    return {};
}

std::string packageOf(bool mariaDb, std::string_view name)
{
    if (name == "mariadb-backup" || name == "mbstream")
        return "mariadb-backup";
    if (name == "mydumper" || name == "myloader")
        return "mydumper";
    if (name == "tar")
        return "tar";
    if (name == "ssh")
        return "openssh-client";
    const bool server = name == "mariadbd" || name == "mysqld" || name == "mariadb-install-db";
    return std::string(mariaDb ? "mariadb-" : "mysql-") + (server ? "server-core" : mariaDb ? "client" : "client-core");
}

Result<std::string> programVersion(const fs::path &program)
{
    const auto failed = [&](std::string status, std::string detail) {
        return fail(errors::toolFailed, {{"tool", program.string()}, {"status", std::move(status)}, {"detail", std::move(detail)}});
    };
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return failed("", std::strerror(errno));
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    std::string path = program.string(), option = "--version";
    char *const argv[] = {path.data(), option.data(), nullptr};
    char language[] = "LC_ALL=C", search[] = "PATH=/usr/local/bin:/usr/bin:/bin";
    char *const environment[] = {language, search, nullptr};
    pid_t pid = -1;
    const int failure = posix_spawn(&pid, path.c_str(), &actions, &attributes, argv, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    close(ends[1]);
    if (failure != 0) {
        close(ends[0]);
        return failed("", std::strerror(failure));
    }

    std::string output(maxOutput, '\0');
    std::size_t size = 0;
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (size < output.size()) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        pollfd entry{ends[0], POLLIN, 0};
        const int ready = left.count() > 0 ? poll(&entry, 1, static_cast<int>(left.count())) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        const ssize_t n = ready > 0 ? ::read(ends[0], output.data() + size, output.size() - size) : 0;
        if (n <= 0)
            break;
        size += static_cast<std::size_t>(n);
    }
    output.resize(size);
    close(ends[0]);
    // whoever closed its output has ended or is of no further interest
    int status = 0;
    pid_t ended = 0;
    while ((ended = waitpid(pid, &status, WNOHANG)) == 0 && std::chrono::steady_clock::now() < deadline)
        usleep(2000);
    if (ended == 0) {
        kill(-pid, SIGKILL);
        waitpid(pid, &status, 0);
        return failed("", "did not answer within 5 s");
    }
    std::string line = lineWithVersion(output);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || line.empty())
        return failed(WIFEXITED(status) ? std::to_string(WEXITSTATUS(status)) : "signal " + std::to_string(WTERMSIG(status)),
                      output.substr(0, 500));
    return line;
}

std::string versionSeries(std::string_view text)
{
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!isDigit(text[i]) || (i > 0 && (isDigit(text[i - 1]) || text[i - 1] == '.')))
            continue;
        std::size_t dots = 0, second = 0, end = i;
        while (end < text.size() && (isDigit(text[end]) || (text[end] == '.' && end + 1 < text.size() && isDigit(text[end + 1])))) {
            if (text[end] == '.' && ++dots == 2)
                second = end;
            ++end;
        }
        if (dots >= 2)
            return std::string(text.substr(i, second - i));
        i = end;
    }
    return {};
}

} // namespace zandb::agent
