// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/errors.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <sys/stat.h>

/// Small files that must be whole or absent.  All functions are thread-safe between different paths and block.
namespace zandb::agent {

/// An open file descriptor, closed at the end of its life.
class FileDescriptor
{
public:
    FileDescriptor() = default;
    explicit FileDescriptor(int fd) : m_fd(fd) {}
    FileDescriptor(FileDescriptor &&other) noexcept : m_fd(other.release()) {}
    FileDescriptor &operator=(FileDescriptor &&other) noexcept
    {
        if (this != &other)
            reset(other.release());
        return *this;
    }
    ~FileDescriptor() { reset(); }
    int get() const { return m_fd; }
    explicit operator bool() const { return m_fd >= 0; }
    int release()
    {
        const int fd = m_fd;
        m_fd = -1;
        return fd;
    }
    void reset(int fd = -1);

private:
    int m_fd = -1;
};

/// The text of errno, thread-safe.
std::string errnoText(int number);
/// io.failed, or io.disk_full for ENOSPC and EDQUOT, with the path and errno's text.
Error ioError(const std::filesystem::path &path, int error);
/// The whole file.  Errors: io.failed; a file of more than `limit` bytes is io.failed too.
Result<std::string> readFile(const std::filesystem::path &path, std::size_t limit = 64u << 20);
/// The same from a descriptor; `path` is for errors.
Result<std::string> readOpen(int fd, const std::filesystem::path &path, std::size_t limit);
/// Writes all bytes, going on after short writes and EINTR.  Returns errno, 0 when all was written.
int writeBytes(int fd, std::string_view bytes);
/// The same with an error that names the path.
Result<void> writeAll(int fd, std::string_view bytes, const std::filesystem::path &path);
/// Replaces the file so that either the old or the new content is there: temporary file beside it, rename.  With
/// `durable` both the file and its directory are fsynced.  Mode 0600.  Errors: io.failed, io.disk_full.
Result<void> replaceFile(const std::filesystem::path &path, std::string_view bytes, bool durable = true);
/// Replaces a file so that either the old or the new content is there, durably, with owner, group and mode of `like` (the old one's
/// stat) and the access list (ACL) of the file that is there.  `directory` is its directory, held open: only what stands in there is touched.  Errors: io.failed, io.disk_full.
Result<void> replaceKeepingOwner(int directory, const std::filesystem::path &path, std::string_view bytes, const struct stat &like);
/// Locks a file, made with mode 0600 where it is missing and never removed, until the descriptor is closed; waits at most `limit`.  It
/// should be a file that nobody else may open: whoever can open it can lock it.  Errors: io.failed.
Result<FileDescriptor> lockFile(const std::filesystem::path &path, std::chrono::milliseconds limit);
/// Makes the names in it durable.  Errors: io.failed.
Result<void> syncDirectory(const std::filesystem::path &directory);
/// Bytes on disk of everything below; what cannot be read counts 0.
std::int64_t bytesBelow(const std::filesystem::path &directory);

/// CRC-32C (Castagnoli), as in iSCSI: crc32c("123456789") == 0xe3069283.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t previous = 0);

} // namespace zandb::agent
