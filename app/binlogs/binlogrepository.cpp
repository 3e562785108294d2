// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/binlogs/binlogrepository.h"

#include "app/store/sqltext.h"

#include <algorithm>

namespace zandb::binlogs {

using store::Row;
using store::Session;
using store::value;
using store::Value;

namespace {

const std::string fileColumns = "instance_id, repository, file_key, name, server, server_id, maria_db, created_us, state, detail, size, transactions, first_us, last_us, first_gtid, "
                                "last_gtid, knows_gtids, previous_gtids, end_gtids, went_back, sha256, stored_bytes, stored_sha256, seen_us";
constexpr std::size_t columnCount = 24;
constexpr std::size_t rowsPerStatement = 50;
/// Of a text of GTIDs; a longer one is not known.
constexpr std::size_t mostGtidText = 4u << 20;

std::vector<Value> valuesOf(const Uuid &instance, const wire::BinlogFile &f, TimePoint at)
{
    const bool gtids = f.knowsGtids && f.previousGtids.size() <= mostGtidText && f.endGtids.size() <= mostGtidText;
    const auto flag = [](bool is) { return value(std::int64_t{is ? 1 : 0}); };
    return {value(instance), value(store::textFor(f.repository, 64)), value(store::textFor(f.key, 255)), value(store::textFor(f.name, 200)), value(store::textFor(f.server, 64)),
            value(f.serverId), flag(f.mariaDb), value(f.created), value(store::textFor(f.state, 16)), value(store::textFor(f.detail, 255)), value(f.size), value(f.transactions),
            value(f.first), value(f.last), value(store::textFor(f.firstGtid, 100)), value(store::textFor(f.lastGtid, 100)), flag(gtids), value(gtids ? f.previousGtids : std::string()),
            value(gtids ? f.endGtids : std::string()), flag(f.wentBack), value(store::textFor(f.sha256, 64)), value(f.storedBytes), value(store::textFor(f.storedSha256, 64)), value(at)};
}

FileRecord fileOf(const Row &row)
{
    FileRecord record;
    record.instance = row.uuid(0);
    wire::BinlogFile &f = record.file;
    f.repository = row.text(1);
    f.key = row.text(2);
    f.name = row.text(3);
    f.server = row.text(4);
    f.serverId = row.integer(5);
    f.mariaDb = row.integer(6) != 0;
    f.created = row.time(7);
    f.state = row.text(8);
    f.detail = row.text(9);
    f.size = row.integer(10);
    f.transactions = row.integer(11);
    if (!row.isNull(12))
        f.first = row.time(12);
    if (!row.isNull(13))
        f.last = row.time(13);
    f.firstGtid = row.text(14);
    f.lastGtid = row.text(15);
    f.knowsGtids = row.integer(16) != 0;
    f.previousGtids = row.text(17);
    f.endGtids = row.text(18);
    f.wentBack = row.integer(19) != 0;
    f.sha256 = row.text(20);
    f.storedBytes = row.integer(21);
    f.storedSha256 = row.text(22);
    record.seenAt = row.time(23);
    return record;
}

std::string in(const std::string &column, const std::optional<std::vector<Uuid>> &instances, std::vector<Value> &arguments)
{
    if (!instances)
        return "1 = 1";
    for (const Uuid &instance : *instances)
        arguments.push_back(value(instance));
    return instances->empty() ? "0 = 1" : column + " IN (" + store::marks(instances->size()) + ')';
}

/// Whether a backup should lie in a repository that the agent has looked into, and does not.
bool isLost(const wire::BinlogReport &report, const Uuid &id, const std::string &repository, TimePoint ended)
{
    constexpr std::chrono::seconds untilNamed{10}; // it ends before it gets its name
    if (std::ranges::find(report.looked, repository) == report.looked.end() || report.at < ended + untilNamed)
        return false;
    return std::ranges::none_of(report.bases, [&](const wire::BinlogBaseHere &base) { return base.repository == repository && base.backupId == id; });
}

Result<void> storeFiles(Session &session, const Uuid &instance, const std::vector<wire::BinlogFile> &files, TimePoint at)
{
    for (std::size_t i = 0; i < files.size(); i += rowsPerStatement) {
        std::vector<Value> arguments;
        const std::size_t end = std::min(files.size(), i + rowsPerStatement);
        for (std::size_t k = i; k < end; ++k) {
            for (Value &one : valuesOf(instance, files[k], at))
                arguments.push_back(std::move(one));
        }
        if (auto done = session.execute("REPLACE INTO binlog_file (" + fileColumns + ") VALUES " + store::markRows(end - i, columnCount), arguments); !done)
            return fail(done.error());
    }
    return {};
}

} // namespace

Result<void> storeReport(Session &session, const Uuid &instance, const wire::BinlogReport &report)
{
    for (const wire::BinlogGone &gone : report.gone) {
        if (!gone.repository.empty() && gone.repository != report.archive.repository)
            continue; // it is archived no more, and what is archived stays
        if (auto done = session.execute("DELETE FROM binlog_file WHERE instance_id = ? AND repository = ? AND file_key = ?",
                                        {value(instance), value(store::textFor(gone.repository, 64)), value(store::textFor(gone.key, 255))}); !done)
            return fail(done.error());
    }
    if (auto done = storeFiles(session, instance, report.files, report.at); !done)
        return done;
    if (report.whole) {
        // an archive that is not looked after just now has its files all the same
        if (auto gone = session.execute("DELETE FROM binlog_file WHERE instance_id = ? AND (repository = '' OR repository = ?) AND seen_us < ?",
                                        {value(instance), value(report.archive.repository), value(report.at)});
            !gone)
            return fail(gone.error());
    }
    wire::BinlogReport rest = report;
    rest.files.clear();
    rest.gone.clear();
    if (auto done = session.execute("REPLACE INTO binlog_status (instance_id, at_us, report) VALUES (?,?,?)", {value(instance), value(report.at), value(Json(rest))}); !done)
        return fail(done.error());
    return {};
}

Result<fleet::Collected> storeReports(Session &session, const fleet::CollectedFrom &from, const std::vector<ReportBatch> &batches)
{
    if (batches.empty() || !from.source.starts_with(wire::binlogsSourcePrefix))
        return fleet::Collected{};
    const auto names = fleet::instancesOf(session, from.host);
    if (!names)
        return fail(names.error());
    const auto instance = names->find(from.source.substr(wire::binlogsSourcePrefix.size()));
    if (instance == names->end())
        return fleet::Collected{};
    std::vector<std::int64_t> numbers;
    for (const ReportBatch &batch : batches)
        numbers.push_back(batch.number);
    return fleet::storeCollected(session, from, numbers, [&](std::span<const std::size_t> fresh) -> Result<void> {
        for (const std::size_t place : fresh) {
            if (!batches[place].report)
                continue;
            if (auto done = storeReport(session, instance->second, *batches[place].report); !done)
                return done;
        }
        return store::raiseFeed(session, "binlog");
    });
}

Result<std::vector<FileRecord>> listFiles(Session &session, const FileFilter &filter, std::size_t limit)
{
    std::vector<Value> arguments;
    std::string where = in("instance_id", filter.instances, arguments);
    const auto add = [&](const std::string &condition, std::initializer_list<Value> values) {
        where += " AND " + condition;
        store::append(arguments, values);
    };
    if (filter.repository)
        add("repository = ?", {value(*filter.repository)});
    if (filter.from)
        add("last_us >= ?", {value(*filter.from)});
    if (filter.until)
        add("first_us <= ?", {value(*filter.until)});
    if (!filter.gtid.empty())
        add("(first_gtid = ? OR last_gtid = ?)", {value(filter.gtid), value(filter.gtid)});
    arguments.push_back(value(static_cast<std::int64_t>(limit)));
    // the key begins with creation time, so its order is that of the files
    const auto rows = session.query("SELECT " + fileColumns + " FROM binlog_file WHERE " + where + " ORDER BY instance_id, repository, file_key LIMIT ?", arguments);
    if (!rows)
        return fail(rows.error());
    std::vector<FileRecord> files;
    for (const Row &row : *rows)
        files.push_back(fileOf(row));
    return files;
}

Result<std::vector<Status>> listStatus(Session &session, const std::optional<std::vector<Uuid>> &instances)
{
    std::vector<Value> arguments;
    const std::string where = in("instance_id", instances, arguments);
    const auto rows = session.query("SELECT instance_id, at_us, report FROM binlog_status WHERE " + where, arguments);
    if (!rows)
        return fail(rows.error());
    std::vector<Status> all;
    for (const Row &row : *rows) {
        if (auto report = decode<wire::BinlogReport>(row.json(2)))
            all.push_back({row.uuid(0), row.time(1), std::move(*report)});
    }
    return all;
}

Result<std::map<Uuid, std::pair<std::int64_t, std::int64_t>>> serverSizes(Session &session, const std::vector<Uuid> &instances)
{
    std::vector<Value> arguments;
    const std::string where = in("instance_id", instances, arguments);
    const auto rows = session.query("SELECT instance_id, COUNT(*), CAST(SUM(size) AS SIGNED) FROM binlog_file WHERE " + where + " AND repository = '' GROUP BY instance_id", arguments);
    if (!rows)
        return fail(rows.error());
    std::map<Uuid, std::pair<std::int64_t, std::int64_t>> sizes;
    for (const Row &row : *rows)
        sizes[row.uuid(0)] = {row.integer(1), row.integer(2)};
    return sizes;
}

Result<std::vector<WindowOf>> windowsOf(Session &session, const std::vector<Uuid> &instances)
{
    auto status = listStatus(session, instances);
    if (!status)
        return fail(status.error());
    std::vector<Value> arguments;
    const std::string where = in("instance_id", instances, arguments);
    // not app/backups: a noun reads what it needs
    const auto backups = session.query("SELECT id, instance_id, ended_us, position, repository FROM backup WHERE " + where + " AND expired_us IS NULL AND finding IS NULL ORDER BY ended_us", arguments);
    const auto archives = session.query("SELECT DISTINCT instance_id, repository FROM binlog_file WHERE " + where + " AND repository <> ''", arguments);
    if (!backups || !archives)
        return fail(backups ? archives.error() : backups.error());
    std::vector<WindowOf> windows;
    for (const Uuid &instance : instances) {
        WindowOf one;
        one.instance = instance;
        for (const Status &known : *status) {
            if (known.instance == instance)
                one.status = known;
        }
        for (const Row &row : *backups) {
            const auto position = decode<wire::BackupPosition>(row.json(3));
            if (row.uuid(1) != instance || !position || position->file.empty())
                continue;
            if (one.status && isLost(one.status->report, row.uuid(0), row.text(4), row.time(2)))
                one.lostBackups.push_back(row.uuid(0));
            else
                one.backups.push_back({row.uuid(0), row.time(2), *position});
        }
        if (one.status)
            one.repository = one.status->report.archive.repository;
        for (const Row &row : *archives) {
            if (row.uuid(0) == instance && one.repository.empty())
                one.repository = row.text(1);
        }
        std::vector<wire::BinlogFile> files;
        if (!one.repository.empty()) {
            auto records = listFiles(session, {std::vector{instance}, one.repository, {}, {}, {}}, 1'000'000);
            if (!records)
                return fail(records.error());
            for (FileRecord &record : *records)
                files.push_back(std::move(record.file));
        }
        one.window = binlogWindow(std::move(files), one.backups, one.status ? &one.status->report : nullptr);
        windows.push_back(std::move(one));
    }
    return windows;
}

} // namespace zandb::binlogs
