// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/snapshots/snapshotrepository.h"

#include "app/store/sqltext.h"
#include "models/snapshots/snapshotpack.h"

#include <algorithm>

namespace zandb::snapshots {

using store::Session;
using store::value;
using store::Value;

namespace {

constexpr std::size_t linesPerStatement = 200;
constexpr std::int64_t dayUs = 86'400'000'000;

Result<void> only(const Result<std::int64_t> &done) { return done ? Result<void>() : fail(done.error()); }

Json orNull(const std::optional<std::int64_t> &number) { return number ? Json(*number) : Json(); }

Result<void> storeLines(Session &session, const Uuid &instance, SnapshotDay day, const std::vector<SnapshotLine> &lines)
{
    for (std::size_t at = 0; at < lines.size(); at += linesPerStatement) {
        std::string sql = "INSERT INTO snapshot_size (instance_id, day, schema_name, table_name, table_count, bytes, data_bytes, index_bytes, table_rows) VALUES ";
        std::vector<Value> values;
        for (std::size_t i = at; i < std::min(at + linesPerStatement, lines.size()); ++i) {
            const SnapshotLine &line = lines[i];
            sql += i == at ? "(?,?,?,?,?,?,?,?,?)" : ",(?,?,?,?,?,?,?,?,?)";
            values.insert(values.end(), {value(instance), value(day), value(line.schema), value(line.table), value(line.sum.tables), value(line.sum.bytes), value(line.sum.data),
                                         value(line.sum.index), value(line.sum.rows)});
        }
        if (auto done = only(session.execute(sql, values)); !done)
            return done;
    }
    return {};
}

/// Names that the columns hold; what is longer is no name that a server gives.
std::vector<SnapshotLine> storable(std::vector<SnapshotLine> lines)
{
    std::erase_if(lines, [](const SnapshotLine &line) { return line.schema.size() > 64 * 4 || line.table.size() > 64 * 4; });
    const auto characters = [](const std::string &text) { return std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }); };
    std::erase_if(lines, [&](const SnapshotLine &line) { return characters(line.schema) > 64 || characters(line.table) > 64; });
    return lines;
}

} // namespace

Result<void> store(Session &session, const Uuid &instance, const Uuid &run, const Snapshot &snapshot)
{
    const auto parts = snapshotpack::pack(snapshot);
    if (!parts)
        return fail(errors::internal, {{"detail", "a snapshot is too large for the store"}});
    const SnapshotDay day = snapshotDayOf(snapshot.takenAt);
    for (const char *table : {"snapshot", "snapshot_part", "snapshot_size"}) {
        if (auto done = only(session.execute("DELETE FROM " + std::string(table) + " WHERE instance_id=? AND day=?", {value(instance), value(day)})); !done)
            return done;
    }
    const SnapshotSum sum = sumOf(snapshot);
    const auto schemas = sumsBySchema(snapshot);
    Json directories = Json::object();
    for (const auto &[name, bytes] : snapshot.directories)
        directories[name] = orNull(bytes);
    auto done = only(session.execute("INSERT INTO snapshot (instance_id, day, run_id, taken_us, stored_us, flavour, version, schema_count, table_count, bytes, data_bytes, index_bytes, table_rows, "
                                     "directories, missing, format, parts) VALUES (?,?,?,?," + std::string(store::nowUs) + ",?,?,?,?,?,?,?,?,?,?,?,?)",
                                     {value(instance), value(day), value(run), value(snapshot.takenAt), value(snapshot.flavour), value(snapshot.version),
                                      value(static_cast<std::int64_t>(schemas.size() - schemas.count(""))), value(sum.tables), value(sum.bytes), value(sum.data), value(sum.index),
                                      value(sum.rows), value(directories), value(Json(snapshot.missing)), value(snapshotpack::format), value(static_cast<std::int64_t>(parts->size()))}));
    for (std::size_t part = 0; done && part < parts->size(); ++part) {
        done = only(session.execute("INSERT INTO snapshot_part (instance_id, day, part, content) VALUES (?,?,?,?)",
                                    {value(instance), value(day), value(static_cast<std::int64_t>(part)), value(parts->at(part))}));
    }
    if (done)
        done = storeLines(session, instance, day, storable(linesOf(snapshot)));
    return done ? store::raiseFeed(session, "snapshot") : done;
}

