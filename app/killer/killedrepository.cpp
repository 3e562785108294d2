// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/killer/killedrepository.h"

#include "app/store/sqltext.h"
#include "models/slowlog/slowblock.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace zandb::killer {

using store::Row;
using store::Session;
using store::value;
using store::Value;

namespace {

constexpr std::size_t rowsPerStatement = 100;
constexpr std::int64_t maxSteps = 2000;

const std::string columns = "id, instance_id, at_us, policy, revision, action, outcome, detail, checksum, statement, user_name, client_host, schema_name, command, "
                            "state, connection, started_us, seconds, rows_examined, rows_sent, rows_modified";

struct Where
{
    std::string sql;
    std::vector<Value> arguments;
};

Where whereOf(const KilledFilter &filter)
{
    Where where{"at_us >= ? AND at_us < ?", {value(filter.from), value(filter.to)}};
    const auto add = [&](const std::string &condition, const std::string &text) {
        where.sql += " AND " + condition;
        where.arguments.push_back(value(text));
    };
    if (filter.instances) {
        where.sql += filter.instances->empty() ? " AND 0 = 1" : " AND instance_id IN (" + store::marks(filter.instances->size()) + ')';
        for (const Uuid &instance : *filter.instances)
            where.arguments.push_back(value(instance));
    }
    if (!filter.checksum.empty())
        add("checksum = ?", filter.checksum);
    if (!filter.policy.empty())
        add("policy = ?", filter.policy);
    if (filter.outcome == "other")
        where.sql += " AND outcome NOT IN ('killed', 'dry_run')";
    else if (!filter.outcome.empty())
        add("outcome = ?", filter.outcome);
    return where;
}

std::optional<std::int64_t> number(const Row &row, std::size_t column)
{
    return row.isNull(column) ? std::nullopt : std::optional(row.integer(column));
}

Killed killedOf(const Row &row)
{
    Killed killed;
    killed.instance = row.uuid(1);
    wire::KillRecord &record = killed.record;
    record.id = row.uuid(0);
    record.at = row.time(2);
    record.policy = row.text(3);
    record.revision = row.integer(4);
    record.action = row.text(5);
    record.outcome = row.text(6);
    record.detail = row.text(7);
    record.checksum = row.text(8);
    record.statement = row.text(9);
    record.user = row.text(10);
    record.host = row.text(11);
    record.schema = row.text(12);
    record.command = row.text(13);
    record.state = row.text(14);
    record.connection = row.integer(15);
    record.startedAt = row.time(16);
    record.seconds = row.real(17);
    record.rowsExamined = number(row, 18);
    record.rowsSent = number(row, 19);
    record.rowsModified = number(row, 20);
    return killed;
}

/// A sum of rows for which the condition holds.
std::string count(const std::string &condition)
{
    return "CAST(COALESCE(SUM(" + condition + "), 0) AS SIGNED)";
}
const std::string counts = count("outcome = 'killed'") + " killed_count, " + count("outcome = 'dry_run'") + " dry_count, "
    + count("outcome NOT IN ('killed', 'dry_run')") + " other_count";

double clamped(double seconds)
{
    return seconds >= 0 && seconds < 1e9 ? seconds : 0;
}

} // namespace

Result<std::vector<Killed>> listKilled(Session &session, const KilledFilter &filter, std::size_t limit)
{
    auto where = whereOf(filter);
    where.arguments.push_back(value(static_cast<std::int64_t>(limit)));
    const auto rows = session.query("SELECT " + columns + " FROM killed WHERE " + where.sql + " ORDER BY at_us DESC, id DESC LIMIT ?", where.arguments);
    if (!rows)
        return fail(rows.error());
    std::vector<Killed> killed;
    for (const Row &row : *rows)
        killed.push_back(killedOf(row));
    return killed;
}

Result<std::vector<KilledDigest>> topKilled(Session &session, const KilledFilter &filter, std::size_t limit)
{
    auto where = whereOf(filter);
    where.arguments.push_back(value(static_cast<std::int64_t>(limit)));
    const auto rows = session.query("SELECT checksum, MAX(statement), " + counts + ", SUM(seconds), MAX(seconds), COUNT(DISTINCT instance_id), COUNT(DISTINCT user_name), "
                                    "MIN(at_us), MAX(at_us) FROM killed WHERE " + where.sql + " GROUP BY checksum ORDER BY killed_count DESC, dry_count DESC, checksum LIMIT ?",
                                    where.arguments);
    if (!rows)
        return fail(rows.error());
    std::vector<KilledDigest> digests;
    for (const Row &row : *rows)
        digests.push_back({row.text(0), row.text(1), row.integer(2), row.integer(3), row.integer(4), row.real(5), row.real(6), row.integer(7), row.integer(8),
                           row.time(9), row.time(10), 0, 0});
    return digests;
}

Result<std::optional<KilledDigest>> killedOf(Session &session, const Uuid &digest, const std::optional<std::vector<Uuid>> &instances, TimePoint from, TimePoint to)
{
    KilledFilter filter;
    filter.instances = instances;
    filter.from = from;
    filter.to = to;
    filter.checksum = checksumText(digest);
    auto found = topKilled(session, filter, 1);
    if (!found)
        return fail(found.error());
    return found->empty() ? std::optional<KilledDigest>() : std::optional(std::move(found->front()));
}

Result<std::map<Uuid, std::int64_t>> killedSince(Session &session, TimePoint from)
{
    const auto rows = session.query("SELECT instance_id, COUNT(*) FROM killed WHERE at_us >= ? AND outcome = 'killed' GROUP BY instance_id", {value(toMicros(from))});
    if (!rows)
        return fail(rows.error());
    std::map<Uuid, std::int64_t> counts;
    for (const Row &row : *rows)
        counts[row.uuid(0)] = row.integer(1);
    return counts;
}

