// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/binlogs.h"

#include <optional>
#include <string>
#include <vector>

/// To which moments an instance can be brought: from a backup on, as far as the archived binlogs go without a hole.  Pure.
namespace zandb {

/// A good backup that a recovery can begin with.
struct BinlogBase
{
    Uuid id;
    TimePoint endedAt{};
    wire::BackupPosition position; ///< in the binlogs of the instance itself
};

/// One unbroken stretch.
struct BinlogRange
{
    TimePoint from{};          ///< the end of its first backup
    TimePoint to{};
    std::vector<Uuid> backups; ///< in it, the oldest first
    std::size_t firstFile = 0; ///< places in BinlogWindow::files
    std::size_t lastFile = 0;
    std::int64_t bytes = 0;    ///< of its files, before compression
    bool goesOn = false;       ///< it ends now, since the archive keeps up with the server
};

/// What cannot be restored, though there is something before it.
struct BinlogHole
{
    TimePoint from{};
    TimePoint to{};
    std::string after;   ///< the last file before it; empty: none
    std::string before;  ///< the first file behind it; empty: none
    std::string missing; ///< GTIDs, where they are known
    std::string why;     ///< "missing" (files, GTIDs), "damaged", "encrypted", "other_server", "reset", "lost" (files that were archived)
};

struct BinlogWindow
{
    std::vector<wire::BinlogFile> files; ///< of the archive, in order
    std::vector<BinlogRange> ranges;     ///< by time
    std::vector<BinlogHole> holes;       ///< by time
    std::vector<Uuid> alone;             ///< good backups whose binlogs are not archived: nothing but themselves can be restored
    std::vector<std::string> lost;       ///< names of files that were archived and are lost or damaged since
};

/// Those of one instance and one repository.  `status` is what its agent said last; none: not known.
BinlogWindow binlogWindow(std::vector<wire::BinlogFile> files, std::vector<BinlogBase> backups, const wire::BinlogReport *status);

/// What is between two files that should follow each other: empty `why`: nothing.
struct BinlogBreak
{
    std::string why;
    std::string missing;
};
BinlogBreak breakBetween(const wire::BinlogFile &file, const wire::BinlogFile &next);

/// How a target is reached.
struct BinlogRoute
{
    Uuid backup;
    wire::BackupPosition position;
    std::vector<wire::BinlogFile> files; ///< from the one of the position on
    std::int64_t bytes = 0;
};
/// Errors: binlog.target (nothing to begin with, before the first backup, later than what is archived), binlog.gap (in a hole: file, next, missing).
Result<BinlogRoute> binlogRoute(const BinlogWindow &window, const std::vector<BinlogBase> &backups, const wire::RecoverTarget &target);

} // namespace zandb
