// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/backups/storebackups.h"

#include "app/backups/coveragereading.h"
#include "app/backups/storedump.h"
#include "app/store/audit.h"
#include "app/store/sqltext.h"
#include "app/workflow/runrepository.h"

#include <QSysInfo>

#include <algorithm>

namespace zandb::backups {
namespace {

using store::Row;
using store::Session;
using store::value;

constexpr std::string_view columns = "id, at_us, place, file, bytes, tables, sha256, duration_us, tool, error";
constexpr std::chrono::days failuresKept{90};

StoreBackup backupOf(const Row &row)
{
    return {row.uuid(0), row.time(1), row.text(2), row.text(3), row.integer(4), row.integer(5), row.text(6), Microseconds{row.integer(7)},
            row.text(8), row.optionalError(9)};
}

Result<std::optional<StoreBackup>> newestOf(Session &session, std::string_view which)
{
    const auto rows = session.query("SELECT " + std::string(columns) + " FROM store_backup WHERE error IS " + std::string(which)
                                    + " ORDER BY at_us DESC, id DESC LIMIT 1");
    if (!rows)
        return fail(rows.error());
    return rows->empty() ? std::nullopt : std::optional(backupOf(rows->front()));
}

/// A directory as it is compared: without a slash at its end.
std::string_view bare(std::string_view path)
{
    while (path.size() > 1 && path.ends_with('/'))
        path.remove_suffix(1);
    return path;
}

/// The instance whose server the session talks to.  MySQL's server says who it is; MariaDB's is told by the name of its computer,
/// port, number and data directory together.
Result<std::optional<Uuid>> instanceOfStore(Session &session, const Fleet &fleet)
{
    const auto server = session.server();
    if (!server)
        return fail(server.error());
    const auto rows = session.query(std::string("SELECT @@hostname, @@port, @@server_id, @@datadir, ") + (server->mariaDb ? "''" : "@@server_uuid"));
    if (!rows)
        return fail(rows.error());
    if (rows->empty())
        return std::optional<Uuid>();
    const Row &is = rows->front();
    for (const InstanceRecord &record : fleet.instances) {
        if (!record.detail)
            continue;
        const auto &detail = *record.detail;
        if (!server->mariaDb && !detail.serverUuid.empty() && detail.serverUuid == is.text(4))
            return std::optional(record.instance.id);
        const auto host = fleet.hostStates.find(record.instance.hostId);
        if (server->mariaDb && detail.flavour == "mariadb" && host != fleet.hostStates.end() && host->second.facts
            && host->second.facts->hostName == is.text(0) && detail.port == is.integer(1) && detail.serverId == is.integer(2)
            && bare(detail.dataDirectory) == bare(is.text(3)))
            return std::optional(record.instance.id);
    }
    return std::optional<Uuid>();
}

} // namespace

Result<std::vector<StoreBackup>> listStoreBackups(Session &session, int limit)
{
    const auto rows = session.query("SELECT " + std::string(columns) + " FROM store_backup ORDER BY at_us DESC, id DESC LIMIT "
                                    + std::to_string(std::max(limit, 0)));
    if (!rows)
        return fail(rows.error());
    std::vector<StoreBackup> backups;
    for (const Row &row : *rows)
        backups.push_back(backupOf(row));
    return backups;
}

Result<StoreBackup> backupStore(Session &session, const StoreBackupSettings &options, const std::stop_token &stop)
{
    const auto begun = std::chrono::steady_clock::now();
    auto dumped = dumpStore(session, options, stop);
    if (!dumped && (dumped.error().is(errors::cancelled) || stop.stop_requested()))
        return fail(errors::cancelled);
    StoreBackup backup;
    backup.id = Uuid::v7();
    backup.place = QSysInfo::machineHostName().toStdString();
    backup.duration = std::chrono::duration_cast<Microseconds>(std::chrono::steady_clock::now() - begun);
    if (dumped) {
        backup.file = dumped->file.string();
        backup.bytes = dumped->bytes;
        backup.tables = dumped->tables;
        backup.sha256 = dumped->sha256;
        backup.tool = dumped->tool;
    } else {
        backup.error = dumped.error();
    }
    const auto written = session.transaction([&]() -> Result<void> {
        const auto now = session.now();
        if (!now)
            return fail(now.error());
        backup.at = *now;
        const auto added = session.execute(
            "INSERT INTO store_backup (" + std::string(columns) + ") VALUES (" + store::marks(10) + ')',
            {value(backup.id), value(backup.at), value(backup.place), value(backup.file), value(backup.bytes), value(backup.tables),
             value(backup.sha256), value(backup.duration.count()), value(backup.tool),
             backup.error ? value(errorToJson(*backup.error)) : store::Value(nullptr)});
        if (!added)
            return fail(added.error());
        if (dumped) {
            for (const auto &file : dumped->removed) {
                const auto gone = session.execute("DELETE FROM store_backup WHERE place = ? AND file = ?", {value(backup.place), value(file.string())});
                if (!gone)
                    return fail(gone.error());
            }
        }
        const auto old = session.execute("DELETE FROM store_backup WHERE error IS NOT NULL AND at_us < ?", {value(backup.at - failuresKept)});
        if (!old)
            return fail(old.error());
        return store::audit(session, "store.backup", backup.place, {{"file", backup.file}, {"ok", !backup.error}});
    });
    if (!written)
        return fail(written.error());
    return backup;
}

std::optional<TimePoint> StoreProtection::newest() const
{
    const std::optional<TimePoint> dumped = dump ? std::optional(dump->at) : std::nullopt;
    return std::max(dumped, instanceBackup); // none is before any
}

bool StoreProtection::isMissing() const
{
    const TimePoint from = std::max(newest().value_or(TimePoint{}), since);
    return now - from > storeBackupMaxAge;
}

std::string_view StoreProtection::means() const
{
    const bool dumps = dump && now - dump->at <= storeBackupMaxAge;
    return dumps && inTask ? "dump and task" : dumps ? "dump" : inTask ? "task" : "none";
}

Result<StoreProtection> storeProtection(Session &session, const Fleet &fleet)
{
    StoreProtection told;
    told.now = fleet.readAt;
    const auto made = session.query("SELECT created_us FROM store_info WHERE id = 1");
    if (!made)
        return fail(made.error());
    told.since = made->empty() ? TimePoint{} : made->front().time(0);
    for (const auto &[which, into] : {std::pair{"NULL", &told.dump}, {"NOT NULL", &told.failure}}) {
        auto newest = newestOf(session, which);
        if (!newest)
            return fail(newest.error());
        *into = std::move(*newest);
    }
    if (told.dump && told.failure && told.failure->at <= told.dump->at)
        told.failure.reset();
    const auto instance = instanceOfStore(session, fleet);
    if (!instance)
        return fail(instance.error());
    told.instance = *instance;
    if (!told.instance)
        return told;
    const auto tasks = workflow::loadTasks(session);
    if (!tasks)
        return fail(tasks.error());
    const auto coverage = loadCoverage(session, fleet, *tasks);
    if (!coverage)
        return fail(coverage.error());
    const auto own = std::ranges::find(*coverage, *told.instance, &Coverage::instance);
    if (own != coverage->end()) {
        told.inTask = own->inTask;
        told.instanceBackup = own->lastGood;
    }
    return told;
}

} // namespace zandb::backups
