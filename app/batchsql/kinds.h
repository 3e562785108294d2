// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/workflow/kinds.h"

namespace zandb::batchsql {

/// Adds the kinds `sql` and `sql_undo`: only a person's key orders it, nothing of them is repeated by itself.
void addSqlKinds(workflow::Kinds &kinds);

/// Whether it is the run of a script.
bool isScript(const Run &run);

} // namespace zandb::batchsql
