// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/os/process.h"

#include "agent/os/files.h"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <sstream>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace zandb::agent {
namespace {

struct Stat
{
    char state = 0;
    pid_t parent = 0;
    pid_t session = 0;
    int threads = 0;
    std::uint64_t startTime = 0;
};

std::optional<Stat> statOf(pid_t pid)
{
    const auto text = readFile("/proc/" + std::to_string(pid) + "/stat", 8192);
    if (!text)
        return std::nullopt;
    // the program's name stands in parentheses and may hold anything
    const auto close = text->rfind(')');
    if (close == std::string::npos)
        return std::nullopt;
    std::istringstream rest(text->substr(close + 1));
    Stat stat;
    std::string skipped;
    rest >> stat.state >> stat.parent >> skipped >> stat.session; // fields 3 to 6
    for (int field = 7; field <= 19; ++field)
        rest >> skipped;
    rest >> stat.threads >> skipped >> stat.startTime; // fields 20 to 22
    if (!rest)
        return std::nullopt;
    return stat;
}

// The first thread of a process that was killed is a zombie while others still end, and only with the last one its files are
// closed and its locks free.
bool isGone(const Stat &stat)
{
    return stat.threads <= 1 && (stat.state == 'Z' || stat.state == 'X' || stat.state == 'x');
}

} // namespace

std::string bootId()
{
    static std::mutex mutex;
    static std::string id;
    const std::lock_guard lock(mutex);
    if (id.empty()) { // not yet read, or no descriptor was left for it
        id = readFile("/proc/sys/kernel/random/boot_id", 100).value_or(std::string{});
        while (!id.empty() && id.back() == '\n')
            id.pop_back();
    }
    return id;
}

std::uint64_t startTimeOf(pid_t pid)
{
    const auto stat = statOf(pid);
    return stat && !isGone(*stat) ? stat->startTime : 0;
}

bool isRunning(const ProcessIdentity &process)
{
    if (process.pid <= 0 || process.startTime == 0)
        return false;
    const std::string boot = bootId();
    if (!boot.empty() && process.bootId != boot)
        return false;
    if (const auto stat = statOf(process.pid))
        return !isGone(*stat) && stat->startTime == process.startTime;
    // gone, or no descriptor is left to look: who cannot be looked at is not dead
    return ::kill(process.pid, 0) == 0 || errno != ESRCH;
}

std::optional<std::vector<pid_t>> lineageOf(pid_t pid)
{
    // a parent that ends meanwhile leaves its children to another one, so it is looked up again
    for (int attempt = 0; attempt < 3; ++attempt) {
        std::vector<pid_t> lineage;
        for (pid_t at = pid;;) {
            const auto stat = statOf(at);
            if (!stat || isGone(*stat))
                break;
            lineage.push_back(at);
            if (at == 1 || stat->parent == 0) // 0 is the parent of those that another pid namespace started
                return lineage;
            at = stat->parent;
        }
        if (lineage.empty())
            break;
    }
    return std::nullopt;
}

std::optional<pid_t> sessionOf(pid_t pid)
{
    const auto stat = statOf(pid);
    return stat ? std::optional(stat->session) : std::nullopt;
}

std::filesystem::path cgroupOf(pid_t pid)
{
    std::istringstream lines(readFile("/proc/" + std::to_string(pid) + "/cgroup", 64 * 1024).value_or(std::string{}));
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("0::"))
            return line.substr(3);
    }
    return {};
}

bool isSystemdService()
{
    const char *pid = std::getenv("SYSTEMD_EXEC_PID");
    return pid && pid == std::to_string(::getpid());
}

static constexpr int ioprioClassShift = 13;

int ioPriorityNumber(const std::string &text)
{
    if (text == "idle")
        return 3 << ioprioClassShift;
    if (text.starts_with("best-effort:"))
        return 2 << ioprioClassShift | (std::atoi(text.c_str() + 12) & 7);
    return -1;
}

void setPriorities(int nice, int ioPriority)
{
    constexpr int whoProcess = 1;
    if (nice != 0)
        ::setpriority(PRIO_PROCESS, 0, nice);
    if (ioPriority >= 0)
        ::syscall(SYS_ioprio_set, whoProcess, 0, ioPriority);
}

std::optional<std::vector<pid_t>> sessionMembers(const ProcessIdentity &leader)
{
    std::vector<pid_t> members;
    const std::string boot = bootId();
    if (leader.pid <= 1 || (!boot.empty() && leader.bootId != boot))
        return members;
    const auto stat = statOf(leader.pid);
    if (stat && stat->startTime != leader.startTime)
        return members;
    if (boot.empty() || (!stat && ::kill(leader.pid, 0) == 0))
        return std::nullopt;
    std::error_code error;
    std::filesystem::directory_iterator it("/proc", error);
    if (error)
        return std::nullopt;
    for (const std::filesystem::directory_iterator end; it != end; it.increment(error)) {
        const std::string name = it->path().filename().string();
        pid_t pid = 0;
        const auto [stop, notNumber] = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (notNumber != std::errc{} || stop != name.data() + name.size())
            continue;
        const auto other = statOf(pid);
        if (other && !isGone(*other) && other->session == leader.pid && other->startTime >= leader.startTime)
            members.push_back(pid);
    }
    return members;
}

std::optional<int> signalSession(const ProcessIdentity &leader, int signal)
{
    const auto members = sessionMembers(leader);
    if (!members)
        return std::nullopt;
    if (!members->empty())
        ::kill(-leader.pid, signal);
    for (const pid_t pid : *members) {
        if (::getpgid(pid) != leader.pid)
            ::kill(pid, signal);
    }
    return static_cast<int>(members->size());
}

} // namespace zandb::agent
