// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/config.h"
#include "app/remote/agentpool.h"
#include "models/fleet/fleet.h"
#include "models/workflow/run.h"

/// Configurations of instances, asked from their agents; and the runs that change them.
namespace zandb::config {

/// All parts of `config.read`; `program`: with the sum of the server's program.  Blocks; the pool must know the host.  Errors: those of the call.
Result<wire::ConfigState> readConfig(remote::AgentPool &pool, const Instance &instance, std::vector<std::string> names = {}, bool program = false);
/// What the changes would do; nothing is touched.  The same errors.
Result<wire::ConfigResult> previewConfig(remote::AgentPool &pool, const Instance &instance, wire::ConfigArgs args);
/// The same changes, to be carried out only if what the preview has shown still stands there.
wire::ConfigArgs asPreviewed(wire::ConfigArgs args, const wire::ConfigResult &preview);
/// The run of a change of one instance.  `args.instance` is filled in.
RunDetail makeConfigRun(const Instance &instance, wire::ConfigArgs args, const std::string &author, TimePoint now);

} // namespace zandb::config
