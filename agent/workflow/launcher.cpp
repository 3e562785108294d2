// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/workflow/launcher.h"

#include "agent/os/files.h"
#include "agent/os/log.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace zandb::agent {
namespace {

constexpr char readyByte = 'r';
constexpr char noCgroupByte = 'c';
constexpr char goByte = 'g';

/// Everything the child needs, prepared before fork: after it only system calls are allowed.
struct ChildPlan
{
    const char *program = nullptr;
    std::vector<char *> argv;
    int link = -1;
    int output = -1;
    int null = -1;
    int cgroup = -1;
    int nice = 0;
    int ioPriority = -1;
};

void closeOthersOnExec()
{
#ifdef SYS_close_range
    constexpr unsigned closeOnExec = 4; // CLOSE_RANGE_CLOEXEC
    if (::syscall(SYS_close_range, 3u, ~0u, closeOnExec) == 0)
        return;
#endif
    for (int fd = 3; fd < 4096; ++fd)
        ::fcntl(fd, F_SETFD, FD_CLOEXEC);
}

[[noreturn]] void runChild(const ChildPlan &plan)
{
    ::setsid();
    setPriorities(plan.nice, plan.ioPriority);
    char state = readyByte;
    if (plan.cgroup >= 0 && ::write(plan.cgroup, "0", 1) != 1)
        state = noCgroupByte;
    ::dup2(plan.null, STDIN_FILENO);
    ::dup2(plan.output, STDOUT_FILENO);
    ::dup2(plan.output, STDERR_FILENO);
    closeOthersOnExec();
    ::signal(SIGPIPE, SIG_DFL);
    // a cancel between here and the worker's own handler must wait for it, not kill it; runWork unblocks
    sigset_t blocked;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGTERM);
    ::sigprocmask(SIG_SETMASK, &blocked, nullptr);

    char go = 0;
    ssize_t n = ::write(plan.link, &state, 1);
    if (n == 1) {
        do {
            n = ::read(plan.link, &go, 1);
        } while (n < 0 && errno == EINTR);
    }
    if (n != 1 || go != goByte)
        ::_exit(1);
    ::execv(plan.program, plan.argv.data());
    const int error = errno;
    [[maybe_unused]] const ssize_t told = ::write(plan.link, &error, sizeof error);
    ::_exit(127);
}

/// Reads up to `size` bytes; fewer only at the end.
std::size_t readFrom(int fd, void *to, std::size_t size)
{
    std::size_t done = 0;
    while (done < size) {
        const ssize_t n = ::read(fd, static_cast<char *>(to) + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        done += static_cast<std::size_t>(n);
    }
    return done;
}

} // namespace

Result<ProcessIdentity> launchWorker(const LaunchSpec &spec,
                                     const std::function<Result<void>(const ProcessIdentity &)> &commit)
{
    // By default this very program, through the link that still leads to it when an upgrade has replaced its file:
    // serve and its workers stay of one version until serve is restarted.
    const std::filesystem::path program = spec.program.empty() ? std::filesystem::path("/proc/self/exe") : spec.program;
    std::vector<std::string> words{spec.program.empty() ? std::string("zandb-agent") : program.string()};
    words.insert(words.end(), spec.arguments.begin(), spec.arguments.end());
    words.push_back(spec.directory.string());

    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return fail(ioError("socketpair", errno));
    FileDescriptor mine(pair[0]);
    FileDescriptor theirs(pair[1]);
    const std::filesystem::path outputFile = spec.directory / "output";
    const FileDescriptor output(::open(outputFile.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!output)
        return fail(ioError(outputFile, errno));
    const FileDescriptor null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    FileDescriptor cgroup;
    if (!spec.cgroup.empty()) {
        cgroup.reset(::open((spec.cgroup / "cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
        if (!cgroup)
            logLine("cgroup " + spec.cgroup.string() + ": " + std::strerror(errno) + "; the worker runs outside it");
    }

    ChildPlan plan;
    plan.program = program.c_str();
    for (std::string &word : words)
        plan.argv.push_back(word.data());
    plan.argv.push_back(nullptr);
    plan.link = theirs.get();
    plan.output = output.get();
    plan.null = null.get();
    plan.cgroup = cgroup.get();
    plan.nice = spec.nice;
    plan.ioPriority = ioPriorityNumber(spec.ionice);

    const pid_t pid = ::fork();
    if (pid < 0)
        return fail(ioError("fork", errno));
    if (pid == 0) {
        ::close(pair[0]); // so that our death is seen as the end of the link
        runChild(plan);
    }
    theirs.reset();
    const auto giveUp = [&](Error error) {
        mine.reset();
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        return fail(std::move(error));
    };

    char state = 0;
    if (readFrom(mine.get(), &state, 1) != 1)
        return giveUp(makeError(errors::ioFailed, {{"path", program.string()}, {"detail", "the worker ended at once"}}));
    if (state == noCgroupByte)
        logLine("cgroup " + spec.cgroup.string() + ": refused the worker; it runs outside it");
    const ProcessIdentity identity{pid, startTimeOf(pid), bootId()};
    // whoever cannot be told from others later must not begin
    if (identity.startTime == 0 || identity.bootId.empty())
        return giveUp(makeError(errors::ioFailed, {{"path", "/proc"}, {"detail", "the new process cannot be looked at"}}));
    if (auto committed = commit(identity); !committed)
        return giveUp(committed.error());
    int error = 0;
    if (::send(mine.get(), &goByte, 1, MSG_NOSIGNAL) == 1 && readFrom(mine.get(), &error, sizeof error) == sizeof error)
        return giveUp(ioError(program, error));
    return identity;
}

} // namespace zandb::agent
