// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/os/child.h"

#include <atomic>

namespace zandb::agent {

/// Lets a program read data files no faster than a rate, and holds nothing else of it back.
///
/// mariadb-backup copies data files by large pread() calls of its copying threads.  The kernel asks this object about each
/// of them (a seccomp filter with user notifications), and the answer comes when the rate allows it.  Reads of the redo
/// log, of the program's first thread and all small reads are answered at once, so that the redo log never overtakes the
/// program, and the files it copies under a lock are not slowed.  The program's own option --throttle cannot do this: it
/// counts files and not bytes, also while the program holds a lock that stops every ALTER.
class ReadPace
{
public:
    /// Empty where the kernel can do this; otherwise why not.
    static std::string unavailable();
    /// Holds reads back until `until`, a pipe, is closed at its other end.  `bytesPerSecond` is above 0.  Errors: io.failed.
    static Result<std::unique_ptr<ReadPace>> make(std::int64_t bytesPerSecond, FileDescriptor until);
    /// The program must have ended.
    ~ReadPace() = default;
    /// For Command::enterWith, with enterReadFilter.
    int childEnd() const { return m_childEnd.get(); }
    /// To be called once the program was started, with its pid.  Errors: io.failed.
    Result<void> begin(pid_t pid);
    /// Bytes of the reads that were counted so far; any thread.
    std::int64_t counted() const { return m_counted; }

private:
    ReadPace(std::int64_t bytesPerSecond, FileDescriptor until) : m_bytesPerSecond(bytesPerSecond), m_until(std::move(until)) {}
    void run(const std::stop_token &stop);

    const std::int64_t m_bytesPerSecond;
    FileDescriptor m_until;
    FileDescriptor m_ourEnd;
    FileDescriptor m_childEnd;
    FileDescriptor m_filter;
    pid_t m_pid = -1;
    std::atomic<std::int64_t> m_counted = 0;
    std::jthread m_thread; ///< last: it ends before what it uses
};

/// Starts a program whose reads of data files are held back to `bytesPerSecond` (0: not at all) until the other end of
/// `until` is closed.  `pace` then has to outlive it.  Errors: those of Child::start and ReadPace, backup.method where the
/// kernel cannot do it.
Result<std::unique_ptr<Child>> startPaced(Command command, std::int64_t bytesPerSecond, FileDescriptor until, std::unique_ptr<ReadPace> &pace);

/// Puts the calling process under the filter and sends the filter's descriptor over `socket`.  False with errno.  For the
/// time between fork and exec: async-signal-safe.
bool enterReadFilter(int socket);

/// Whether a line of mariadb-backup says that it has copied InnoDB's files and is about to ask for a lock that stops others.
bool announcesLocks(std::string_view line);

} // namespace zandb::agent
