// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/workflow/wavepolicy.h"

#include <algorithm>
#include <charconv>

namespace zandb::workflow {

std::vector<PlanTarget> planWaves(const std::vector<Uuid> &instances, const WavePolicy &policy)
{
    std::vector<Uuid> order = instances;
    if (policy.canary) {
        if (const auto canary = std::ranges::find(order, *policy.canary); canary != order.end())
            std::rotate(order.begin(), canary, std::next(canary));
    }
    const int size = std::max(1, policy.wave);
    const int first = policy.noCanary ? size : 1;
    std::vector<PlanTarget> targets;
    for (int i = 0; i < static_cast<int>(order.size()); ++i) {
        PlanTarget target;
        target.position = i;
        target.instance = order[static_cast<std::size_t>(i)];
        target.wave = i < first ? 0 : 1 + (i - first) / size;
        targets.push_back(std::move(target));
    }
    return targets;
}

bool hasFailedTooOften(const std::vector<PlanTarget> &targets, const WavePolicy &policy)
{
    const auto ended = std::ranges::count_if(targets, &PlanTarget::hasEnded);
    const auto bad = std::ranges::count_if(targets, [](const PlanTarget &target) { return target.hasEnded() && target.state != "succeeded"; });
    return bad > 0 && bad * 100 > ended * policy.stopPercent;
}

std::optional<int> stopPercentOf(std::string_view text)
{
    if (text == "first")
        return 0;
    int percent = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), percent);
    if (error != std::errc() || std::string_view(end, static_cast<std::size_t>(text.data() + text.size() - end)) != "%" || percent < 0 || percent > 100)
        return std::nullopt;
    return percent;
}

} // namespace zandb::workflow
