// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/backups.h"
#include "agent/protocol/binlogerrors.h"

/// Binlogs: which files an instance has and which of them are archived.  Methods:
///
/// `binlogs.state` {"instance"?} -> {"instances":[BinlogReport without files]}
/// `binlogs.archive` {"instance","repository"} -> BinlogReport without files: from now on its binlogs are streamed into that repository of this
///   host; "" ends that, and what is archived stays.  Errors: instance.unknown, backup.repository_unknown, backup.repository_elsewhere.
///
/// What is found travels as batches of the source "binlogs/INSTANCE" (collected.h), each a BinlogReport.
namespace zandb::wire {

inline constexpr std::string_view binlogsSourcePrefix = "binlogs/";

/// One file, on the server or in an archive.  Its name says little: after RESET or on another server the same name is another file.
struct BinlogFile
{
    std::string repository;    ///< where it is archived; empty: this is the server's own
    std::string key;           ///< creation time, server and name; in an archive the name of what is stored, without ".zst"
    std::string name;          ///< "binlog.000017"
    std::string server;        ///< server_uuid; MariaDB: "id-" and the server_id
    std::int64_t serverId = 0;
    bool mariaDb = false;
    TimePoint created{};       ///< of the file, in whole seconds
    /// "open": the server writes it; "closed"; "cut": archived up to a place only, and the server has it no more; "encrypted", "unreadable" (no right
    /// to read it), "damaged" (`detail`): what is in it is not known; "pending": not read yet; "lost": it was archived, and what is stored is not there any more.
    std::string state;
    std::string detail;
    std::int64_t size = 0;       ///< as it was read; of an archived one before compression
    std::int64_t transactions = 0;
    std::optional<TimePoint> first;  ///< when its first and its last transaction were committed
    std::optional<TimePoint> last;
    std::string firstGtid;
    std::string lastGtid;
    bool knowsGtids = false;
    std::string previousGtids; ///< before its first transaction
    std::string endGtids;      ///< after its last one
    bool wentBack = false;     ///< the clock did, between two transactions
    std::string sha256;        ///< of closed ones, with the mark "in use" taken away: a stream and its source have the same
    std::int64_t storedBytes = 0;  ///< of an archived one
    std::string storedSha256;      ///< of the compressed file
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(BinlogFile, repository, key, name, server, serverId, mariaDb, created, state, detail, size, transactions, first, last, firstGtid,
                                                lastGtid, knowsGtids, previousGtids, endGtids, wentBack, sha256, storedBytes, storedSha256)
};

/// How an archive of an instance is doing.
struct BinlogArchiveState
{
    std::string repository;  ///< empty: nothing is archived
    std::string state;       ///< "off", "streaming", "waiting" (it begins again soon), "refused" (it cannot work as things are)
    Json error;              ///< why it waits or is refused; else null
    std::string file;        ///< the one that is streamed
    std::int64_t offset = 0; ///< how much of it is here
    std::int64_t behindBytes = 0;      ///< what the server has and the archive has not
    std::optional<TimePoint> behindSince; ///< since when it is behind
    std::int64_t files = 0;  ///< closed ones in the archive
    std::int64_t storedBytes = 0;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(BinlogArchiveState, repository, state, error, file, offset, behindBytes, behindSince, files, storedBytes)
};

/// A backup that lies in a repository of this host, with every file in the size that its manifest names.
struct BinlogBaseHere
{
    std::string repository;
    Uuid backupId;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(BinlogBaseHere, repository, backupId)
};

/// A file that is no longer where it was.
struct BinlogGone
{
    std::string repository;
    std::string key;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(BinlogGone, repository, key)
};

/// What changed at an instance since the report before.
struct BinlogReport
{
    std::string instance;
    TimePoint at{};
    bool whole = false;      ///< all files are named, here or in the reports of the same time just before: what is not is gone
    bool on = false;         ///< binlogs are written
    bool mariaDb = false;
    std::string server;      ///< as of BinlogFile
    std::int64_t expireSeconds = 0; ///< after which the server removes a file; 0: never
    Json error;              ///< why the server could not be asked; null
    std::vector<BinlogFile> files;
    std::vector<BinlogGone> gone;
    BinlogArchiveState archive;
    std::vector<std::string> looked;   ///< repositories of this host; a backup that should be in one of them and is not in `bases` is lost
    std::vector<BinlogBaseHere> bases; ///< of the instance
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(BinlogReport, instance, at, whole, on, mariaDb, server, expireSeconds, error, files, gone, archive, looked, bases)
};

/// Where a recovery ends.
struct RecoverTarget
{
    std::string kind = "end"; ///< "end": all that there is; "time": before the first transaction that was committed later than `at`; "gtid": with this one;
                              ///< "before_gtid": without it; "position": before `offset` of the file `key`
    TimePoint at{};
    std::string gtid;
    std::string key;
    std::int64_t offset = 0;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(RecoverTarget, kind, at, gtid, key, offset)
};

/// Args of kind `recover` (a person's key): a backup, and what was committed after it up to a target, in a directory with a server of its own that has
/// ended when the order has.
struct RecoverArgs
{
    RestoreArgs base;
    BackupPosition position;         ///< of that backup
    std::string repository;          ///< of the archive
    std::vector<BinlogFile> files;   ///< of the archive, in order, from the one that the position is in
    RecoverTarget target;
    bool planOnly = false;           ///< only says what would be done
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(RecoverArgs, base, position, repository, files, target, planOnly)
};

/// A transaction that a plan names.
struct RecoverMark
{
    std::string key;       ///< of the file
    std::string name;
    std::int64_t offset = 0; ///< of its begin
    std::int64_t end = 0;
    std::string gtid;
    TimePoint at{};
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(RecoverMark, key, name, offset, end, gtid, at)
};

struct RecoverResult
{
    Uuid backupId;
    bool planOnly = false;
    std::vector<std::string> files; ///< names of those that are played
    std::int64_t bytes = 0;         ///< of binlog that is played
    std::int64_t transactions = 0;
    std::string startFile;
    std::int64_t startOffset = 0;
    std::string stopFile;
    std::int64_t stopOffset = 0;
    std::optional<RecoverMark> lastKept;  ///< none: only the backup
    std::optional<RecoverMark> firstLost; ///< none: nothing after the target is known
    std::string target;             ///< the directory
    int level = 0;                  ///< 4: replayed to a point in time and checked
    std::int64_t tablesChecked = 0;
    std::string gtidAfter;          ///< where the recovered server says that it stands (MySQL)
    double restoreSeconds = 0;
    double replaySeconds = 0;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(RecoverResult, backupId, planOnly, files, bytes, transactions, startFile, startOffset, stopFile, stopOffset, lastKept, firstLost,
                                                target, level, tablesChecked, gtidAfter, restoreSeconds, replaySeconds)
};

} // namespace zandb::wire
