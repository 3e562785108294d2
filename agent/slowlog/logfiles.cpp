// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/slowlog/logfiles.h"

#include "agent/privileged/client.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>

namespace zandb::agent {
namespace {

constexpr std::size_t mostRotated = 64;
/// The helper opens by number; logs that are rotated daily and read all the time have few unread ones.
constexpr int mostByHelper = 4;

Error problem(const std::string &path, const char *reason, const std::string &detail)
{
    return makeError(errors::ioFailed, {{"path", path}, {"reason", reason}, {"detail", detail}});
}

FileDescriptor openForReading(const std::string &path)
{
    // a FIFO must not hold us up
    return FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
}

} // namespace

Result<OpenLog> LogFiles::check(FileDescriptor file, std::string path) const
{
    OpenLog log{std::move(file), std::move(path), {}};
    if (::fstat(log.file.get(), &log.status) != 0)
        return fail(problem(log.path, "", std::strerror(errno)));
    if (!S_ISREG(log.status.st_mode))
        return fail(problem(log.path, "not_a_file", S_ISDIR(log.status.st_mode) ? "a directory" : S_ISFIFO(log.status.st_mode) ? "a FIFO" : "no regular file"));
    return log;
}

Result<OpenLog> LogFiles::openLive()
{
    m_byHelper = false;
    FileDescriptor file = openForReading(m_path);
    if (!file) {
        const int error = errno;
        if ((error == EACCES || error == EPERM) && hasHelper(m_config)) {
            auto opened = openLogByHelper(m_config, m_instance, "slow");
            if (!opened)
                return fail(problem(m_path, "no_permission", describe(opened.error())));
            m_byHelper = true;
            return check(std::move(*opened), m_path);
        }
        // nobody has a FIFO's other end, or it is a socket
        const char *reason = error == ENOENT ? "missing" : error == EACCES || error == EPERM ? "no_permission" : error == ENXIO ? "not_a_file" : "";
        return fail(problem(m_path, reason, std::strerror(error)));
    }
    return check(std::move(file), m_path);
}

std::vector<OpenLog> LogFiles::rotated()
{
    std::vector<OpenLog> found;
    const std::filesystem::path path = m_path;
    const std::string name = path.filename();
    std::error_code error;
    if (m_byHelper) {
        for (int number = 1; number <= mostByHelper; ++number) {
            if (auto opened = openLogByHelper(m_config, m_instance, "slow", number)) {
                if (auto log = check(std::move(*opened), m_path + "." + std::to_string(number)))
                    found.push_back(std::move(*log));
            }
        }
    } else {
        // the path may be a link to a file that is named like a rotated one, and that one is still written
        struct stat live{};
        const bool hasLive = ::stat(path.c_str(), &live) == 0;
        for (const auto &entry : std::filesystem::directory_iterator(path.parent_path(), error)) {
            const std::string other = entry.path().filename();
            if (other.size() <= name.size() || !other.starts_with(name) || (other[name.size()] != '.' && other[name.size()] != '-'))
                continue;
            FileDescriptor file = openForReading(entry.path());
            auto log = file ? check(std::move(file), entry.path()) : Result<OpenLog>(fail(errors::ioFailed));
            if (log && !(hasLive && log->status.st_ino == live.st_ino && log->status.st_dev == live.st_dev))
                found.push_back(std::move(*log));
            if (found.size() >= mostRotated)
                break;
        }
    }
    std::ranges::sort(found, [](const OpenLog &a, const OpenLog &b) {
        return std::pair(a.status.st_mtim.tv_sec, a.status.st_mtim.tv_nsec) < std::pair(b.status.st_mtim.tv_sec, b.status.st_mtim.tv_nsec);
    });
    return found;
}

Result<std::unique_ptr<LogReader>> LogFiles::readerAt(const OpenLog &log, std::int64_t offset)
{
    // a description of its own, so that two readers of one file do not move each other
    const std::string again = "/proc/self/fd/" + std::to_string(log.file.get());
    FileDescriptor own = openForReading(again);
    if (!own) // of another user: the helper opened it
        own.reset(::fcntl(log.file.get(), F_DUPFD_CLOEXEC, 0));
    if (!own || ::lseek(own.get(), 0, SEEK_SET) != 0)
        return fail(ioError(log.path, errno));
    return LogReader::of(std::move(own), log.path, offset);
}

std::string LogFiles::tailOf(int file, std::int64_t offset)
{
    std::string tail(static_cast<std::size_t>(std::min<std::int64_t>(offset, tailBytes)), '\0');
    const ssize_t size = ::pread(file, tail.data(), tail.size(), offset - static_cast<std::int64_t>(tail.size()));
    tail.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return tail;
}

bool LogFiles::matches(const OpenLog &log, const LogMark &mark)
{
    if (mark.tail.empty())
        return mark.offset == 0 && log.inode() == mark.inode && log.device() == mark.device;
    const std::int64_t begin = mark.offset - static_cast<std::int64_t>(mark.tail.size());
    if (begin < 0)
        return false;
    const auto reader = readerAt(log, begin);
    std::string bytes(mark.tail.size(), '\0');
    for (std::size_t have = 0; reader && have < bytes.size();) {
        const auto size = (*reader)->read(std::span(bytes).subspan(have));
        if (!size || *size == 0)
            return false;
        have += *size;
    }
    return reader && bytes == mark.tail;
}

} // namespace zandb::agent
