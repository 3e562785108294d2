// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace zandb::agent {

/// How mariadb-backup is called for a streamed backup, by the agent and by the helper alike.
struct MariadbBackupCall
{
    std::filesystem::path tool;
    std::filesystem::path myCnf; ///< empty: none that may be read
    std::string account;
    std::filesystem::path socket;
    std::filesystem::path dataDirectory;
    std::filesystem::path target;          ///< an empty directory for its temporary files
    bool slaveInfo = false;

    std::vector<std::string> argv() const;
};

} // namespace zandb::agent
