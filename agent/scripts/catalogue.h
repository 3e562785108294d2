// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/instances.h"
#include "agent/runtime/config.h"
#include "agent/runtime/methods.h"

namespace zandb::agent {

/// The command line of a script with the values in their places: program and words, for no shell.  `instance` is the one it is run for; none where the
/// script is for the host.  Errors: script.parameter (a value is missing, unknown or not of its type).
Result<std::vector<std::string>> scriptCommand(const ScriptConfig &script, const wire::ScriptArgs &args, const LocalInstance *instance);

/// Why the program must not be run, in English; "" when it may: it and each directory above belong to root or to the owner of the agent's configuration, and
/// nobody else can write to them, sticky directories aside.  Links are followed first.
std::string whyUnusable(const ScriptConfig &script, const std::filesystem::path &configuration);

/// Every entry with whether it can be run now.  Looks at the programs' files.
std::vector<wire::ScriptEntry> listScripts(const Config &config);

/// Adds `scripts.list`: {"scripts": [wire::ScriptEntry]}.
void addScriptMethods(const Config &config, Methods &methods);

} // namespace zandb::agent
