// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/workflow/schedulehealth.h"

#include "models/common/format.h"

#include <QCoreApplication>

namespace zandb {
namespace {

struct HealthText
{
    Q_DECLARE_TR_FUNCTIONS(HealthText)
};

} // namespace

ScheduleHealth scheduleHealth(int alive, std::optional<TimePoint> lastAlive, std::optional<TimePoint> heldBack,
                              std::optional<TimePoint> heldForward, int enabledTasks)
{
    using State = ScheduleHealth::State;
    if (alive == 0)
        return {State::NoHeadless, lastAlive, enabledTasks};
    if (heldBack)
        return {State::HeldBack, heldBack, enabledTasks};
    if (heldForward)
        return {State::HeldForward, heldForward, enabledTasks};
    return {State::Fine, {}, enabledTasks};
}

std::string_view toString(ScheduleHealth::State state)
{
    switch (state) {
    case ScheduleHealth::State::Fine:
        return "ok";
    case ScheduleHealth::State::NoHeadless:
        return "no_headless";
    case ScheduleHealth::State::HeldBack:
        return "clock_back";
    case ScheduleHealth::State::HeldForward:
        return "clock_forward";
    case ScheduleHealth::State::Unknown:
        break;
    }
    return "unknown";
}

QString healthText(const ScheduleHealth &health)
{
    switch (health.state) {
    case ScheduleHealth::State::NoHeadless:
        return health.since ? HealthText::tr("Schedules do not run: no headless instance has been alive since %1").arg(localTimeText(*health.since).left(16))
                            : HealthText::tr("Schedules do not run: no headless instance is alive");
    case ScheduleHealth::State::HeldBack:
        return HealthText::tr("Schedules do not run: the store's clock went back");
    case ScheduleHealth::State::HeldForward:
        return HealthText::tr("Schedules do not run: the store's clock jumped ahead");
    default:
        return {};
    }
}

QString healthDetail(const ScheduleHealth &health)
{
    switch (health.state) {
    case ScheduleHealth::State::NoHeadless:
        return HealthText::tr("No task starts, no run is tried again, and no host is asked how it is. Start one with \"zandbctl serve\".");
    case ScheduleHealth::State::HeldBack:
    case ScheduleHealth::State::HeldForward:
        return HealthText::tr("They are held until the clock is believed again. Check the time of the metadata store's server.");
    default:
        return {};
    }
}

} // namespace zandb
