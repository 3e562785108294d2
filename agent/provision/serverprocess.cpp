// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/provision/serverprocess.h"

#include "agent/backups/privateserver.h"
#include "agent/os/child.h"
#include "agent/os/process.h"
#include "agent/protocol/provisionerrors.h"

#include <csignal>
#include <thread>

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

pid_t serverOf(const fs::path &myCnf)
{
    const std::string wanted = "--defaults-file=" + myCnf.string();
    std::error_code failure;
    for (fs::directory_iterator it("/proc", failure), end; !failure && it != end; it.increment(failure)) {
        const std::string name = it->path().filename().string();
        if (name.find_first_not_of("0123456789") != name.npos)
            continue;
        const auto line = readFile(it->path() / "cmdline", 1u << 20);
        if (!line)
            continue;
        for (std::size_t at = 0; at < line->size(); at += std::strlen(line->c_str() + at) + 1) {
            if (line->compare(at, wanted.size(), wanted) == 0 && (*line)[at + wanted.size()] == '\0' && startTimeOf(std::stoi(name)) != 0)
                return std::stoi(name);
        }
    }
    return 0;
}

namespace {

// Between fork and exec: async-signal-safe calls only.
[[noreturn]] void becomeServer(char *const *argv, char *const *env, int log, int report)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    // a worker's are those of background work; where that needs rights that we lack it stays
    (void)::setpriority(PRIO_PROCESS, 0, 0);
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    const int moved = ::fcntl(report, F_DUPFD_CLOEXEC, 3);
    if (moved >= 0 && ::dup2(null, 0) == 0 && ::dup2(log, 1) == 1 && ::dup2(log, 2) == 2 && ::chdir("/") == 0) {
        ::close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);
        ::execve(argv[0], argv, env);
    }
    const int number = errno;
    (void)!::write(moved >= 0 ? moved : report, &number, sizeof number);
    ::_exit(127);
}

} // namespace

Result<void> startDetached(const fs::path &program, const fs::path &myCnf, const fs::path &log)
{
    auto report = makePipe();
    if (!report)
        return fail(report.error());
    const FileDescriptor said(::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640));
    if (!said)
        return fail(ioError(log, errno));
    std::string words[] = {program.string(), "--defaults-file=" + myCnf.string()};
    char *argv[] = {words[0].data(), words[1].data(), nullptr};
    std::string variables[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"};
    char *env[] = {variables[0].data(), variables[1].data(), nullptr};
    const pid_t between = ::fork();
    if (between < 0)
        return fail(ioError("fork", errno));
    if (between == 0) {
        // a session of its own, so that what ends ours does not end it; then once more, so that it never gets a terminal
        ::setsid();
        const pid_t server = ::fork();
        if (server == 0)
            becomeServer(argv, env, said.get(), report->write.get());
        ::_exit(server < 0 ? 1 : 0);
    }
    report->write.reset();
    int status = 0;
    while (::waitpid(between, &status, 0) < 0 && errno == EINTR) { }
    int number = 0;
    ssize_t got;
    do {
        got = ::read(report->read.get(), &number, sizeof number);
    } while (got < 0 && errno == EINTR);
    if (got == sizeof number || status != 0)
        return fail(errors::toolFailed, {{"tool", program.string()}, {"status", "not started"}, {"detail", errnoText(got == sizeof number ? number : EAGAIN)}});
    return {};
}

Result<Greeting> waitForServer(const LocalInstance &instance, const fs::path &errorLog, std::chrono::seconds limit, const std::stop_token &stop)
{
    const auto until = Clock::now() + limit;
    auto seen = Clock::now();
    for (;;) {
        if (stop.stop_requested())
            return fail(errors::cancelled);
        const auto greeting = greet(instance);
        const pid_t pid = serverOf(instance.myCnf);
        if (greeting && pid != 0)
            return *greeting;
        if (pid != 0)
            seen = Clock::now();
        // a moment without it is the time between its start and its command line
        if (Clock::now() - seen > 3s || Clock::now() > until)
            return fail(errors::provisionNotStarted, {{"instance", instance.name}, {"detail", (pid == 0 ? "it ended: " : "it does not answer: ") + logTail(errorLog, 1000)}});
        std::this_thread::sleep_for(100ms);
    }
}

Result<void> endServer(const std::string &instance, const fs::path &myCnf, std::chrono::seconds patience)
{
    const auto begin = Clock::now();
    while (const pid_t pid = serverOf(myCnf)) {
        const auto waited = Clock::now() - begin;
        if (waited > patience + 60s)
            return fail(errors::provisionFailed, {{"instance", instance}, {"step", "stop"}, {"detail", "process " + std::to_string(pid) + " does not end"}});
        // again and again: while it starts a server may not listen yet
        ::kill(pid, waited > patience ? SIGKILL : SIGTERM);
        for (int i = 0; i < 20 && startTimeOf(pid) != 0; ++i)
            std::this_thread::sleep_for(100ms);
    }
    return {};
}

} // namespace zandb::agent