Result<std::vector<SnapshotDayRow>> listDays(Session &session, const Uuid &instance, SnapshotDay from, SnapshotDay to)
{
    const auto rows = session.query("SELECT day, taken_us, flavour, version, schema_count, table_count, bytes, data_bytes, index_bytes, table_rows, directories, missing FROM snapshot "
                                    "WHERE instance_id=? AND day BETWEEN ? AND ? ORDER BY day", {value(instance), value(from), value(to)});
    if (!rows)
        return fail(rows.error());
    std::vector<SnapshotDayRow> days;
    for (const auto &row : *rows) {
        SnapshotDayRow day;
        day.day = static_cast<SnapshotDay>(row.integer(0));
        day.takenAt = row.time(1);
        day.flavour = row.text(2);
        day.version = row.text(3);
        day.schemas = row.integer(4);
        day.sum = {row.integer(5), row.integer(6), row.integer(7), row.integer(8), row.integer(9)};
        Json directories = row.json(10);
        if (!directories.is_object())
            directories = Json::object();
        for (const auto &[name, bytes] : directories.items())
            day.directories[name] = integerIn(bytes, 0, std::numeric_limits<std::int64_t>::max());
        day.missing = decode<std::vector<std::string>>(row.json(11)).value_or(std::vector<std::string>{});
        days.push_back(std::move(day));
    }
    return days;
}

Result<std::optional<Snapshot>> load(Session &session, const Uuid &instance, SnapshotDay day)
{
    const auto head = session.query("SELECT parts, format FROM snapshot WHERE instance_id=? AND day=?", {value(instance), value(day)});
    if (!head)
        return fail(head.error());
    if (head->empty())
        return std::optional<Snapshot>();
    const auto rows = session.query("SELECT content FROM snapshot_part WHERE instance_id=? AND day=? ORDER BY part", {value(instance), value(day)});
    if (!rows)
        return fail(rows.error());
    std::vector<std::string> parts;
    for (const auto &row : *rows)
        parts.push_back(row.text(0));
    auto snapshot = head->front().integer(1) == snapshotpack::format && static_cast<std::int64_t>(parts.size()) == head->front().integer(0) ? snapshotpack::unpack(parts) : std::nullopt;
    if (!snapshot)
        return fail(errors::internal, {{"detail", "the snapshot of " + dayText(day) + " in the store cannot be read"}});
    return snapshot;
}

Result<SnapshotGrowth> loadGrowth(Session &session, const Uuid &instance, SnapshotDay from, SnapshotDay to)
{
    const auto rows = session.query("SELECT day, schema_name, table_name, table_count, bytes, data_bytes, index_bytes, table_rows FROM snapshot_size WHERE instance_id=? AND day BETWEEN ? AND ?",
                                    {value(instance), value(from), value(to)});
    if (!rows)
        return fail(rows.error());
    std::vector<std::pair<SnapshotDay, SnapshotLine>> lines;
    for (const auto &row : *rows) {
        lines.push_back({static_cast<SnapshotDay>(row.integer(0)),
                         {row.text(1), row.text(2), {row.integer(3), row.integer(4), row.integer(5), row.integer(6), row.integer(7)}}});
    }
    return growthOf(lines);
}

Result<void> addStatements(Session &session, const Uuid &instance, std::vector<SnapshotDayRow> &days)
{
    if (days.empty())
        return {};
    const std::int64_t from = toMicros(beginOf(days.front().day)), to = toMicros(beginOf(days.back().day + 1));
    const auto bucket = "t0_us DIV " + std::to_string(dayUs);
    std::map<std::int64_t, std::int64_t> slow, killed;
    // hours of a day come before the day that is made of them, which stays longer; what is in neither yet stands in pieces
    for (const int kind : {2, 3, 0}) {
        const auto rows = session.query("SELECT " + bucket + " bucket, CAST(SUM(events) AS SIGNED) FROM slow_span WHERE kind=? AND subject_id=? AND t0_us >= ? AND t0_us < ? GROUP BY bucket",
                                        {value(kind), value(instance), value(from), value(to)});
        if (!rows)
            return fail(rows.error());
        for (const auto &row : *rows)
            slow[row.integer(0)] = kind == 0 ? slow[row.integer(0)] + row.integer(1) : std::max(slow[row.integer(0)], row.integer(1));
    }
    const auto rows = session.query("SELECT at_us DIV " + std::to_string(dayUs) + " bucket, COUNT(*) FROM killed WHERE instance_id=? AND at_us >= ? AND at_us < ? AND outcome='killed' GROUP BY bucket",
                                    {value(instance), value(from), value(to)});
    if (!rows)
        return fail(rows.error());
    for (const auto &row : *rows)
        killed[row.integer(0)] = row.integer(1);
    for (SnapshotDayRow &day : days) {
        day.slow = slow[day.day];
        day.killed = killed[day.day];
    }
    return {};
}

} // namespace zandb::snapshots
