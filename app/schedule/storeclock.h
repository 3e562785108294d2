// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/time.h"

namespace zandb::schedule {

/// Watches the store's clock, the only one that schedules, for jumps.  Not thread-safe; pure apart from its memory.
class StoreClock
{
public:
    using Steady = std::chrono::steady_clock::time_point;
    enum class Verdict {
        Go,
        HoldBack,    ///< it went back by more than 5 s: wait until it has caught up; by more than 15 min: wait 60 s, then believe it
        HoldForward, ///< it went forward by more than 15 min: wait 60 s, then believe it
    };
    /// What the store said, and when it was asked by this computer's monotonic clock.
    Verdict observe(TimePoint store, Steady steady)
    {
        using namespace std::chrono;
        if (!m_known) {
            m_known = true;
            m_highest = store;
            m_store = store;
            m_steady = steady;
            return m_verdict = Verdict::Go;
        }
        const auto expected = m_store + duration_cast<Microseconds>(steady - m_steady);
        if (m_verdict == Verdict::HoldBack && m_farBack) {
            if (store - expected > minutes{15} || expected - store > seconds{5})
                m_holdUntil = steady + seconds{60}; // it moved once more
            if (steady >= m_holdUntil) {
                // it kept its new time for a minute: what was ahead of it was the mistake
                m_farBack = false;
                m_highest = store;
            }
        } else if (m_verdict == Verdict::HoldForward) {
            if (steady < m_holdUntil)
                return m_verdict;
            // it kept its new time for a minute (or fell back): believe what it says now
            m_verdict = Verdict::Go;
            m_highest = store;
        } else if (store - expected > minutes{15}) {
            m_holdUntil = steady + seconds{60};
            m_verdict = Verdict::HoldForward;
            return m_verdict;
        }
        m_store = store;
        m_steady = steady;
        if (m_highest - store > seconds{5}) {
            if (m_highest - store > farAway && !m_farBack) {
                m_farBack = true;
                m_holdUntil = steady + seconds{60};
            }
            return m_verdict = Verdict::HoldBack;
        }
        m_farBack = false;
        if (store > m_highest)
            m_highest = store;
        return m_verdict = Verdict::Go;
    }
    /// The store's clock now, carried on by the monotonic one since it was last asked.
    TimePoint estimate(Steady steady) const
    {
        return m_store + std::chrono::duration_cast<Microseconds>(steady - m_steady);
    }
    /// Rows this much ahead of a clock that is believed were written by one that was wrong.
    static constexpr std::chrono::minutes farAway{15};
    bool known() const { return m_known; }
    Verdict verdict() const { return m_verdict; }

private:
    bool m_known = false;
    TimePoint m_store{};
    TimePoint m_highest{};
    Steady m_steady{};
    Steady m_holdUntil{};
    bool m_farBack = false; ///< held back by more than farAway
    Verdict m_verdict = Verdict::Go;
};

} // namespace zandb::schedule
