// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"

#include <optional>
#include <string>
#include <vector>

/// How work of a person goes over many instances: a script, a change of configuration.  Pure.
namespace zandb::workflow {

struct WavePolicy
{
    std::optional<Uuid> canary;             ///< the instance that goes alone before all others; none: the first one, unless `noCanary`
    bool noCanary = false;
    int wave = 1;                           ///< instances at a time, from 1
    std::int64_t pauseSeconds = 0;          ///< between waves
    /// Failed instances of those that have ended, in percent, beyond which no further wave begins; 0: the first failure stops.
    int stopPercent = 0;
    std::optional<std::int64_t> maxLagSeconds;     ///< of an instance's replicas, and of itself, before and after its wave
    std::optional<std::int64_t> maxThreadsRunning; ///< of an instance, before its wave
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(WavePolicy, canary, noCanary, wave, pauseSeconds, stopPercent, maxLagSeconds, maxThreadsRunning)
};

/// Where one instance of a plan stands.
struct PlanTarget
{
    int position = 0;      ///< order of the targets, from 0
    Uuid instance;
    int wave = 0;          ///< from 0
    std::optional<Uuid> runId;
    std::string state = "pending"; ///< "pending", "ordered", "succeeded", "failed", "cancelled", "unknown"
    bool hasEnded() const { return state != "pending" && state != "ordered"; }
};

/// The targets in waves: the canary is wave 0.
std::vector<PlanTarget> planWaves(const std::vector<Uuid> &instances, const WavePolicy &policy);
/// Whether no further wave begins: too many have failed, or may have ("unknown" counts as failed).
bool hasFailedTooOften(const std::vector<PlanTarget> &targets, const WavePolicy &policy);
/// "first" or "10%"; nothing for anything else.
std::optional<int> stopPercentOf(std::string_view text);

} // namespace zandb::workflow
