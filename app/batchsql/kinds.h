// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/workflow/kinds.h"

namespace zandb::batchsql {

/// Adds the kind `sql`: only a person's key orders it, nothing of it is repeated by itself.
void addSqlKinds(workflow::Kinds &kinds);

} // namespace zandb::batchsql
