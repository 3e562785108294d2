// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/os/child.h"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace zandb::agent {

using namespace std::chrono_literals;

Result<Pipe> makePipe(int capacity)
{
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) != 0)
        return fail(ioError("pipe", errno));
    Pipe pipe{FileDescriptor(fds[0]), FileDescriptor(fds[1])};
    if (capacity > 0)
        (void)::fcntl(fds[0], F_SETPIPE_SZ, capacity); // above the user's limit it stays as it is
    return pipe;
}

std::string ExitStatus::text() const
{
    return signal ? "signal " + std::to_string(signal) : std::to_string(code);
}

namespace {

// Runs in the child between fork and exec: async-signal-safe calls only.
[[noreturn]] void become(const Command &command, char *const *argv, char *const *env, const char *directory, int report,
                         pid_t parent, int ruleset)
{
    ::setpgid(0, 0);
    if (command.dieWithParent) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent)
            ::_exit(127);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);

    const int wanted[3] = {command.stdinFd, command.stdoutFd, command.stderrFd};
    int moved[3];
    for (int i = 0; i < 3; ++i) {
        // above 2 first, so that none overwrites another
        const int from = wanted[i] >= 0 ? wanted[i] : ::open("/dev/null", O_RDWR | O_CLOEXEC);
        moved[i] = ::fcntl(from, F_DUPFD_CLOEXEC, 3);
    }
    const int status = ::fcntl(report, F_DUPFD_CLOEXEC, 3);
    bool wired = status >= 0;
    for (int i = 0; i < 3; ++i)
        wired = wired && moved[i] >= 0 && ::dup2(moved[i], i) == i;
    if (wired && ::chdir(directory) == 0 && (!command.enter || command.enter(command.enterWith))) {
        ::close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);
        if (ruleset < 0 || enterRuleset(ruleset))
            ::execve(argv[0], argv, env);
    }
    const int number = errno;
    (void)!::write(status >= 0 ? status : report, &number, sizeof number);
    ::_exit(127);
}

} // namespace

Result<std::unique_ptr<Child>> Child::start(const Command &command)
{
    auto report = makePipe();
    if (!report)
        return fail(report.error());
    auto ruleset = command.confinement ? makeRuleset(*command.confinement) : FileDescriptor();
    if (!ruleset)
        return fail(ruleset.error());
    std::vector<char *> argv;
    for (const auto &word : command.argv)
        argv.push_back(const_cast<char *>(word.c_str()));
    argv.push_back(nullptr);
    // a small environment of our own: nothing a tool reads from it may change what a backup is
    std::vector<std::string> variables{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"};
    for (const char *name : {"HOME", "TZ", "TMPDIR", "USER", "LOGNAME"}) {
        if (!command.temporary.empty() && std::string_view(name) == "TMPDIR")
            variables.push_back("TMPDIR=" + command.temporary.string());
        else if (command.bare)
            continue;
        else if (const char *value = ::getenv(name))
            variables.push_back(std::string(name) + '=' + value);
    }
    std::vector<char *> env;
    for (auto &variable : variables)
        env.push_back(variable.data());
    env.push_back(nullptr);
    const std::string directory = command.directory.empty() ? "/" : command.directory.string();

    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0)
        return fail(ioError("fork", errno));
    if (pid == 0)
        become(command, argv.data(), env.data(), directory.c_str(), report->write.get(), parent, ruleset->get());
    ::setpgid(pid, pid);
    report->write.reset();
    int number = 0;
    ssize_t got;
    do {
        got = ::read(report->read.get(), &number, sizeof number);
    } while (got < 0 && errno == EINTR);
    std::unique_ptr<Child> child(new Child(pid));
    if (got == sizeof number) {
        child->end(0ms);
        return fail(errors::toolFailed,
                    {{"tool", command.argv.at(0)}, {"status", "not started"}, {"detail", errnoText(number)}});
    }
    return child;
}

Child::~Child()
{
    if (!m_status)
        end(0ms);
}

void Child::signalGroup(int number)
{
    std::lock_guard lock(m_mutex);
    if (!m_status)
        ::kill(-m_pid, number);
}

std::optional<ExitStatus> Child::poll()
{
    std::lock_guard lock(m_mutex);
    if (m_status)
        return m_status;
    siginfo_t ended{};
    if (::waitid(P_PID, static_cast<id_t>(m_pid), &ended, WEXITED | WNOHANG | WNOWAIT) == 0) {
        if (ended.si_pid != m_pid)
            return std::nullopt;
        // what it left behind would hold its pipes open; until it is reaped the group's number is nobody else's
        ::kill(-m_pid, SIGKILL);
    }
    int status = 0;
    const pid_t got = ::waitpid(m_pid, &status, WNOHANG);
    if (got == 0 || (got < 0 && errno == EINTR))
        return std::nullopt;
    ExitStatus end;
    if (got == m_pid && WIFEXITED(status))
        end.code = WEXITSTATUS(status);
    else if (got == m_pid && WIFSIGNALED(status))
        end.signal = WTERMSIG(status);
    m_status = end;
    return m_status;
}

