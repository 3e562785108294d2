// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/kind.h"

namespace zandb::agent {

/// The work of kind `drift`: a ConfigState of the instance with its program's SHA-256 (agent/protocol/config.h).
Result<Json> driftWork(WorkContext &context);

} // namespace zandb::agent
