// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/scripts.h"
#include "app/cli/command.h"

/// What the verbs of tasks and of scripts share.
namespace zandb::cli {

/// The values given as --set NAME=VALUE.  Errors: usage.
Result<std::map<std::string, std::string>> readScriptValues(const Args &args);

bool isScriptTask(const Task &task);

/// Puts --script, --set and --each into a task of kind `script`; refuses them for others.  Errors: usage.
Result<void> readScriptArgs(const Args &args, Task &task);

/// Asks the agents of the hosts for their catalogues, all at once: a host that does not answer holds up nobody else.  In the order of `hosts`.
std::vector<std::pair<Host, Result<std::vector<wire::ScriptEntry>>>> askCatalogues(Context &context, const std::vector<Host> &hosts);

/// The task's script must be in the catalogue of a target's host, with `scheduled = true`; with `force` also when no such host answers.  Says on standard error
/// which hosts lack it.  Errors: usage.
Result<void> checkScript(Context &context, const Task &task, const Fleet &fleet, bool force);

} // namespace zandb::cli
