// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"

#include <chrono>

namespace zandb::fleet {

/// What is new in what a host or an instance said, against what is stored of it.
enum class Change
{
    None,    ///< nothing, or figures have moved a little
    Figures, ///< figures have moved: by 2 % of the larger, and for small ones by what a person would call a change
    Facts,   ///< anything else
};

/// Figures that moved a little are stored again after this time; their history is in the series.
inline constexpr std::chrono::minutes figuresEvery{5};

/// Compares HostFacts or InstanceState of the wire as JSON.  Times of reading and positions of replication are never a change;
/// an uptime is one when it went back.  Pure.
Change changeOf(const Json &before, const Json &after);

} // namespace zandb::fleet
