// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/time.h"

#include <algorithm>

namespace zandb {

/// Time since a moment, also through a suspend of this computer.  The monotonic clock stands still meanwhile and the
/// wall's may be set back: the larger of the two differences counts, so that old never passes for fresh.
class Elapsed
{
public:
    /// What the two clocks show; a seam for tests.
    struct Clocks
    {
        std::chrono::steady_clock::time_point (*steady)() = &std::chrono::steady_clock::now;
        TimePoint (*wall)() = &systemNow;
    };
    Elapsed() = default;
    explicit Elapsed(Clocks clocks) : m_clocks(clocks) {}

    void start()
    {
        m_steady = m_clocks.steady();
        m_wall = m_clocks.wall();
        m_started = true;
    }
    bool isStarted() const { return m_started; }
    /// 0 before start().
    Microseconds passed() const
    {
        if (!m_started)
            return {};
        const auto steady = std::chrono::duration_cast<Microseconds>(m_clocks.steady() - m_steady);
        return std::max(steady, m_clocks.wall() - m_wall);
    }

private:
    Clocks m_clocks;
    std::chrono::steady_clock::time_point m_steady;
    TimePoint m_wall{};
    bool m_started = false;
};

} // namespace zandb
