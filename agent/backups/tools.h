// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/os/child.h"
#include "agent/runtime/config.h"

namespace zandb::agent {

/// findProgram() or why not.  Errors: tool.missing (tool, package).
Result<std::filesystem::path> findTool(const Config &config, bool mariaDb, const std::string &name);
/// The first line of `--version`.  Errors: tool.failed, cancelled.
Result<std::string> toolVersion(const std::filesystem::path &tool, const std::stop_token &stop = {});
/// The program is what its name says: "mysqldump" of a MariaDB package is not MySQL's.  Errors: backup.method.
Result<void> checkFlavour(const std::string &version, bool mariaDb, const std::string &tool);
/// The name of the operating system's user this process runs as.
std::string userName();

} // namespace zandb::agent
