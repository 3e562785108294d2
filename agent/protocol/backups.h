// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"

#include <map>
#include <string>
#include <vector>

/// Messages about backups: the args and results of the order kinds `backup`, `restore` and `verify`.
namespace zandb::wire {

/// Args of kind `backup`.
struct BackupArgs
{
    std::string instance;              ///< label on the host
    std::string method = "auto";       ///< "auto" (physical where possible), "physical", "logical", "mydumper", "clone"
    std::string repository = "local";  ///< a name from the agent's configuration, never a path
    int compressionLevel = 3;          ///< zstd, 1 to 19
    int compressionThreads = 1;        ///< 0 to 16; 0 compresses on the reading thread
    std::int64_t longStatementSeconds = 10;  ///< no global lock while a statement is older than this
    std::int64_t longStatementWaitSeconds = 60; ///< how long to wait for that before backup.blocked
    std::int64_t holdUpSeconds = 5;    ///< our own dump is ended when it holds up others this long
    std::int64_t throttleBytesPerSecond = 0; ///< of reading data files, mariadb-backup only; 0: as fast as it can
    int keep = 0;                      ///< expire older ones of the same task beyond this many good ones; 0: never
    std::optional<Uuid> taskId;        ///< the task whose backups `keep` counts; none: a backup by hand, never expired
    Uuid backupId;                     ///< chosen by the sender, becomes part of the directory's name
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(BackupArgs, instance, method, repository, compressionLevel, compressionThreads,
                                                longStatementSeconds, longStatementWaitSeconds, holdUpSeconds,
                                                throttleBytesPerSecond, keep, taskId, backupId)
};

/// Where in the binlogs a backup stands.
struct BackupPosition
{
    std::string file;       ///< "" when binlogs are off
    std::int64_t offset = 0;
    std::string gtid;       ///< gtid_binlog_pos / gtid_executed
    /// On a replica: the source's coordinates, so that the backup can become another replica.
    std::string sourceFile;
    std::int64_t sourceOffset = 0;
    std::string sourceGtid;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(BackupPosition, file, offset, gtid, sourceFile, sourceOffset, sourceGtid)
};

/// What a person should know of a good backup: a code of `warnings` with the names it is about.
struct BackupWarning
{
    std::string code;
    std::vector<std::string> names; ///< at most 50
    std::int64_t count = 0;         ///< of all names
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(BackupWarning, code, names, count)
};
/// The codes of warnings: stable, never renamed.
namespace warnings {
inline constexpr std::string_view brokenViews = "views.broken";         ///< the source itself cannot read these views
inline constexpr std::string_view missingDefiners = "definers.missing"; ///< these objects' definers are no accounts of the source
inline constexpr std::string_view historyLost = "history.lost";         ///< of these tables only the current rows are in the backup
inline constexpr std::string_view sqlModesLost = "sql_modes.lost";      ///< these objects come back with the default sql_mode
inline constexpr std::string_view rightsMissing = "rights.missing";     ///< without these rights objects could not all be listed
inline constexpr std::string_view notCompared = "proof.not_compared";   ///< kinds of things this proof could not compare
inline constexpr std::string_view extraObjects = "proof.extra_objects"; ///< in the copy, but unknown to the manifest
inline constexpr std::string_view unreadableViews = "proof.views_unreadable"; ///< their names resolve, but reading them failed
inline constexpr std::string_view definersNotRestored = "proof.definers_missing"; ///< accounts that the source had and the copy lacks
} // namespace warnings

/// A backup whose bytes are not what they should be, as a verify, a restore or the agent's own reading found it.
struct BackupFinding
{
    Uuid backupId;
    TimePoint at{};
    Json error; ///< wire Error
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(BackupFinding, backupId, at, error)
};

/// Result of kind `backup`.
struct BackupResult
{
    Uuid backupId;
    std::string instance;
    std::string method;        ///< the one used: "mariadb-backup", "mariadb-dump", "mysqldump", "mydumper", "clone"
    std::string repository;
    std::string path;          ///< the backup's directory on the repository's host
    std::int64_t bytes = 0;        ///< before compression
    std::int64_t storedBytes = 0;  ///< all stored files
    double durationSeconds = 0;
    std::string sha256;        ///< of the stored payload, lower-case hex
    std::string manifestSha256; ///< of manifest.json, lower-case hex; "" from an older agent
    BackupPosition position;
    int tableCount = 0;
    std::string sourceRole;    ///< role of the instance when it was taken
    std::string toolVersion;
    std::string serverVersion;
    std::string flavour;
    int level = 0;             ///< 0 copied, 1 prepared, 2 started and checked, 3 compared, 4 replayed
    TimePoint startedAt{};
    TimePoint endedAt{};
    std::vector<Uuid> expired; ///< backups that `keep` lets go: removed once this result stands
    std::vector<BackupFinding> found{}; ///< those that `keep` does not count since they are not intact
    std::map<std::string, std::int64_t> objects; ///< how many of each kind (agent/backups/manifest.h)
    std::vector<BackupWarning> warnings;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(BackupResult, backupId, instance, method, repository, path, bytes, storedBytes,
                                                durationSeconds, sha256, manifestSha256, position, tableCount, sourceRole, toolVersion,
                                                serverVersion, flavour, level, startedAt, endedAt, expired, found, objects, warnings)
};

/// Args of kind `restore` (a person's key) and of kind `verify` (target empty: a scratch directory of the agent's
/// own, removed afterwards).
struct RestoreArgs
{
    Uuid backupId;
    std::string repository;
    std::string instance;      ///< the backup's instance; with host and id it gives the place in the repository
    std::string host;          ///< the agent's configured host name when the backup was taken
    std::string target;        ///< restore only: an absolute path, absent or empty
    std::string manifestSha256{}; ///< what the catalogue holds of the backup: other bytes are refused; "": not known
    std::string sha256{};         ///< the same of the payload
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(RestoreArgs, backupId, repository, instance, host, target, manifestSha256, sha256)
};

/// The field of the error of a failed `restore` or `verify` that names the backup, when the failure tells of its bytes: whoever
/// keeps the catalogue notes the error as the backup's finding.
inline constexpr const char *badBackupField = "bad_backup";

/// Result of kinds `restore` and `verify`.
struct RestoreResult
{
    Uuid backupId;
    std::string target;
    int level = 0;              ///< what was proved: 2 when a server started on it and all its tables were checked
    int tablesChecked = 0;
    std::vector<std::string> tablesDamaged;
    double durationSeconds = 0;
    std::int64_t rowsCompared = 0; ///< counted in the copy and found equal
    std::map<std::string, std::int64_t> objectsCompared; ///< by kind
    std::vector<BackupWarning> warnings;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(RestoreResult, backupId, target, level, tablesChecked, tablesDamaged, durationSeconds,
                                                rowsCompared, objectsCompared, warnings)
};

} // namespace zandb::wire
