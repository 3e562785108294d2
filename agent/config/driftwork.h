// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/kind.h"

#include <sys/types.h>

namespace zandb::agent {

/// SHA-256 of the program that runs as this process; "" where this user may not see it.
std::string programSha256(pid_t server);
/// The work of kind `drift`: a ConfigState of the instance with its program's SHA-256 (agent/protocol/config.h).
Result<Json> driftWork(WorkContext &context);

} // namespace zandb::agent
