// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/fleet/fleet.h"

/// What stands between the team and the loss of its store: dumps that a headless instance writes, or ordinary backups of the
/// server that the store lies on.  All calls block.  Errors: those of Session.
namespace zandb::backups {

/// A store without a backup younger than this is told (storeBackupAlert).
inline constexpr std::chrono::days storeBackupMaxAge{2};

/// One try to dump the store.
struct StoreBackup
{
    Uuid id;
    TimePoint at{};              ///< when it ended
    std::string place;           ///< name of the computer
    std::string file;            ///< its path there; empty: it failed
    std::int64_t bytes = 0;
    std::int64_t tables = 0;
    std::string sha256;          ///< of the file
    Microseconds duration{};
    std::string tool;
    std::optional<Error> error;  ///< why it failed
};
/// Newest first.
Result<std::vector<StoreBackup>> listStoreBackups(store::Session &session, int limit = 100);

/// Dumps the store (dumpStore) and writes down what became of it; dumps that were taken away are taken from the list too.  The answer
/// has its error when it failed.  Errors: cancelled, and what keeps it from being written down.
Result<StoreBackup> backupStore(store::Session &session, const StoreBackupSettings &options, const std::stop_token &stop = {});

/// How the store is backed up.
struct StoreProtection
{
    std::optional<Uuid> instance;          ///< the instance of the fleet that the store lies on
    bool inTask = false;                   ///< that one is in an enabled backup task
    std::optional<TimePoint> instanceBackup; ///< its newest good backup
    std::optional<StoreBackup> dump;       ///< the newest that did not fail
    std::optional<StoreBackup> failure;    ///< the newest that failed, when none was written since
    TimePoint since{};                     ///< when the store was made
    TimePoint now{};                       ///< by the store's clock

    std::optional<TimePoint> newest() const;
    /// There is none younger than storeBackupMaxAge, and the store is older than that.
    bool isMissing() const;
    /// "dump", "task", "dump and task" or "none": which of the two holds.  An instance's old backups hold no longer than its task.
    std::string_view means() const;
};
Result<StoreProtection> storeProtection(store::Session &session, const Fleet &fleet);

} // namespace zandb::backups
