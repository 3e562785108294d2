// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/args.h"
#include "models/fleet/fleet.h"
#include "models/workflow/run.h"

namespace zandb::cli {

/// The options of a backup, shared by `backup run` and `task add`.
std::set<std::string> backupOptions();
std::string backupUsage();
/// As args of kind `backup` (wire::BackupArgs), only what was given.  Errors: usage.
Result<Json> readBackupArgs(const Args &args);

/// A name that no agent of the task's hosts knows would fail every night.  `force` goes on where a host has not been heard of yet.
/// Warns of hosts that do not have what others have.  Errors: usage.
Result<void> checkRepository(const Task &task, const Fleet &fleet, bool force);

} // namespace zandb::cli