std::optional<ExitStatus> Child::wait(std::chrono::milliseconds limit, const std::stop_token &stop)
{
    const auto until = std::chrono::steady_clock::now() + limit;
    auto pause = 1ms;
    for (;;) {
        if (auto status = poll())
            return status;
        if (stop.stop_requested() || std::chrono::steady_clock::now() >= until)
            return std::nullopt;
        std::this_thread::sleep_for(pause);
        pause = std::min(pause * 2, 50ms);
    }
}

ExitStatus Child::end(std::chrono::milliseconds grace)
{
    if (auto status = poll())
        return *status;
    if (grace > 0ms) {
        terminate();
        if (auto status = wait(grace))
            return *status;
    }
    kill();
    for (;;) {
        if (auto status = wait(1s))
            return *status;
    }
}

LineReader::LineReader(FileDescriptor fd, Listener listener, Editor editor)
    : m_fd(std::move(fd)), m_listener(std::move(listener)), m_editor(std::move(editor))
{
    m_thread = std::thread([this] { run(); });
}

void LineReader::join(std::chrono::milliseconds patience)
{
    m_until = std::chrono::steady_clock::now() + patience;
    if (m_thread.joinable())
        m_thread.join();
}

void LineReader::run()
{
    constexpr std::size_t maxLine = 4096;
    std::string line;
    char buffer[16384];
    const auto finish = [&] {
        if (m_editor)
            line = m_editor(line);
        if (m_editor && line.empty())
            return;
        if (m_listener)
            m_listener(line);
        m_last.push_back(std::move(line));
        if (m_last.size() > 200)
            m_last.pop_front();
        line.clear();
    };
    for (;;) {
        pollfd waiting{m_fd.get(), POLLIN, 0};
        const int ready = ::poll(&waiting, 1, 200);
        if (ready == 0 && std::chrono::steady_clock::now() > m_until.load())
            break;
        if (ready == 0 || (ready < 0 && errno == EINTR))
            continue;
        const ssize_t got = ::read(m_fd.get(), buffer, sizeof buffer);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        for (ssize_t i = 0; i < got; ++i) {
            if (buffer[i] == '\n')
                finish();
            else if (line.size() < maxLine)
                line += buffer[i];
        }
    }
    if (!line.empty())
        finish();
}

std::string LineReader::tail(std::size_t lines) const
{
    std::string text;
    for (std::size_t i = m_last.size() > lines ? m_last.size() - lines : 0; i < m_last.size(); ++i)
        text += (text.empty() ? "" : "\n") + m_last[i];
    return text;
}

Result<Captured> capture(const std::vector<std::string> &argv, std::chrono::milliseconds limit, const std::stop_token &stop)
{
    Command command;
    command.argv = argv;
    return capture(std::move(command), limit, stop);
}

Result<Captured> capture(Command command, std::chrono::milliseconds limit, const std::stop_token &stop)
{
    auto out = makePipe();
    auto err = makePipe();
    if (!out || !err)
        return fail(out ? err.error() : out.error());
    command.stdoutFd = out->write.get();
    command.stderrFd = err->write.get();
    auto child = Child::start(command);
    if (!child)
        return fail(child.error());
    out->write.reset();
    err->write.reset();
    LineReader lines(std::move(err->read));
    Captured captured;
    const auto until = std::chrono::steady_clock::now() + limit;
    char buffer[16384];
    for (;;) {
        pollfd waiting{out->read.get(), POLLIN, 0};
        const int ready = ::poll(&waiting, 1, 100);
        if (stop.stop_requested() || std::chrono::steady_clock::now() >= until) {
            (*child)->end(500ms);
            if (stop.stop_requested())
                return fail(errors::cancelled);
            return fail(errors::toolFailed, {{"tool", command.argv.at(0)}, {"status", "timeout"}, {"detail", ""}});
        }
        if (ready <= 0)
            continue;
        const ssize_t got = ::read(out->read.get(), buffer, sizeof buffer);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        if (captured.out.size() < (1u << 20))
            captured.out.append(buffer, static_cast<std::size_t>(got));
    }
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (auto status = (*child)->wait(std::max(left, 100ms), stop))
        captured.status = *status;
    else
        captured.status = (*child)->end(500ms);
    lines.join();
    captured.err = lines.tail(50);
    return captured;
}

} // namespace zandb::agent
