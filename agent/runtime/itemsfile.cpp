// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/runtime/itemsfile.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace zandb::agent {
namespace {

constexpr std::size_t readBytes = 64u << 10;

} // namespace

void ItemWriter::setLimits(ItemLimits limits)
{
    const std::lock_guard lock(m_mutex);
    m_limits = limits;
}

bool ItemWriter::add(const Json &item)
{
    std::string line = dumpJson(item);
    const auto bytes = static_cast<std::int64_t>(line.size());
    const std::lock_guard lock(m_mutex);
    const auto cut = [&] {
        ++m_counts.cutCount;
        m_counts.cutBytes += bytes;
        return false;
    };
    if (line.size() > maxItemBytes)
        return cut();
    if (m_full || m_counts.count >= m_limits.count || m_counts.bytes + bytes > m_limits.bytes) {
        m_full = true;
        return cut();
    }
    if (!m_fd)
        m_fd.reset(::open(m_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
    struct stat before{};
    if (!m_fd || ::fstat(m_fd.get(), &before) != 0) {
        m_full = true;
        return cut();
    }
    line += '\n';
    if (!writeAll(m_fd.get(), line, m_file)) {
        // half a line would become the beginning of the next one
        m_full = true;
        (void)!::ftruncate(m_fd.get(), before.st_size);
        return cut();
    }
    ++m_counts.count;
    m_counts.bytes += bytes;
    return true;
}

wire::ItemCounts ItemWriter::counts() const
{
    const std::lock_guard lock(m_mutex);
    return m_counts;
}

Result<void> ItemWriter::sync()
{
    const std::lock_guard lock(m_mutex);
    if (m_fd && ::fdatasync(m_fd.get()) != 0)
        return fail(ioError(m_file, errno));
    return {};
}

Result<std::vector<std::string>> ItemReader::next(std::size_t bytes)
{
    std::vector<std::string> lines;
    if (!m_fd) {
        m_fd.reset(::open(m_file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
        if (!m_fd)
            return errno == ENOENT ? Result<std::vector<std::string>>(lines) : fail(ioError(m_file, errno));
    }
    std::size_t given = 0;
    while (given < bytes) {
        std::size_t from = 0;
        for (std::size_t end = 0; given < bytes && (end = m_buffer.find('\n', from)) != m_buffer.npos; from = end + 1) {
            if (++m_number <= m_after)
                continue;
            given += end - from;
            lines.push_back(m_buffer.substr(from, end - from));
        }
        m_buffer.erase(0, from);
        if (given >= bytes)
            break;
        if (m_buffer.size() > maxItemBytes)
            return fail(errors::ioFailed, {{"path", m_file.string()}, {"detail", "a line longer than an item may be"}});
        const std::size_t had = m_buffer.size();
        m_buffer.resize(had + readBytes);
        ssize_t n = 0;
        do {
            n = ::pread(m_fd.get(), m_buffer.data() + had, readBytes, m_offset);
        } while (n < 0 && errno == EINTR);
        const int error = errno;
        m_buffer.resize(had + static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
        if (n < 0)
            return fail(ioError(m_file, error));
        if (n == 0)
            break;
        m_offset += n;
    }
    return lines;
}

wire::ItemCounts countItems(const std::filesystem::path &file)
{
    wire::ItemCounts counts;
    const FileDescriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    std::string buffer(readBytes, '\0');
    std::int64_t line = 0;
    for (;;) {
        const ssize_t n = fd ? ::read(fd.get(), buffer.data(), buffer.size()) : 0;
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return counts;
        std::string_view rest(buffer.data(), static_cast<std::size_t>(n));
        for (std::size_t end = 0; (end = rest.find('\n')) != rest.npos; rest.remove_prefix(end + 1)) {
            ++counts.count;
            counts.bytes += line + static_cast<std::int64_t>(end);
            line = 0;
        }
        line += static_cast<std::int64_t>(rest.size());
    }
}

} // namespace zandb::agent
