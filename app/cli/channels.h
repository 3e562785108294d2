// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace zandb::cli {

/// `channel`: where messages about alerts go.
std::vector<Verb> channelVerbs();
/// `alert rule`: which alerts go to which channels.
Verb alertRuleVerb();

/// `health`: what an outside monitor asks.
Verb healthVerb();

} // namespace zandb::cli
