// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/checks/checkrepository.h"

#include "app/store/sqltext.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace zandb::checks {

using store::Row;
using store::Session;
using store::value;
using store::Value;

namespace {

constexpr std::size_t rowsPerStatement = 100;

struct Where
{
    std::string sql = "1 = 1";
    std::vector<Value> arguments;
    void add(const std::string &condition, std::initializer_list<Value> values)
    {
        sql += " AND " + condition;
        store::append(arguments, values);
    }
    void addInstances(const std::optional<std::vector<Uuid>> &instances)
    {
        if (!instances)
            return;
        sql += instances->empty() ? " AND 0 = 1" : " AND instance_id IN (" + store::marks(instances->size()) + ')';
        for (const Uuid &instance : *instances)
            arguments.push_back(value(instance));
    }
};

Json pointsJson(const std::vector<KeyPoint> &points)
{
    Json array = Json::array();
    for (const auto &[at, used] : points)
        array.push_back({toMicros(at), keyValueText(used)});
    return array;
}

/// What cannot be read is not there: the store is untrusted.
std::vector<KeyPoint> pointsOf(const Json &json)
{
    std::vector<KeyPoint> points;
    if (!json.is_array())
        return points;
    for (const Json &one : json) {
        if (!one.is_array() || one.size() != 2 || !one[1].is_string())
            continue;
        const auto at = integerIn(one[0], 0, std::int64_t{1} << 62);
        if (const auto used = parseKeyValue(one[1].get<std::string>()); used && at)
            points.emplace_back(fromMicros(*at), *used);
    }
    std::ranges::sort(points);
    return points;
}

const std::string keyColumns = "instance_id, schema_name, table_name, column_name, column_type, kind, refs, CAST(used_value AS CHAR), CAST(limit_value AS CHAR), ppm, "
                               "table_rows, table_bytes, read_us, per_day, days_left, points";

KeyRecord keyOf(const Row &row)
{
    KeyRecord record;
    record.instance = row.uuid(0);
    wire::KeyUsage &usage = record.usage;
    usage.schema = row.text(1);
    usage.table = row.text(2);
    usage.column = row.text(3);
    usage.type = row.text(4);
    usage.kind = row.text(5);
    usage.references = row.text(6);
    usage.used = row.text(7);
    usage.limit = row.text(8);
    usage.ppm = row.integer(9);
    if (!row.isNull(10))
        usage.rows = row.integer(10);
    if (!row.isNull(11))
        usage.bytes = row.integer(11);
    usage.at = row.time(12);
    if (!row.isNull(13))
        record.perDay = row.real(13);
    if (!row.isNull(14))
        record.daysLeft = row.real(14);
    record.points = pointsOf(row.json(15));
    return record;
}

using KeyName = std::tuple<std::string, std::string, std::string>;
KeyName nameOf(const wire::KeyUsage &usage)
{
    return {store::textFor(usage.schema, 64), store::textFor(usage.table, 64), store::textFor(usage.column, 64)};
}

Result<void> insertInPieces(Session &session, const std::string &into, std::size_t columns, const std::vector<Value> &values)
{
    const std::size_t piece = rowsPerStatement * columns;
    for (std::size_t i = 0; i < values.size(); i += piece) {
        const std::size_t end = std::min(values.size(), i + piece);
        const std::vector<Value> part(values.begin() + static_cast<std::ptrdiff_t>(i), values.begin() + static_cast<std::ptrdiff_t>(end));
        if (auto done = session.execute("REPLACE INTO " + into + " VALUES " + store::markRows((end - i) / columns, columns), part); !done)
            return fail(done.error());
    }
    return {};
}

Result<void> storeKeys(Session &session, const Uuid &instance, const std::vector<wire::KeyUsage> &usages)
{
    const auto known = session.query("SELECT " + keyColumns + " FROM key_usage WHERE instance_id = ?", {value(instance)});
    if (!known)
        return fail(known.error());
    std::map<KeyName, std::vector<KeyPoint>> points;
    for (const Row &row : *known) {
        KeyRecord record = keyOf(row);
        points[nameOf(record.usage)] = std::move(record.points);
    }
    if (auto gone = session.execute("DELETE FROM key_usage WHERE instance_id = ?", {value(instance)}); !gone)
        return fail(gone.error());
    std::vector<Value> values;
    for (const wire::KeyUsage &usage : usages) {
        const auto used = parseKeyValue(usage.used), limit = parseKeyValue(usage.limit);
        if (!used || !limit)
            continue;
        const KeyName name = nameOf(usage);
        auto &kept = points[name];
        if (kept.empty() || kept.back().first < usage.at)
            addKeyPoint(kept, usage.at, *used);
        const auto perDay = growthOf(kept);
        store::append(values, {value(instance), value(std::get<0>(name)), value(std::get<1>(name)), value(std::get<2>(name)), value(store::textFor(usage.type, 64)), value(store::textFor(usage.kind, 16)),
                               value(store::textFor(usage.references, 255)), value(keyValueText(*used)), value(keyValueText(*limit)), value(sharePpm(*used, *limit)), value(usage.rows),
                               value(usage.bytes), value(usage.at), value(perDay), value(daysLeftOf(usage, perDay)), value(pointsJson(kept))});
    }
    return insertInPieces(session,
                          "key_usage (instance_id, schema_name, table_name, column_name, column_type, kind, refs, used_value, limit_value, ppm, table_rows, table_bytes, "
                          "read_us, per_day, days_left, points)",
                          16, values);
}

Result<void> storeFindings(Session &session, const Uuid &instance, TimePoint at, const std::vector<wire::CheckFinding> &findings)
{
    const auto known = session.query("SELECT kind, schema_name, table_name, name, first_us FROM check_finding WHERE instance_id = ?", {value(instance)});
    if (!known)
        return fail(known.error());
    std::map<std::tuple<std::string, std::string, std::string, std::string>, TimePoint> first;
    for (const Row &row : *known)
        first[{row.text(0), row.text(1), row.text(2), row.text(3)}] = row.time(4);
    if (auto gone = session.execute("DELETE FROM check_finding WHERE instance_id = ?", {value(instance)}); !gone)
        return fail(gone.error());
    std::vector<Value> values;
    for (const wire::CheckFinding &finding : findings) {
        const std::tuple name{store::textFor(finding.kind, 32), store::textFor(finding.schema, 64), store::textFor(finding.table, 64), store::textFor(finding.name, 255)};
        const auto seen = first.find(name);
        store::append(values, {value(instance), value(std::get<0>(name)), value(std::get<1>(name)), value(std::get<2>(name)), value(std::get<3>(name)),
                               value(finding.detail.dump().size() < 4096 ? finding.detail : Json::object()), value(seen == first.end() ? at : seen->second), value(at)});
    }
    return insertInPieces(session, "check_finding (instance_id, kind, schema_name, table_name, name, detail, first_us, seen_us)", 8, values);
}

} // namespace

