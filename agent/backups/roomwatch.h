// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace zandb::agent {

/// Looks at a file system's free space twenty times a second while something fills it, in a thread of its own, and asks
/// for a stop before there is none: databases live on the same disks.
class RoomWatch
{
public:
    /// A stop is asked for when fewer than `bytes` are free at `path`, or `outer` stops.
    RoomWatch(std::filesystem::path path, std::int64_t bytes, const std::stop_token &outer);
    ~RoomWatch();
    RoomWatch(const RoomWatch &) = delete;
    RoomWatch &operator=(const RoomWatch &) = delete;

    std::stop_token token() const { return m_source.get_token(); }
    /// io.disk_full with the figures of the moment, when the stop was for want of room; else it looks once more, for a
    /// program may have found the disk full first.  From any thread.
    std::optional<Error> lacking();

private:
    void run(const std::stop_token &end);
    void look();
    const std::filesystem::path m_path;
    const std::int64_t m_bytes;
    std::stop_source m_source;
    std::stop_callback<std::function<void()>> m_outer;
    std::mutex m_mutex;
    std::condition_variable_any m_ended;
    std::optional<Error> m_lacking;
    std::jthread m_thread; ///< last: it uses the others
};

} // namespace zandb::agent
