// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/binlogs/binlogfacts.h"

namespace zandb::agent {

/// A binlog file that is here, uncompressed.
struct PlayableBinlog
{
    wire::BinlogFile file;
    std::filesystem::path path;
};

/// Reads files from the position of a backup to a target and says what exactly is played: files, bytes, the last transaction that is kept and the first that is
/// lost.  `files` gets shorter: those behind the target are not played.  A file that does not continue the one before is an error, as is a target that is
/// not there.  Errors: binlog.gap, binlog.damaged, binlog.target, io.failed, cancelled.
Result<wire::RecoverResult> planRecovery(std::vector<PlayableBinlog> &files, const wire::BackupPosition &position, const wire::RecoverTarget &target, const std::stop_token &stop);

} // namespace zandb::agent