Result<void> storePass(Session &session, const Uuid &instance, const Uuid &run, TimePoint at, const wire::KeyCheckResult &result)
{
    if (auto done = storeKeys(session, instance, result.usages); !done)
        return done;
    if (auto done = storeFindings(session, instance, at, result.findings); !done)
        return done;
    wire::KeyCheckResult rest = result;
    rest.usages.clear();
    rest.findings.clear();
    if (auto done = session.execute("REPLACE INTO check_pass (instance_id, at_us, run_id, result) VALUES (?, ?, ?, ?)", {value(instance), value(at), value(run), value(Json(rest))});
        !done)
        return fail(done.error());
    return store::raiseFeed(session, "check");
}

Result<std::vector<KeyRecord>> listKeys(Session &session, const KeyFilter &filter, std::size_t limit)
{
    Where where;
    where.addInstances(filter.instances);
    if (filter.mostDaysLeft)
        where.add("(ppm >= ? OR days_left <= ?)", {value(filter.leastPpm), value(*filter.mostDaysLeft)});
    else
        where.add("ppm >= ?", {value(filter.leastPpm)});
    where.arguments.push_back(value(static_cast<std::int64_t>(limit)));
    const auto rows = session.query("SELECT " + keyColumns + " FROM key_usage WHERE " + where.sql + " ORDER BY ppm DESC, instance_id, schema_name, table_name, column_name LIMIT ?",
                                    where.arguments);
    if (!rows)
        return fail(rows.error());
    std::vector<KeyRecord> keys;
    for (const Row &row : *rows)
        keys.push_back(keyOf(row));
    return keys;
}

Result<std::vector<CheckFindingRecord>> listFindings(Session &session, const std::optional<std::vector<Uuid>> &instances, const std::string &kind, std::size_t limit)
{
    Where where;
    where.addInstances(instances);
    if (!kind.empty())
        where.add("kind = ?", {value(kind)});
    where.arguments.push_back(value(static_cast<std::int64_t>(limit)));
    const auto rows = session.query("SELECT instance_id, kind, schema_name, table_name, name, detail, first_us, seen_us FROM check_finding WHERE " + where.sql
                                        + " ORDER BY instance_id, kind, schema_name, table_name, name LIMIT ?",
                                    where.arguments);
    if (!rows)
        return fail(rows.error());
    std::vector<CheckFindingRecord> findings;
    for (const Row &row : *rows)
        findings.push_back({row.uuid(0), {row.text(1), row.text(2), row.text(3), row.text(4), row.json(5)}, row.time(6), row.time(7)});
    return findings;
}

Result<std::vector<CheckPass>> listPasses(Session &session, const std::optional<std::vector<Uuid>> &instances)
{
    Where where;
    where.addInstances(instances);
    const auto rows = session.query("SELECT instance_id, at_us, result FROM check_pass WHERE " + where.sql, where.arguments);
    if (!rows)
        return fail(rows.error());
    std::vector<CheckPass> passes;
    for (const Row &row : *rows)
        passes.push_back({row.uuid(0), row.time(1), decode<wire::KeyCheckResult>(row.json(2)).value_or(wire::KeyCheckResult{})});
    return passes;
}

Result<std::vector<std::pair<Uuid, TimePoint>>> checkedSince(Session &session, TimePoint since)
{
    const auto rows = session.query("SELECT instance_id, at_us FROM check_pass WHERE at_us > ?", {value(since)});
    if (!rows)
        return fail(rows.error());
    std::vector<std::pair<Uuid, TimePoint>> checked;
    for (const Row &row : *rows)
        checked.emplace_back(row.uuid(0), row.time(1));
    return checked;
}

} // namespace zandb::checks
