// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/work.h"

#include <span>
#include <string>

/// The verbs of zandb-agent that belong to the runtime.  `args` are the words after the verb.  All return the
/// process's exit status: 0, 1 for failed, 2 for wrong usage.
namespace zandb::agent {

inline constexpr const char *defaultConfigFile = "/etc/zandb/agent.toml";

/// `serve [--config FILE]`; `kinds` are what this program's workers know.
int serveMain(std::span<const std::string> args, const Kinds &kinds);
/// `work DIR`
int workMain(std::span<const std::string> args, const Kinds &kinds);
/// `facts [--json] [--config FILE]`: facts of this host and its instances, without any fleet.
int factsMain(std::span<const std::string> args);

/// `repair-journal [--config FILE]`: after damage of the order journal, with the agent stopped.
int repairJournalMain(std::span<const std::string> args, const Kinds &kinds);

} // namespace zandb::agent
