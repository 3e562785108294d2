// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/mariabackuptool.h"

namespace zandb::agent {

std::vector<std::string> MariadbBackupCall::argv() const
{
    // Not --throttle: it counts files, also under the lock that stops every ALTER.  ReadPace slows the tool instead.
    // Not --ftwrl-wait-timeout: with it the tool waits for a second without any running statement at all, which a busy
    // server never has.  What its lock requests do to others is the guard's business.
    // my.cnf: its [mysqld] section may name what the tool needs to open tablespaces (encryption, undo directories)
    std::vector<std::string> words{tool.string(), myCnf.empty() ? std::string("--no-defaults") : "--defaults-file=" + myCnf.string(),
                                   "--backup", "--stream=xbstream", "--user=" + account, "--socket=" + socket.string(),
                                   "--datadir=" + dataDirectory.string(), "--target-dir=" + target.string(),
                                   "--tmpdir=" + target.string()};
    if (slaveInfo)
        words.emplace_back("--slave-info");
    return words;
}

} // namespace zandb::agent
