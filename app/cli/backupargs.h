// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/args.h"

namespace zandb::cli {

/// The options of a backup, shared by `backup run` and `task add`.
std::set<std::string> backupOptions();
std::string backupUsage();
/// As args of kind `backup` (wire::BackupArgs), only what was given.  Errors: usage.
Result<Json> readBackupArgs(const Args &args);

} // namespace zandb::cli
