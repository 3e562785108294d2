// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/time.h"

#include <QString>

#include <optional>
#include <string_view>

namespace zandb {

/// Whether anybody runs the schedules now: said before anything else, since all other figures mean little without it.
struct ScheduleHealth
{
    enum class State {
        Unknown,    ///< the store does not answer
        Fine,
        NoHeadless, ///< no headless instance is alive
        HeldBack,   ///< the store's clock went back: held
        HeldForward ///< the store's clock jumped ahead: held
    };
    State state = State::Unknown;
    std::optional<TimePoint> since;  ///< none: not known, or always
    int tasks = 0;                   ///< enabled ones: without any there is nothing to run

    /// Schedules there are do not run.
    bool isBad() const { return tasks > 0 && state != State::Fine && state != State::Unknown; }
    bool operator==(const ScheduleHealth &) const = default;
};
/// From what the store says: how many headless instances are alive and until when the last one was, and since when alerts of
/// the clock hold.  Without a headless instance its alerts are nobody's word any more.
ScheduleHealth scheduleHealth(int alive, std::optional<TimePoint> lastAlive, std::optional<TimePoint> heldBack,
                              std::optional<TimePoint> heldForward, int enabledTasks);
/// The stable word: "unknown", "ok", "no_headless", "clock_back", "clock_forward".
std::string_view toString(ScheduleHealth::State state);
/// One sentence: "Schedules do not run: ..."; empty when it is fine or not known.
QString healthText(const ScheduleHealth &health);
/// What it means and what to do.
QString healthDetail(const ScheduleHealth &health);

} // namespace zandb
