// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/batchsql/sqlhistory.h"

#include "app/store/audit.h"
#include "app/store/sqltext.h"

#include <algorithm>
#include <cctype>
#include <map>

namespace zandb::batchsql {
namespace {

using store::value;
using store::Value;

constexpr std::int64_t readArgsBytes = 256 << 10; ///< the script of a longer plan is read only when somebody opens it

bool contains(const std::string &text, const std::string &words)
{
    const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b)); };
    return words.empty() || std::ranges::search(text, words, same).begin() != text.end();
}

void takeScript(const wire::SqlArgs &args, HistoryEntry &entry)
{
    entry.schema = args.schema;
    for (const std::string &statement : args.statements) {
        if (entry.script.size() + statement.size() > historyBytes) {
            entry.isCut = true;
            return;
        }
        entry.script += statement + ";\n";
    }
}

Result<void> addTargets(store::Session &session, std::vector<HistoryEntry> &plans)
{
    std::map<Uuid, HistoryEntry *> byId;
    std::vector<Value> ids;
    for (HistoryEntry &plan : plans) {
        byId[plan.id] = &plan;
        ids.push_back(value(plan.id));
    }
    if (ids.empty())
        return {};
    const auto rows = session.query("SELECT plan_id, position, instance_id, wave, run_id, state FROM sql_plan_target WHERE plan_id IN (" + store::marks(ids.size()) + ") ORDER BY plan_id, position", ids);
    if (!rows)
        return fail(rows.error());
    for (const auto &row : *rows) {
        HistoryEntry &plan = *byId.at(row.uuid(0));
        plan.targets.push_back({static_cast<int>(row.integer(1)), row.uuid(2), static_cast<int>(row.integer(3)), row.optionalUuid(4), row.text(5)});
        ++plan.count;
    }
    return {};
}

/// What sql.read left in the audit.
struct ReadDetail
{
    std::vector<std::string> instances;
    std::int64_t count = 0;
    std::string schema;
    std::string script;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ReadDetail, instances, count, schema, script)
};

} // namespace

Result<std::vector<HistoryEntry>> listHistory(store::Session &session, const HistoryFilter &filter)
{
    std::string where = " WHERE created_us >= ?";
    std::vector<Value> arguments{value(readArgsBytes), value(filter.since)};
    if (!filter.author.empty()) {
        where += " AND author = ?";
        arguments.push_back(value(filter.author));
    }
    arguments.push_back(value(filter.limit));
    const auto rows = session.query("SELECT id, author, state, created_us, CASE WHEN LENGTH(args) <= ? THEN args ELSE '{}' END FROM sql_plan" + where + " ORDER BY created_us DESC, id DESC LIMIT ?", arguments);
    if (!rows)
        return fail(rows.error());
    std::vector<HistoryEntry> all;
    for (const auto &row : *rows) {
        HistoryEntry entry;
        entry.id = row.uuid(0);
        entry.isPlan = true;
        entry.author = row.text(1);
        entry.state = row.text(2);
        entry.at = row.time(3);
        const auto args = decode<wire::SqlArgs>(row.json(4));
        if (args && !args->statements.empty())
            takeScript(*args, entry);
        else
            entry.isCut = true;
        if (contains(entry.script, filter.find))
            all.push_back(std::move(entry));
    }
    if (auto added = addTargets(session, all); !added)
        return fail(added.error());
    store::AuditFilter reads;
    reads.since = filter.since;
    reads.person = filter.author;
    reads.act = "sql.read";
    reads.limit = filter.limit;
    const auto audited = store::listAudit(session, reads);
    if (!audited)
        return fail(audited.error());
    for (const store::AuditEntry &one : *audited) {
        auto detail = decode<ReadDetail>(one.detail);
        if (!detail || !contains(detail->script, filter.find))
            continue;
        HistoryEntry entry;
        entry.id = one.id;
        entry.author = one.person;
        entry.at = one.at;
        entry.paths = std::move(detail->instances);
        entry.count = detail->count;
        entry.schema = std::move(detail->schema);
        entry.isCut = detail->script.ends_with("...");
        entry.script = std::move(detail->script);
        all.push_back(std::move(entry));
    }
    std::ranges::stable_sort(all, std::ranges::greater(), &HistoryEntry::at);
    if (all.size() > static_cast<std::size_t>(filter.limit))
        all.resize(static_cast<std::size_t>(filter.limit));
    return all;
}

} // namespace zandb::batchsql
