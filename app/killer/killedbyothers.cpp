// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/killer/killedbyothers.h"

#include "agent/protocol/collected.h"
#include "app/fleet/seriesrepository.h"
#include "models/killer/killcounters.h"

#include <algorithm>

namespace zandb::killer {
namespace {

constexpr std::size_t columnOf(std::string_view name)
{
    return static_cast<std::size_t>(std::ranges::find(wire::instanceFigures, name) - wire::instanceFigures.begin());
}

void add(std::vector<KilledStep> &steps, const std::optional<std::vector<std::int64_t>> &counted, std::optional<std::int64_t> KilledStep::*sum, std::int64_t &tells)
{
    if (!counted)
        return;
    ++tells;
    for (std::size_t i = 0; i < steps.size(); ++i)
        steps[i].*sum = (steps[i].*sum).value_or(0) + (*counted)[i];
}

} // namespace

Result<KillCounters> addByOthers(store::Session &session, const std::vector<Uuid> &instances, std::vector<KilledStep> &steps, std::chrono::seconds step)
{
    KillCounters counters;
    counters.instances = static_cast<std::int64_t>(instances.size());
    if (steps.empty() || instances.size() > mostCounted)
        return counters;
    constexpr std::size_t killed = columnOf("statements_killed"), timedOut = columnOf("statements_timed_out");
    const TimePoint from = steps.front().begin, to = steps.back().begin + step;
    for (const Uuid &instance : instances) {
        const auto history = fleet::loadSeries(session, instance, fleet::instanceSeries, from - std::chrono::minutes{2}, to);
        if (!history)
            return fail(history.error());
        counters.damaged += history->damaged;
        add(steps, counterSteps(history->series, killed, from, step, steps.size()), &KilledStep::byOthers, counters.tellKilled);
        add(steps, counterSteps(history->series, timedOut, from, step, steps.size()), &KilledStep::timedOut, counters.tellTimedOut);
    }
    for (KilledStep &one : steps) {
        if (one.byOthers)
            one.byOthers = std::max<std::int64_t>(0, *one.byOthers - one.killed);
    }
    return counters;
}

} // namespace zandb::killer
