// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/os/child.h"

#include <condition_variable>
#include <deque>
#include <vector>

namespace zandb::agent {

/// Bytes on their way from a fast producer to a slow consumer, in order: in memory up to `memoryBytes`, beyond that
/// in a file without a name, used as a ring of `fileBytes`.  One producer thread, one consumer thread.
class SpillQueue
{
public:
    SpillQueue(std::size_t memoryBytes, std::filesystem::path file, std::int64_t fileBytes);

    /// An empty buffer with `capacity` reserved, reused where possible.
    std::vector<char> buffer(std::size_t capacity);
    /// Never waits for the consumer.  False when neither memory nor file has room; Errors: io.failed, io.disk_full.
    Result<bool> push(std::vector<char> block);
    void close(); ///< producer: no more
    /// Consumer gave up: push() fails from now on.
    void abandon(Error error);
    std::optional<Error> abandoned() const;

    /// Waits for the next block; empty at the end.  Errors: io.failed (reading the file).
    Result<std::vector<char>> pop();
    void recycle(std::vector<char> block);

    std::int64_t spilledBytes() const { return m_spilled; } ///< producer's side
    std::int64_t fileUsed() const;

private:
    struct Entry
    {
        std::vector<char> bytes;     ///< empty when in the file
        std::int64_t offset = 0;
        std::size_t size = 0;
    };
    Result<void> grow(std::int64_t to);
    Result<bool> spill(std::vector<char> &block);

    const std::size_t m_memoryBytes;
    const std::filesystem::path m_path;
    const std::int64_t m_fileBytes;
    FileDescriptor m_file;
    std::int64_t m_spilled = 0;
    std::int64_t m_head = 0; ///< next byte of the ring to write, counted from the beginning of time
    std::int64_t m_grown = 0; ///< bytes of the file that were written once
    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<Entry> m_entries;
    std::vector<std::vector<char>> m_spare;
    std::size_t m_inMemory = 0;
    std::int64_t m_tail = 0; ///< bytes of the ring before this are free again
    bool m_closed = false;
    std::optional<Error> m_error;
};

} // namespace zandb::agent