Result<std::vector<KilledStep>> killedOverTime(Session &session, const KilledFilter &filter, std::chrono::seconds step)
{
    const std::int64_t us = std::max<std::int64_t>(1, std::chrono::microseconds(step).count());
    const std::int64_t begin = toMicros(filter.from);
    const std::int64_t count = std::clamp<std::int64_t>((toMicros(filter.to) - begin + us - 1) / us, 0, maxSteps);
    auto where = whereOf(filter);
    const auto rows = session.query("SELECT (at_us - " + std::to_string(begin) + ") DIV " + std::to_string(us) + " place, " + counts + " FROM killed WHERE " + where.sql
                                        + " GROUP BY place",
                                    where.arguments);
    if (!rows)
        return fail(rows.error());
    std::vector<KilledStep> steps(static_cast<std::size_t>(count));
    for (std::int64_t i = 0; i < count; ++i)
        steps[static_cast<std::size_t>(i)].begin = fromMicros(begin + i * us);
    for (const Row &row : *rows) {
        const std::int64_t at = row.integer(0);
        if (at < 0 || at >= count)
            continue;
        KilledStep &one = steps[static_cast<std::size_t>(at)];
        one.killed = row.integer(1);
        one.dryRuns = row.integer(2);
        one.others = row.integer(3);
    }
    return steps;
}

Result<KillPreview> previewPolicy(Session &session, const wire::KillPolicy &policy, const KilledFilter &filter, std::size_t limit)
{
    KilledFilter all = filter;
    all.policy.clear();
    all.outcome.clear();
    constexpr std::size_t mostLooked = 100'000;
    const auto records = listKilled(session, all, mostLooked);
    if (!records)
        return fail(records.error());
    KillPreview preview;
    std::map<std::tuple<Uuid, std::int64_t, std::int64_t>, bool> seen; // several policies note one statement
    for (const Killed &killed : *records) {
        const wire::KillRecord &record = killed.record;
        preview.looked += 1;
        if (!wire::matches(policy, {record.user, record.host, record.schema, record.command, record.state, record.checksum, record.seconds, record.rowsModified}))
            continue;
        // starts are computed from durations and differ by less than this
        if (!seen.emplace(std::tuple(killed.instance, record.connection, toMicros(record.startedAt) / 5'000'000), true).second)
            continue;
        preview.matching += 1;
        if (preview.statements.size() < limit)
            preview.statements.push_back(killed);
    }
    return preview;
}

Result<void> writeKilled(Session &session, const Uuid &instance, const std::vector<wire::KillRecord> &records)
{
    // the last word on each counts, and one statement must not name a row twice
    std::map<Uuid, const wire::KillRecord *> last;
    for (const wire::KillRecord &record : records)
        last[record.id] = &record;
    std::vector<const wire::KillRecord *> rows;
    for (const auto &[id, record] : last)
        rows.push_back(record);
    for (std::size_t first = 0; first < rows.size(); first += rowsPerStatement) {
        std::string sql = "INSERT INTO killed (" + columns + ") VALUES ";
        std::vector<Value> arguments;
        for (std::size_t i = first; i < std::min(rows.size(), first + rowsPerStatement); ++i) {
            const wire::KillRecord &r = *rows[i];
            sql += (i == first ? "(" : ",(") + store::marks(21) + ')';
            for (Value &cell : std::vector<Value>{value(r.id), value(instance), value(r.at), value(store::textFor(r.policy, 64)), value(r.revision), value(store::textFor(r.action, 16)),
                                                  value(store::textFor(r.outcome, 16)), value(store::textFor(r.detail, 64)), value(store::textFor(r.checksum, 32)), value(store::textFor(r.statement, 4096)), value(store::textFor(r.user, 128)),
                                                  value(store::textFor(r.host, 255)), value(store::textFor(r.schema, 64)), value(store::textFor(r.command, 32)), value(store::textFor(r.state, 64)), value(r.connection),
                                                  value(r.startedAt), value(clamped(r.seconds)), value(r.rowsExamined), value(r.rowsSent), value(r.rowsModified)})
                arguments.push_back(std::move(cell));
        }
        sql += " ON DUPLICATE KEY UPDATE at_us = VALUES(at_us), outcome = VALUES(outcome), detail = VALUES(detail), seconds = VALUES(seconds), "
               "rows_examined = VALUES(rows_examined), rows_sent = VALUES(rows_sent), rows_modified = VALUES(rows_modified)";
        if (const auto done = session.execute(sql, arguments); !done)
            return fail(done.error());
    }
    return rows.empty() ? Result<void>() : store::raiseFeed(session, "killed");
}

Result<fleet::Collected> storeKilled(Session &session, const fleet::CollectedFrom &from, const std::vector<KilledBatch> &batches)
{
    if (batches.empty() || !from.source.starts_with(wire::killsSourcePrefix))
        return fleet::Collected{};
    const auto names = fleet::instancesOf(session, from.host);
    if (!names)
        return fail(names.error());
    const auto instance = names->find(from.source.substr(wire::killsSourcePrefix.size()));
    if (instance == names->end())
        return fleet::Collected{};
    std::vector<std::int64_t> numbers;
    for (const KilledBatch &batch : batches)
        numbers.push_back(batch.number);
    return fleet::storeCollected(session, from, numbers, [&](std::span<const std::size_t> fresh) -> Result<void> {
        std::vector<wire::KillRecord> records;
        for (const std::size_t place : fresh)
            records.insert(records.end(), batches[place].records.begin(), batches[place].records.end());
        return writeKilled(session, instance->second, records);
    });
}

} // namespace zandb::killer
