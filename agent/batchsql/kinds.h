// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/kind.h"

namespace zandb::agent {

/// Adds the kind `sql`: a person's statements on one instance (agent/protocol/batchsql.h).
void addSqlKinds(Kinds &kinds);

} // namespace zandb::agent
