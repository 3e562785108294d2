// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>

/// The verbs of zandb-agent that belong to slow logs.  `args` are the words after the verb.  All return the process's exit
/// status: 0, 1 for failed, 2 for wrong usage.
namespace zandb::agent {

/// `digest [OPTION...] [FILE...]`: what the statements of slow logs add up to, without any fleet.
int digestMain(std::span<const std::string> args);

} // namespace zandb::agent
