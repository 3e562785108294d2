// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/os/child.h"
#include "agent/protocol/backups.h"
#include "agent/protocol/time.h"
#include "agent/protocol/uuid.h"
#include "agent/runtime/config.h"

#include <memory>
#include <optional>
#include <span>
#include <stop_token>

namespace zandb::agent {

/// Which backup, and thereby where it lies: REPOSITORY/HOST/INSTANCE/UTC-ID.
struct BackupPlace
{
    std::string host;
    std::string instance;
    Uuid id;
    TimePoint startedAt{};
    /// "20261122T200301Z-UUID"
    std::string directoryName() const;
};

/// True for what may be one part of a path in a repository: letters, digits, '.', '_', '-', not beginning with a
/// dot, at most 100 bytes.
bool isRepositoryName(std::string_view name);

/// What `keep` lets go of one task's backups.
struct KeepPlan
{
    std::vector<Uuid> expired;
    std::vector<std::filesystem::path> paths; ///< theirs, in the same order; none of a repository on another host
    std::vector<wire::BackupFinding> found;   ///< backups of the task that were found bad and do not count, at most 100
    std::vector<std::string> log;             ///< lines for the attempt's log
};

/// Where one backup's files are written.  Until commit() they lie in a directory whose name begins with ".partial-";
/// only a whole backup ever has the final name.  Used by one thread at a time.
class BackupSink
{
public:
    virtual ~BackupSink() = default;
    /// Makes the partial directory.  Errors: io.disk_full when fewer than `needBytes` would be left above the
    /// repository's minimum, io.failed, backup.repository_remote.
    virtual Result<void> open(const BackupPlace &place, std::int64_t needBytes) = 0;
    /// One file after the other; `secret` ones get mode 0600, others 0640.
    virtual Result<void> beginFile(const std::string &name, bool secret) = 0;
    virtual Result<void> write(std::span<const char> bytes) = 0;
    /// Fsynced when this returns.
    virtual Result<void> endFile(const std::string &sha256, std::int64_t bytes) = 0;
    /// Gives the directory its final name; returns its path on the repository's host.
    virtual Result<std::string> commit() = 0;
    /// After commit(): which older backups of the task the repository lets go, by its own rule (keep.h).  Takes seconds.
    virtual KeepPlan planKeep(const Uuid &taskId, int keep) = 0;
    /// Removes those.  Returns one line for each that could not be.
    virtual std::vector<std::string> removeExpired() = 0;
    /// Removes the partial directory; returns what could not be removed.
    virtual std::vector<std::string> abort() = 0;
    /// May be called from another thread: makes a write() that hangs return soon with an error.
    virtual void interrupt() {}
};

/// A directory on this host.  `forSender`: for a backup that another host sends, so that `keep` goes by the repository's rule.
std::unique_ptr<BackupSink> localSink(const RepositoryConfig &repository, bool forSender = false);

/// Removes partial directories of an instance that nobody writes any more (their writer died: each writer holds a
/// lock on its own).  Returns the names of those removed.
std::vector<std::string> removeStalePartials(const std::filesystem::path &instanceDirectory);

/// Makes a directory and locks it as this process's own, until the returned descriptor is closed; invalid with errno
/// on failure.
FileDescriptor lockScratch(const std::filesystem::path &directory);
/// Removes directories of this user in `parent` whose owner (lockScratch) is gone.
/// Returns those removed.
std::vector<std::string> removeStaleScratch(const std::filesystem::path &parent);

/// Free bytes for this process on the file system of `path` (or of its nearest existing parent).  Errors: io.failed.
Result<std::int64_t> freeBytes(const std::filesystem::path &path);
/// Errors: io.disk_full (path, free, needed) where fewer than `bytes` are free, those of freeBytes.
Result<void> checkRoom(const std::filesystem::path &path, std::int64_t bytes);
/// What a backup, a restore or their staging leave free on a disk that is not a repository's: others live there too.
inline constexpr std::int64_t reservedOnDisks = 64 << 20;

/// Finds a good backup's directory in a local repository by its id.  Errors: backup.not_here (without its
/// field `where`, which the caller knows).
Result<std::filesystem::path> findBackup(const RepositoryConfig &repository, const std::string &host,
                                         const std::string &instance, const Uuid &id);

/// What a verify found out about a backup stands in a file beside its directory: written with a verdict, removed without.
/// Errors: io.failed, io.disk_full.
Result<void> recordVerdict(const std::filesystem::path &backup, const std::optional<Error> &bad);
bool isFoundBad(const std::filesystem::path &backup);
/// What was found out; nothing when nothing bad was.
std::optional<wire::BackupFinding> findingOf(const std::filesystem::path &backup, const Uuid &id);

} // namespace zandb::agent
