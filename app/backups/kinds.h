// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/workflow/kinds.h"

namespace zandb::backups {

/// Adds the kinds `backup`, `verify` and `restore`.
void addBackupKinds(workflow::Kinds &kinds);

} // namespace zandb::backups
