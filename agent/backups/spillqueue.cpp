// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/spillqueue.h"

#include "agent/backups/repository.h"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace zandb::agent {

SpillQueue::SpillQueue(std::size_t memoryBytes, std::filesystem::path file, std::int64_t fileBytes)
    : m_memoryBytes(memoryBytes), m_path(std::move(file)), m_fileBytes(fileBytes)
{
}

std::vector<char> SpillQueue::buffer(std::size_t capacity)
{
    {
        std::lock_guard lock(m_mutex);
        if (!m_spare.empty()) {
            auto block = std::move(m_spare.back());
            m_spare.pop_back();
            return block;
        }
    }
    std::vector<char> block;
    block.reserve(capacity);
    return block;
}

void SpillQueue::recycle(std::vector<char> block)
{
    std::lock_guard lock(m_mutex);
    if (m_spare.size() < 8)
        m_spare.push_back(std::move(block));
}

Result<bool> SpillQueue::push(std::vector<char> block)
{
    {
        std::lock_guard lock(m_mutex);
        if (m_error)
            return fail(*m_error);
        if (m_inMemory + block.size() <= m_memoryBytes) {
            m_inMemory += block.size();
            const std::size_t size = block.size();
            m_entries.push_back({std::move(block), 0, size});
            m_wake.notify_one();
            return true;
        }
    }
    return spill(block);
}

Result<bool> SpillQueue::spill(std::vector<char> &block)
{
    const auto size = static_cast<std::int64_t>(block.size());
    {
        std::lock_guard lock(m_mutex);
        if (m_head + size - m_tail > m_fileBytes)
            return false;
    }
    if (!m_file) {
        m_file = FileDescriptor(::open(m_path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (!m_file)
            return fail(ioError(m_path, errno));
        ::unlink(m_path.c_str()); // so it ends with this process, however that ends
    }
    if (auto room = grow(std::min(m_head + size, m_fileBytes)); !room)
        return fail(room.error());
    for (std::int64_t done = 0; done < size;) {
        const std::int64_t at = (m_head + done) % m_fileBytes;
        const auto part = static_cast<std::size_t>(std::min(size - done, m_fileBytes - at));
        const ssize_t put = ::pwrite(m_file.get(), block.data() + done, part, at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return fail(ioError(m_path, errno));
        done += put;
    }
    {
        std::lock_guard lock(m_mutex);
        m_entries.push_back({{}, m_head, block.size()});
        m_wake.notify_one();
    }
    m_head += size;
    m_spilled += size;
    recycle(std::move(block));
    return true;
}

// The file's bytes are used again and again; only new ones need room.
Result<void> SpillQueue::grow(std::int64_t to)
{
    if (to <= m_grown)
        return {};
    auto room = checkRoom(m_path, to - m_grown + reservedOnDisks);
    if (!room) {
        room.error().fields["path"] = m_path.string();
        return room;
    }
    m_grown = to;
    return {};
}

void SpillQueue::close()
{
    std::lock_guard lock(m_mutex);
    m_closed = true;
    m_wake.notify_all();
}

void SpillQueue::abandon(Error error)
{
    std::lock_guard lock(m_mutex);
    if (!m_error)
        m_error = std::move(error);
    m_wake.notify_all();
}

std::optional<Error> SpillQueue::abandoned() const
{
    std::lock_guard lock(m_mutex);
    return m_error;
}

std::int64_t SpillQueue::fileUsed() const
{
    std::lock_guard lock(m_mutex);
    return m_head - m_tail;
}

Result<std::vector<char>> SpillQueue::pop()
{
    Entry entry;
    {
        std::unique_lock lock(m_mutex);
        m_wake.wait(lock, [&] { return m_closed || m_error || !m_entries.empty(); });
        if (m_error)
            return fail(*m_error);
        if (m_entries.empty())
            return std::vector<char>{};
        entry = std::move(m_entries.front());
        m_entries.pop_front();
        if (!entry.bytes.empty()) {
            m_inMemory -= entry.size;
            return std::move(entry.bytes);
        }
    }
    std::vector<char> block(entry.size);
    for (std::size_t done = 0; done < entry.size;) {
        const std::int64_t at = (entry.offset + static_cast<std::int64_t>(done)) % m_fileBytes;
        const auto part = std::min(entry.size - done, static_cast<std::size_t>(m_fileBytes - at));
        const ssize_t got = ::pread(m_file.get(), block.data() + done, part, at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return fail(ioError(m_path, got < 0 ? errno : EIO));
        done += static_cast<std::size_t>(got);
    }
    std::lock_guard lock(m_mutex);
    m_tail = entry.offset + static_cast<std::int64_t>(entry.size);
    return block;
}

} // namespace zandb::agent
