// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/consistency/consistencyrepository.h"

#include "app/store/sqltext.h"

#include <algorithm>

namespace zandb::consistency {

using store::Row;
using store::Session;
using store::value;
using store::Value;

namespace {

constexpr std::size_t rowsPerStatement = 100;
constexpr std::size_t longestKey = 60'000; ///< of a TEXT column

const std::string columns = "id, primary_id, replica_id, author, started_us, seen_us, ended_us, state, cancel_wished, sums, progress, error";

ConsistencyCheck checkOf(const Row &row)
{
    ConsistencyCheck check;
    check.id = row.uuid(0);
    check.primary = row.uuid(1);
    check.replica = row.uuid(2);
    check.author = row.text(3);
    check.startedAt = row.time(4);
    check.seenAt = row.time(5);
    check.endedAt = row.optionalTime(6);
    check.state = row.text(7);
    check.cancelWished = row.integer(8) != 0;
    check.sums = sumsOf(row.json(9));
    check.progress = progressOf(row.json(10));
    check.error = row.optionalError(11);
    return check;
}

Result<std::vector<ConsistencyCheck>> checksWhere(Session &session, const std::string &rest, const std::vector<Value> &arguments)
{
    const auto rows = session.query("SELECT " + columns + " FROM consistency_check " + rest, arguments);
    if (!rows)
        return fail(rows.error());
    std::vector<ConsistencyCheck> checks;
    for (const Row &row : *rows)
        checks.push_back(checkOf(row));
    return checks;
}

std::string ended() { return "SELECT id FROM consistency_check WHERE replica_id = ? ORDER BY started_us DESC, id DESC"; }

/// What is no longer kept of a replica: checks beyond checksKept, and equal tables of any before the one that begins.
Result<void> removeOld(Session &session, const Uuid &replica)
{
    const auto known = session.query(ended(), {value(replica)});
    if (!known)
        return fail(known.error());
    for (std::size_t i = 0; i < known->size(); ++i) {
        const Value id = value((*known)[i].uuid(0));
        if (i + 1 < checksKept) {
            if (i < 2) { // those of older ones went with the next
                if (auto gone = session.execute("DELETE FROM consistency_table WHERE check_id = ? AND state = 'equal'", {id}); !gone)
                    return fail(gone.error());
            }
            continue;
        }
        for (const char *sql : {"DELETE FROM consistency_row WHERE check_id = ?", "DELETE FROM consistency_table WHERE check_id = ?", "DELETE FROM consistency_check WHERE id = ?"}) {
            if (auto gone = session.execute(sql, {id}); !gone)
                return fail(gone.error());
        }
    }
    return {};
}

} // namespace

Result<void> beginCheck(Session &session, const ConsistencyCheck &check)
{
    return session.transaction([&]() -> Result<void> {
        if (auto removed = removeOld(session, check.replica); !removed)
            return removed;
        const auto now = session.now();
        if (!now)
            return fail(now.error());
        const auto done = session.execute("REPLACE INTO consistency_check (" + columns + ") VALUES (?, ?, ?, ?, ?, ?, NULL, 'running', 0, ?, ?, NULL)",
                                          {value(check.id), value(check.primary), value(check.replica), value(store::textFor(check.author, 255)), value(*now), value(*now),
                                           value(sumsJson(check.sums)), value(progressJson(check.progress))});
        if (!done)
            return fail(done.error());
        return store::raiseFeed(session, "consistency");
    });
}

Result<bool> noteProgress(Session &session, const Uuid &check, const CheckProgress &progress, const CheckSums &sums)
{
    bool wished = false;
    const auto done = session.transaction([&]() -> Result<void> {
        const auto noted = session.execute("UPDATE consistency_check SET seen_us = " + std::string(store::nowUs) + ", sums = ?, progress = ? WHERE id = ?",
                                           {value(sumsJson(sums)), value(progressJson(progress)), value(check)});
        const auto rows = noted ? session.query("SELECT cancel_wished FROM consistency_check WHERE id = ?", {value(check)}) : Result<store::Rows>(fail(noted.error()));
        if (!rows)
            return fail(rows.error());
        wished = !rows->empty() && (*rows)[0].integer(0) != 0;
        return store::raiseFeed(session, "consistency");
    });
    return done ? Result<bool>(wished) : Result<bool>(fail(done.error()));
}

Result<void> storeTable(Session &session, const Uuid &check, const TableVerdict &table, const std::vector<RowDifference> &rows)
{
    const std::string schema = store::textFor(table.schema, 64), name = store::textFor(table.table, 64);
    return session.transaction([&]() -> Result<void> {
        if (auto gone = session.execute("DELETE FROM consistency_row WHERE check_id = ? AND schema_name = ? AND table_name = ?", {value(check), value(schema), value(name)}); !gone)
            return fail(gone.error());
        const auto done = session.execute("REPLACE INTO consistency_table (check_id, schema_name, table_name, state, why, detail) VALUES (?, ?, ?, ?, ?, ?)",
                                          {value(check), value(schema), value(name), value(store::textFor(table.state, 16)), value(store::textFor(table.why, 32)),
                                           value(verdictDetail(table))});
        if (!done)
            return fail(done.error());
        for (std::size_t from = 0; from < rows.size(); from += rowsPerStatement) {
            const std::size_t end = std::min(rows.size(), from + rowsPerStatement);
            std::vector<Value> values;
            for (std::size_t i = from; i < end; ++i) {
                const Json key{{"columns", rows[i].keyColumns}, {"values", rows[i].key}};
                const std::string text = dumpJson(key);
                store::append(values, {value(check), value(schema), value(name), value(static_cast<std::int64_t>(i)), value(store::textFor(rows[i].kind, 16)),
                                       value(text.size() < longestKey ? key : Json::object()), value(Json(rows[i].columns))});
            }
            const auto written = session.execute("INSERT INTO consistency_row (check_id, schema_name, table_name, number, kind, row_key, columns) VALUES " + store::markRows(end - from, 7), values);
            if (!written)
                return fail(written.error());
        }
        return {};
    });
}

Result<void> endCheck(Session &session, const ConsistencyCheck &check)
{
    return session.transaction([&]() -> Result<void> {
        const auto done = session.execute("UPDATE consistency_check SET seen_us = " + std::string(store::nowUs) + ", ended_us = " + std::string(store::nowUs)
                                              + ", state = ?, sums = ?, progress = ?, error = ? WHERE id = ?",
                                          {value(store::textFor(check.state, 16)), value(sumsJson(check.sums)), value(progressJson(check.progress)),
                                           check.error ? value(errorToJson(*check.error)) : Value(nullptr), value(check.id)});
        if (!done)
            return fail(done.error());
        return store::raiseFeed(session, "consistency");
    });
}

Result<bool> wishCancel(Session &session, const Uuid &check)
{
    const auto done = session.execute("UPDATE consistency_check SET cancel_wished = 1 WHERE id = ? AND state = 'running'", {value(check)});
    return done ? Result<bool>(*done > 0) : Result<bool>(fail(done.error()));
}

Result<std::vector<ConsistencyCheck>> listChecks(Session &session, const std::optional<std::vector<Uuid>> &replicas, std::size_t limit)
{
    if (replicas && replicas->empty())
        return std::vector<ConsistencyCheck>();
    std::vector<Value> arguments;
    std::string where;
    if (replicas) {
        where = "WHERE replica_id IN (" + store::marks(replicas->size()) + ") ";
        for (const Uuid &replica : *replicas)
            arguments.push_back(value(replica));
    }
    arguments.push_back(value(static_cast<std::int64_t>(limit)));
    return checksWhere(session, where + "ORDER BY started_us DESC, id DESC LIMIT ?", arguments);
}

Result<std::vector<ConsistencyCheck>> newestChecks(Session &session)
{
    return checksWhere(session, "c WHERE NOT EXISTS (SELECT 1 FROM consistency_check n WHERE n.replica_id = c.replica_id AND (n.started_us > c.started_us "
                                "OR (n.started_us = c.started_us AND n.id > c.id))) ORDER BY started_us DESC", {});
}

Result<std::optional<ConsistencyCheck>> loadCheck(Session &session, const Uuid &check)
{
    const auto found = checksWhere(session, "WHERE id = ?", {value(check)});
    if (!found)
        return fail(found.error());
    return found->empty() ? std::optional<ConsistencyCheck>() : std::optional(found->front());
}

Result<std::vector<TableVerdict>> listTables(Session &session, const Uuid &check, std::size_t limit)
{
    const auto rows = session.query("SELECT schema_name, table_name, state, why, detail FROM consistency_table WHERE check_id = ? "
                                    "ORDER BY CASE state WHEN 'differs' THEN 0 WHEN 'unsettled' THEN 1 WHEN 'unchecked' THEN 2 ELSE 3 END, schema_name, table_name LIMIT ?",
                                    {value(check), value(static_cast<std::int64_t>(limit))});
    if (!rows)
        return fail(rows.error());
    std::vector<TableVerdict> tables;
    for (const Row &row : *rows) {
        TableVerdict table;
        table.schema = row.text(0);
        table.table = row.text(1);
        table.state = row.text(2);
        table.why = row.text(3);
        readVerdictDetail(row.json(4), table);
        tables.push_back(std::move(table));
    }
    return tables;
}

Result<std::vector<StoredDifference>> listDifferences(Session &session, const Uuid &check, std::size_t limit)
{
    const auto rows = session.query("SELECT schema_name, table_name, kind, row_key, columns FROM consistency_row WHERE check_id = ? ORDER BY schema_name, table_name, number LIMIT ?",
                                    {value(check), value(static_cast<std::int64_t>(limit))});
    if (!rows)
        return fail(rows.error());
    std::vector<StoredDifference> differences;
    for (const Row &row : *rows) {
        StoredDifference difference{row.text(0), row.text(1), {}};
        difference.row.kind = row.text(2);
        const Json key = row.json(3);
        if (key.is_object()) {
            difference.row.keyColumns = decode<std::vector<std::string>>(key.value("columns", Json::array())).value_or(std::vector<std::string>());
            difference.row.key = decode<wire::ConsistencyKey>(key.value("values", Json::array())).value_or(wire::ConsistencyKey());
        }
        difference.row.columns = decode<std::vector<std::string>>(row.json(4)).value_or(std::vector<std::string>());
        differences.push_back(std::move(difference));
    }
    return differences;
}

} // namespace zandb::consistency
