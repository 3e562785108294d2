// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/instances.h"
#include "agent/os/files.h"
#include "agent/slowlog/logreader.h"

#include <sys/stat.h>

namespace zandb::agent {

/// What a file is known by while its name changes.
struct LogMark
{
    std::int64_t device = 0;
    std::int64_t inode = 0;
    std::int64_t offset = 0; ///< read so far, in what the file holds unpacked
    std::string tail;        ///< the last bytes before that, at most LogFiles::tailBytes: the same inode may be another file
};

/// A log that is open.
struct OpenLog
{
    FileDescriptor file;
    std::string path;
    struct stat status{};

    std::int64_t device() const { return static_cast<std::int64_t>(status.st_dev); }
    std::int64_t inode() const { return static_cast<std::int64_t>(status.st_ino); }
};

/// The slow log of one instance and what rotation has made of it: `path`, and files beside it whose names begin with it (slow.log.1,
/// slow.log-20260903.gz).  Those that the agent may not open itself come from the helper.  Nothing is ever written or renamed.  Not thread-safe; blocks.
class LogFiles
{
public:
    static constexpr std::size_t tailBytes = 128;

    LogFiles(const Config &config, std::string instance) : m_config(config), m_instance(std::move(instance)) {}
    void setPath(const std::string &path) { m_path = path; }
    const std::string &path() const { return m_path; }

    /// What stands at the path now.  Errors: io.failed with the field "reason": "missing", "no_permission", "not_a_file" or none of them.
    Result<OpenLog> openLive();
    /// Whether the last openLive() needed the helper, which costs more.
    bool isByHelper() const { return m_byHelper; }
    /// What rotation left, the oldest first, without the file at the path.  At most 64.
    std::vector<OpenLog> rotated();

    /// Whether the file is the marked one: its bytes before the mark are those that were read.
    static bool matches(const OpenLog &log, const LogMark &mark);
    /// The bytes of a file from `offset` on, unpacked.  Errors: io.failed (also when it has not so many).
    static Result<std::unique_ptr<LogReader>> readerAt(const OpenLog &log, std::int64_t offset);
    /// The bytes before `offset`.
    static std::string tailOf(int file, std::int64_t offset);

private:
    Result<OpenLog> check(FileDescriptor file, std::string path) const;

    const Config &m_config;
    std::string m_instance;
    std::string m_path;
    bool m_byHelper = false;
};

} // namespace zandb::agent
