// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/os/landlock.h"

#include <atomic>
#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/types.h>

namespace zandb::agent {

/// Both ends of a pipe, close-on-exec.
struct Pipe
{
    FileDescriptor read;
    FileDescriptor write;
};
/// A pipe with a buffer of `capacity` bytes where the system allows it.  Errors: io.failed.
Result<Pipe> makePipe(int capacity = 0);

/// A program to start, without any shell.
struct Command
{
    std::vector<std::string> argv; ///< argv[0] is the program's path; never holds a secret
    int stdinFd = -1;              ///< borrowed; -1: /dev/null
    int stdoutFd = -1;             ///< borrowed; -1: /dev/null
    int stderrFd = -1;             ///< borrowed; -1: /dev/null
    std::filesystem::path directory; ///< working directory; empty: "/"
    /// Killed by the kernel when the thread that started it ends: a worker that is killed leaves no tool behind.
    bool dieWithParent = true;
    /// Called with `enterWith` (borrowed) in the new process before it becomes the program; false with errno: it does not.  Only
    /// async-signal-safe calls.
    bool (*enter)(int) = nullptr;
    int enterWith = -1;
    bool bare = false; ///< its environment is PATH, LC_ALL and `temporary` only: what a program says of itself depends on no one's home
    std::filesystem::path temporary = {};            ///< its TMPDIR; empty: ours
    std::optional<Confinement> confinement = {};     ///< what it may open, where the kernel can see to that; empty: what we may
};

struct ExitStatus
{
    int code = -1;   ///< exit status, -1 when ended by a signal
    int signal = 0;
    bool ok() const { return code == 0; }
    /// "0", "2", "signal 9"
    std::string text() const;
};

/// A program at work: a child of ours, or one that the root-owned helper runs.
class ToolRun
{
public:
    virtual ~ToolRun() = default;
    /// At once; from any thread.
    virtual void kill() = 0;
    /// Waits up to `limit`; a stop asked for ends the wait early.  nullopt: still running.
    virtual std::optional<ExitStatus> wait(std::chrono::milliseconds limit, const std::stop_token &stop = {}) = 0;
    /// Has it end, within `grace` by itself; it has ended when this returns.
    virtual ExitStatus end(std::chrono::milliseconds grace) = 0;
    /// For the log: "pid 123".
    virtual std::string description() const = 0;
    /// After its end: what kept it from running or being watched, where its status cannot tell.
    virtual std::optional<Error> problem() const { return std::nullopt; }
};

/// A child process, leader of its own process group inside this process's session.  The destructor kills and reaps
/// it.  terminate() and kill() may be called from any thread; the rest only from the one that started it.
class Child final : public ToolRun
{
public:
    /// Errors: tool.failed (cannot be executed), io.failed (fork).
    static Result<std::unique_ptr<Child>> start(const Command &command);
    ~Child() override;
    pid_t pid() const { return m_pid; }
    void terminate() { signalGroup(15); }
    void kill() override { signalGroup(9); }
    std::string description() const override { return "pid " + std::to_string(m_pid); }
    /// Without waiting: its status once it has ended.  Whatever is left of its process group ends with it.
    std::optional<ExitStatus> poll();
    /// Waits up to `limit`; a stop asked for ends the wait early.  nullopt: still running.
    std::optional<ExitStatus> wait(std::chrono::milliseconds limit, const std::stop_token &stop = {}) override;
    /// SIGTERM, `grace`, SIGKILL, reap.
    ExitStatus end(std::chrono::milliseconds grace) override;

private:
    explicit Child(pid_t pid) : m_pid(pid) {}
    void signalGroup(int number);
    pid_t m_pid;
    std::mutex m_mutex; ///< between reaping and signalling: a pid is never signalled after it was reaped
    std::optional<ExitStatus> m_status;
};

/// Reads what a program writes to stderr, line by line, in a thread of its own.  Keeps the last 200 lines.
class LineReader
{
public:
    using Listener = std::function<void(std::string_view)>;
    /// What may be kept and told of a line; nothing of an empty one.
    using Editor = std::function<std::string(std::string_view)>;
    explicit LineReader(FileDescriptor fd, Listener listener = {}, Editor editor = {});
    ~LineReader() { join(); }
    /// Waits for the end of the stream; when somebody holds it open and says nothing, only for `patience`.
    void join(std::chrono::milliseconds patience = std::chrono::seconds(2));
    /// After join().
    const std::deque<std::string> &last() const { return m_last; }
    std::string tail(std::size_t lines) const;

private:
    void run();
    FileDescriptor m_fd;
    Listener m_listener;
    Editor m_editor;
    std::deque<std::string> m_last;
    std::atomic<std::chrono::steady_clock::time_point> m_until = std::chrono::steady_clock::time_point::max();
    std::thread m_thread;
};

struct Captured
{
    ExitStatus status;
    std::string out; ///< at most 1 MiB
    std::string err; ///< the last lines
};
/// Runs a program to its end and keeps its output.  Errors: tool.failed (cannot start, or not ended within `limit`),
/// cancelled.
Result<Captured> capture(const std::vector<std::string> &argv, std::chrono::milliseconds limit,
                         const std::stop_token &stop = {});
/// The same for a command whose stdout and stderr are not set yet.
Result<Captured> capture(Command command, std::chrono::milliseconds limit, const std::stop_token &stop = {});

} // namespace zandb::agent
