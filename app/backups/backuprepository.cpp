// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/backups/backuprepository.h"

#include "app/store/sqltext.h"

#include <algorithm>

namespace zandb::backups {
namespace {

using store::Row;
using store::Session;
using store::value;
using store::Value;

const std::string columns = "id, instance_id, host_id, run_id, task_id, method, repository, host_name, path, bytes, stored_bytes, "
                            "duration_us, sha256, position, detail, level, started_us, ended_us, verified_us, restore_us, expired_us, finding, "
                            "found_us";

Backup backupOf(const Row &row)
{
    Backup backup;
    backup.id = row.uuid(0);
    backup.instanceId = row.uuid(1);
    backup.hostId = row.uuid(2);
    backup.runId = row.uuid(3);
    backup.taskId = row.optionalUuid(4);
    backup.method = row.text(5);
    backup.repository = row.text(6);
    backup.hostName = row.text(7);
    backup.path = row.text(8);
    backup.bytes = row.integer(9);
    backup.storedBytes = row.integer(10);
    backup.duration = Microseconds{row.integer(11)};
    backup.sha256 = row.text(12);
    backup.position = decode<wire::BackupPosition>(row.json(13)).value_or(wire::BackupPosition{});
    backup.detail = decode<wire::BackupResult>(row.json(14)).value_or(wire::BackupResult{});
    backup.level = static_cast<int>(row.integer(15));
    backup.startedAt = row.time(16);
    backup.endedAt = row.time(17);
    backup.verifiedAt = row.optionalTime(18);
    if (!row.isNull(19))
        backup.restoreDuration = Microseconds{row.integer(19)};
    backup.expiredAt = row.optionalTime(20);
    backup.finding = row.optionalError(21);
    backup.foundAt = row.optionalTime(22);
    return backup;
}

} // namespace

Result<std::vector<Backup>> listBackups(Session &session, const BackupFilter &filter)
{
    std::string sql = "SELECT " + columns + " FROM backup WHERE 1=1";
    std::vector<Value> arguments;
    if (filter.from) {
        sql += " AND ended_us >= ?";
        arguments.push_back(value(*filter.from));
    }
    if (filter.until) {
        sql += " AND ended_us < ?";
        arguments.push_back(value(*filter.until));
    }
    if (!filter.instances.empty()) {
        sql += " AND instance_id IN (" + store::marks(filter.instances.size()) + ')';
        for (const Uuid &id : filter.instances)
            arguments.push_back(value(id));
    }
    if (!filter.withExpired)
        sql += " AND expired_us IS NULL";
    if (filter.foundBad)
        sql += " AND finding IS NOT NULL";
    sql += " ORDER BY ended_us DESC, id DESC LIMIT " + std::to_string(std::max(filter.limit, 0));
    const auto rows = session.query(sql, arguments);
    if (!rows)
        return fail(rows.error());
    std::vector<Backup> found;
    found.reserve(rows->size());
    for (const Row &row : *rows)
        found.push_back(backupOf(row));
    return found;
}

Result<std::map<Uuid, LastBackups>> lastBackups(Session &session)
{
    // from the newest one back, by the key: each of the two ends at the first row that fits, however long the catalogue is
    const auto last = [](const std::string &what, const std::string &condition) {
        return "(SELECT " + what + " FROM backup b FORCE INDEX (backup_good) WHERE b.expired_us IS NULL AND b.instance_id = i.id AND b.finding IS NULL"
            + condition + " ORDER BY b.ended_us DESC LIMIT 1)";
    };
    const auto rows = session.query("SELECT i.id, " + last("b.ended_us", {}) + " AS good, " + last("COALESCE(b.verified_us, b.ended_us)", " AND b.level >= 2") + " FROM instance i HAVING good IS NOT NULL");
    if (!rows)
        return fail(rows.error());
    std::map<Uuid, LastBackups> found;
    for (const Row &row : *rows)
        found[row.uuid(0)] = {row.optionalTime(1), row.optionalTime(2)};
    return found;
}

Result<std::map<Uuid, Provable>> provableBackups(Session &session)
{
    const auto last = lastBackups(session);
    if (!last)
        return fail(last.error());
    // by the key: each ends at its first row
    const auto rows = session.query("SELECT " + columns + " FROM backup WHERE id IN (SELECT x.id FROM (SELECT (SELECT b.id FROM backup b FORCE INDEX (backup_good) WHERE "
                                    "b.expired_us IS NULL AND b.instance_id = i.id AND b.finding IS NULL ORDER BY b.ended_us DESC LIMIT 1) AS id FROM instance i) x)");
    if (!rows)
        return fail(rows.error());
    std::map<Uuid, Provable> found;
    for (const Row &row : *rows) {
        Backup backup = backupOf(row);
        const auto known = last->find(backup.instanceId);
        const Uuid instance = backup.instanceId;
        found[instance] = {std::move(backup), known == last->end() ? std::nullopt : known->second.proved};
    }
    return found;
}

Result<std::map<Uuid, std::vector<Backup>>> provedBackups(Session &session, int each)
{
    const auto rows = session.query("SELECT " + columns + " FROM backup WHERE verified_us IS NOT NULL AND ended_us > " + std::string(store::nowUs)
                                    + " - 7776000000000 ORDER BY verified_us DESC, id DESC LIMIT 20000");
    if (!rows)
        return fail(rows.error());
    std::map<Uuid, std::vector<Backup>> found;
    for (const Row &row : *rows) {
        auto &of = found[row.uuid(1)];
        if (static_cast<int>(of.size()) < each)
            of.push_back(backupOf(row));
    }
    return found;
}

Result<std::optional<Backup>> findBackup(Session &session, const Uuid &id)
{
    const auto rows = session.query("SELECT " + columns + " FROM backup WHERE id = ?", {value(id)});
    if (!rows)
        return fail(rows.error());
    return rows->empty() ? std::nullopt : std::optional(backupOf(rows->front()));
}

} // namespace zandb::backups
