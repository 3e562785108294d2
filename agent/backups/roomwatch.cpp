// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/roomwatch.h"

#include "agent/backups/repository.h"

namespace zandb::agent {

using namespace std::chrono_literals;

RoomWatch::RoomWatch(std::filesystem::path path, std::int64_t bytes, const std::stop_token &outer)
    : m_path(std::move(path)), m_bytes(bytes), m_outer(outer, [this] { m_source.request_stop(); }),
      m_thread([this](const std::stop_token &end) { run(end); })
{
}

RoomWatch::~RoomWatch() = default;

std::optional<Error> RoomWatch::lacking()
{
    const std::scoped_lock lock(m_mutex);
    look();
    return m_lacking;
}

void RoomWatch::run(const std::stop_token &end)
{
    std::unique_lock lock(m_mutex);
    while (!m_lacking && !end.stop_requested()) {
        look();
        m_ended.wait_for(lock, end, 50ms, [] { return false; });
    }
}

// With the lock held.
void RoomWatch::look()
{
    if (m_lacking)
        return;
    // what cannot be told is no reason to stop
    if (const auto room = checkRoom(m_path, m_bytes); !room && room.error().is(errors::diskFull)) {
        m_lacking = room.error();
        m_source.request_stop();
    }
}

} // namespace zandb::agent
