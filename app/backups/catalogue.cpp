// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/backups/catalogue.h"

#include "app/store/sqltext.h"

#include <algorithm>

namespace zandb::backups {
namespace {

using store::Session;
using store::value;
using store::Value;

Value errorValue(const Error &error)
{
    return value(errorToJson(error));
}

Result<void> writeExpired(Session &session, const Attempt &attempt, const CatalogueChange &change)
{
    if (change.expired.empty())
        return {};
    // an agent speaks for the backups of its own host, and of no other
    std::vector<Value> arguments{value(attempt.hostId)};
    for (const Uuid &id : change.expired)
        arguments.push_back(value(id));
    const auto done = session.execute("UPDATE backup SET expired_us=" + std::string(store::nowUs)
                                          + " WHERE expired_us IS NULL AND host_id=? AND id IN (" + store::marks(change.expired.size()) + ')',
                                      arguments);
    if (!done)
        return fail(done.error());
    return {};
}

Result<void> writeRestored(Session &session, const wire::RestoreResult &restored)
{
    const int level = std::clamp(restored.level, 0, 2); // levels 3 and 4 are no kind's result yet
    const auto micros = static_cast<std::int64_t>(std::clamp(restored.durationSeconds, 0.0, 1e9) * 1e6);
    const auto done = session.execute("UPDATE backup SET level=GREATEST(level, ?), verified_us=" + std::string(store::nowUs)
                                          + ", restore_us=?, finding=NULL, found_us=NULL WHERE id=?", {value(level), value(micros), value(restored.backupId)});
    if (!done)
        return fail(done.error());
    return {};
}

Result<void> writeFound(Session &session, const Attempt &attempt, const CatalogueChange &change)
{
    if (change.foundBad && attempt.error) {
        const auto done = session.execute("UPDATE backup SET finding=?, found_us=" + std::string(store::nowUs) + " WHERE id=?",
                                          {errorValue(*attempt.error), value(*change.foundBad)});
        if (!done)
            return fail(done.error());
    }
    for (const wire::BackupFinding &found : change.found) {
        if (!found.error.is_object())
            continue;
        // an agent speaks for the backups of its own host; a verify that ended since the order was sent may know better, and if
        // it does not, the next backup says it again.  Both times are the store's.
        const auto done = session.execute("UPDATE backup SET finding=?, found_us=" + std::string(store::nowUs)
                                              + " WHERE id=? AND host_id=? AND finding IS NULL AND COALESCE(verified_us, 0) < ?",
                                          {errorValue(errorFromJson(found.error)), value(found.backupId), value(attempt.hostId), value(attempt.sentAt)});
        if (!done)
            return fail(done.error());
    }
    return {};
}

/// The catalogue's row; one that is there already stays as it is.
Result<void> writeBackup(Session &session, const Backup &backup)
{
    const std::vector<Value> values{
        value(backup.id), value(backup.instanceId), value(backup.hostId), value(backup.runId), value(backup.taskId),
        value(backup.method), value(backup.repository), value(backup.hostName), value(backup.path), value(backup.bytes),
        value(backup.storedBytes), value(backup.duration.count()), value(backup.sha256), value(Json(backup.position)),
        value(Json(backup.detail)), value(std::clamp(backup.level, 0, 4)), value(backup.startedAt), value(backup.endedAt),
        value(backup.verifiedAt),
        backup.restoreDuration ? value(backup.restoreDuration->count()) : Value(nullptr), value(backup.expiredAt)};
    // instants come from the host's clock: one that is ahead must not make a backup young for longer than it is
    const std::string notAhead = "LEAST(?, " + std::string(store::nowUs) + "),";
    const auto done = session.execute(
        "INSERT INTO backup (id, instance_id, host_id, run_id, task_id, method, repository, host_name, path, bytes, stored_bytes, "
        "duration_us, sha256, position, detail, level, started_us, ended_us, verified_us, restore_us, expired_us) VALUES ("
            + store::marks(16) + ',' + notAhead + notAhead + store::marks(3) + ") ON DUPLICATE KEY UPDATE id = id", values);
    if (!done)
        return fail(done.error());
    return {};
}

} // namespace

workflow::Recorder recorder(CatalogueChange change)
{
    const bool isShown = change.backup || change.restored || change.foundBad || !change.expired.empty();
    if (!isShown && change.found.empty())
        return {};
    return [change = std::move(change), isShown](Session &session, const Attempt &attempt) -> Result<void> {
        if (auto ok = writeExpired(session, attempt, change); !ok)
            return ok;
        if (change.restored) {
            if (auto ok = writeRestored(session, *change.restored); !ok)
                return ok;
        }
        if (auto ok = writeFound(session, attempt, change); !ok)
            return ok;
        if (isShown) {
            if (auto ok = store::raiseFeed(session, "backup"); !ok)
                return ok;
        }
        return change.backup ? writeBackup(session, *change.backup) : Result<void>();
    };
}

} // namespace zandb::backups
