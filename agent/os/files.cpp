// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/os/files.h"

#include "agent/protocol/uuid.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <thread>
#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;

void FileDescriptor::reset(int fd)
{
    if (m_fd >= 0)
        ::close(m_fd);
    m_fd = fd;
}

std::string errnoText(int number)
{
    char buffer[128];
    return strerror_r(number, buffer, sizeof buffer);
}

Error ioError(const fs::path &path, int error)
{
    if (error == ENOSPC || error == EDQUOT)
        return makeError(errors::diskFull, {{"path", path.string()}, {"free", "0"}, {"detail", errnoText(error)}});
    return makeError(errors::ioFailed, {{"path", path.string()}, {"detail", errnoText(error)}});
}

Result<std::string> readFile(const fs::path &path, std::size_t limit)
{
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (!file)
        return fail(ioError(path, errno));
    return readOpen(file.get(), path, limit);
}

Result<std::string> readOpen(int fd, const fs::path &path, std::size_t limit)
{
    std::string bytes;
    char buffer[16 * 1024];
    for (;;) {
        const ssize_t n = ::read(fd, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(ioError(path, errno));
        if (n == 0)
            return bytes;
        bytes.append(buffer, static_cast<std::size_t>(n));
        if (bytes.size() > limit)
            return fail(errors::ioFailed,
                        {{"path", path.string()}, {"detail", "more than " + std::to_string(limit) + " bytes"}});
    }
}

int writeBytes(int fd, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t n = ::write(fd, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno;
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return 0;
}

Result<void> writeAll(int fd, std::string_view bytes, const fs::path &path)
{
    if (const int number = writeBytes(fd, bytes); number != 0)
        return fail(ioError(path, number));
    return {};
}

Result<void> replaceFile(const fs::path &path, std::string_view bytes, bool durable)
{
    const fs::path temporary = path.string() + ".new";
    FileDescriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file)
        return fail(ioError(temporary, errno));
    Result<void> done = writeAll(file.get(), bytes, temporary);
    if (done && durable && ::fsync(file.get()) != 0)
        done = fail(ioError(temporary, errno));
    file.reset();
    if (done && ::rename(temporary.c_str(), path.c_str()) != 0)
        done = fail(ioError(path, errno));
    if (!done) {
        ::unlink(temporary.c_str());
        return done;
    }
    return durable ? syncDirectory(path.parent_path()) : Result<void>{};
}

namespace {

/// The access list of the file that is there, where it has one.  Returns errno.
int copyAcl(int directory, const std::string &name, int to)
{
    constexpr const char *acl = "system.posix_acl_access";
    const FileDescriptor old(::openat(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    char list[4096];
    const ssize_t bytes = old ? ::fgetxattr(old.get(), acl, list, sizeof list) : -1;
    if (bytes <= 0)
        return 0;
    return ::fsetxattr(to, acl, list, static_cast<std::size_t>(bytes), 0) == 0 ? 0 : errno;
}

} // namespace

Result<void> replaceKeepingOwner(int directory, const fs::path &path, std::string_view bytes, const struct stat &like)
{
    const std::string name = path.filename();
    const std::string temporary = '.' + name + '.' + Uuid::v7().toString();
    FileDescriptor file(::openat(directory, temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file)
        return fail(ioError(path.parent_path() / temporary, errno));
    // owner and mode are right before the name is: a reader sees no moment in between
    int failure = writeBytes(file.get(), bytes);
    if (failure == 0 && (like.st_uid != ::geteuid() || like.st_gid != ::getegid()) && ::fchown(file.get(), like.st_uid, like.st_gid) != 0)
        failure = errno;
    if (failure == 0 && ::fchmod(file.get(), like.st_mode & 07777) != 0)
        failure = errno;
    if (failure == 0)
        failure = copyAcl(directory, name, file.get());
    if (failure == 0 && ::fsync(file.get()) != 0)
        failure = errno;
    if (failure == 0 && ::renameat(directory, temporary.c_str(), directory, name.c_str()) != 0)
        failure = errno;
    if (failure != 0) {
        ::unlinkat(directory, temporary.c_str(), 0);
        return fail(ioError(path, failure));
    }
    if (::fsync(directory) != 0)
        return fail(ioError(path.parent_path(), errno));
    return {};
}

Result<FileDescriptor> lockFile(const fs::path &path, std::chrono::milliseconds limit)
{
    FileDescriptor lock(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!lock)
        return fail(ioError(path, errno));
    const auto until = std::chrono::steady_clock::now() + limit;
    while (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return fail(ioError(path, errno));
        if (std::chrono::steady_clock::now() >= until)
            return fail(errors::ioFailed, {{"path", path.string()},
                                           {"detail", "another program has held the lock for " + std::to_string(limit.count() / 1000) + " s"}});
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    return lock;
}

Result<void> syncDirectory(const fs::path &directory)
{
    const FileDescriptor fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0)
        return fail(ioError(directory, errno));
    return {};
}

std::int64_t bytesBelow(const fs::path &directory)
{
    std::int64_t total = 0;
    std::error_code ignored;
    for (fs::recursive_directory_iterator it(directory, fs::directory_options::skip_permission_denied, ignored), end;
         it != end; it.increment(ignored)) {
        struct stat info{};
        if (::lstat(it->path().c_str(), &info) == 0)
            total += std::int64_t{info.st_blocks} * 512;
    }
    return total;
}

std::uint32_t crc32c(std::string_view bytes, std::uint32_t previous)
{
    static constexpr auto table = [] {
        std::array<std::uint32_t, 256> t{};
        for (std::uint32_t i = 0; i < 256; ++i) {
            std::uint32_t value = i;
            for (int bit = 0; bit < 8; ++bit)
                value = value & 1 ? value >> 1 ^ 0x82f63b78u : value >> 1;
            t[i] = value;
        }
        return t;
    }();
    std::uint32_t crc = ~previous;
    for (const char c : bytes)
        crc = crc >> 8 ^ table[(crc ^ static_cast<unsigned char>(c)) & 0xff];
    return ~crc;
}

} // namespace zandb::agent
