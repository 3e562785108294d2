// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/execution.h"
#include "app/cli/progressline.h"
#include "app/cli/targets.h"
#include "app/consistency/consistencyrepository.h"
#include "app/consistency/consistencyservice.h"

#include <algorithm>
#include <csignal>
#include <thread>

namespace zandb::cli {
namespace {

/// A stop that SIGINT and SIGTERM request while it lives.  Made before any other thread, so that none of them gets the signals.
class Interrupted
{
public:
    Interrupted()
    {
        sigemptyset(&m_signals);
        sigaddset(&m_signals, SIGTERM);
        sigaddset(&m_signals, SIGINT);
        pthread_sigmask(SIG_BLOCK, &m_signals, &m_before);
        m_waiter = std::jthread([this](std::stop_token done) {
            const timespec slice{0, 100'000'000};
            while (!done.stop_requested()) {
                if (sigtimedwait(&m_signals, nullptr, &slice) > 0)
                    m_source.request_stop();
            }
        });
    }
    ~Interrupted()
    {
        m_waiter = {};
        pthread_sigmask(SIG_SETMASK, &m_before, nullptr);
    }
    Interrupted(const Interrupted &) = delete;
    std::stop_token token() const { return m_source.get_token(); }

private:
    sigset_t m_signals;
    sigset_t m_before;
    std::stop_source m_source;
    std::jthread m_waiter;
};

std::string tableName(const std::string &schema, const std::string &table) { return printable(schema + '.' + table); }

Json checkJson(const ConsistencyCheck &check, const Fleet &fleet)
{
    const CheckSums &s = check.sums;
    const std::string state = check.stateAt(fleet.readAt);
    return {{"id", check.id.toString()}, {"primary", fleet.pathOf(check.primary)}, {"replica", fleet.pathOf(check.replica)}, {"person", check.author},
            {"started", timeJson(check.startedAt)}, {"ended", timeJson(check.endedAt)}, {"state", state}, {"tables", s.tables}, {"equal", s.equal}, {"differing", s.differing},
            {"unsettled", s.unsettled}, {"unchecked", s.unchecked}, {"rows", s.rows}, {"bytes", s.bytes}, {"differences", s.differences}, {"paused_ms", s.pausedMs}, {"cut", s.isCut},
            {"progress", check.state == "running" ? progressJson(check.progress) : Json()}, {"error", errorsJson(check.error)}};
}

Json tableJson(const TableVerdict &t)
{
    return {{"schema", t.schema}, {"table", t.table}, {"state", t.state}, {"why", t.why.empty() ? Json() : Json(t.why)}, {"detail", t.detail.empty() ? Json() : Json(t.detail)},
            {"rows", t.rows}, {"bytes", t.bytes}, {"differences", t.differences}, {"more", t.more}, {"moved", t.moved}, {"unsettled", t.unsettled}, {"took_ms", t.tookMs}};
}

std::string progressText(const CheckProgress &p)
{
    std::string text = std::to_string(p.tablesDone) + " of " + std::to_string(p.tables) + " tables, " + std::to_string(p.rowsDone) + " rows";
    if (p.rows > 0)
        text += " (" + std::to_string(std::min<std::int64_t>(p.rowsDone * 100 / p.rows, 100)) + " %)";
    if (p.differences > 0)
        text += ", " + std::to_string(p.differences) + " differences";
    if (p.secondsLeft)
        text += ", " + spanText(std::chrono::seconds{*p.secondsLeft}) + " left";
    return text + (p.pause == "lag" ? ", waiting for the replica" : p.pause == "load" ? ", waiting for less load" : p.table.empty() ? "" : ", " + p.table);
}

/// Names of keys and their values for people: "id=7".
std::string keyText(const RowDifference &row)
{
    std::string text;
    for (std::size_t i = 0; i < row.key.size(); ++i) {
        const bool isText = row.key[i].is_string();
        text += (text.empty() ? "" : ", ") + (i < row.keyColumns.size() ? row.keyColumns[i] : std::string("?")) + '=' + (isText ? row.key[i].get<std::string>() : dumpJson(row.key[i]));
    }
    return printable(text.empty() ? "(too long to keep)" : text);
}

/// Prints what a check found; `json` gets the same.
Result<void> printCheck(Context &context, const ConsistencyCheck &check, const Fleet &fleet, std::size_t limit, bool repair, Json &json)
{
    auto tables = consistency::listTables(context.session(), check.id, limit + 1);
    auto rows = tables ? consistency::listDifferences(context.session(), check.id, limit + 1) : Result<std::vector<consistency::StoredDifference>>(fail(tables.error()));
    if (!rows)
        return fail(rows.error());
    if (tables->size() > limit || rows->size() > limit)
        warnLine("Only the first " + std::to_string(limit) + " tables and rows are listed; --limit N lists more.");
    tables->resize(std::min(tables->size(), limit));
    rows->resize(std::min(rows->size(), limit));
    std::vector<std::string> statements;
    if (repair && !rows->empty()) {
        if (auto reached = reachInstances(context, fleet, {fleet.pathOf(check.primary)}); !reached)
            return fail(reached.error());
        for (std::size_t from = 0; from < rows->size();) {
            const auto &first = (*rows)[from];
            std::vector<wire::ConsistencyKey> keys;
            for (; from < rows->size() && (*rows)[from].schema == first.schema && (*rows)[from].table == first.table; ++from)
                keys.push_back((*rows)[from].row.key);
            const auto made = consistency::repairStatements(context.pool(), fleet, check.primary, first.schema, first.table, keys);
            if (!made)
                return fail(made.error());
            statements.insert(statements.end(), made->begin(), made->end());
        }
    }
    json = checkJson(check, fleet);
    json["table_list"] = Json::array();
    json["row_list"] = Json::array();
    Table list({"TABLE", "STATE", "WHY", "ROWS", "DIFFERENCES", "UNSETTLED"}, {3, 4, 5});
    for (const TableVerdict &table : *tables) {
        json["table_list"].push_back(tableJson(table));
        if (table.state != "equal")
            list.add({tableName(table.schema, table.table), table.state, table.why.empty() ? "-" : printable(table.why + (table.detail.empty() ? "" : ": " + table.detail)),
                      std::to_string(table.rows), std::to_string(table.differences) + (table.more ? "+" : ""), std::to_string(table.unsettled)});
    }
    Table found({"TABLE", "ROW", "ON THE REPLICA", "COLUMNS"});
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const auto &[schema, table, row] = (*rows)[i];
        std::string columns;
        for (const std::string &column : row.columns)
            columns += (columns.empty() ? "" : ", ") + column;
        Json one{{"schema", schema}, {"table", table}, {"key_columns", row.keyColumns}, {"key", row.key}, {"kind", row.kind}, {"columns", row.columns}};
        if (repair)
            one["repair"] = i < statements.size() && !statements[i].empty() ? Json(statements[i]) : Json();
        json["row_list"].push_back(std::move(one));
        found.add({tableName(schema, table), keyText(row), row.kind, columns.empty() ? "-" : printable(columns)});
    }
    if (context.json())
        return {};
    const CheckSums &s = check.sums;
    printLine(fleet.pathOf(check.replica) + " against " + fleet.pathOf(check.primary) + ", " + timeText(check.startedAt) + ": " + check.stateAt(fleet.readAt)
              + (check.error ? " (" + errorLine(*check.error) + ')' : ""));
    printLine(std::to_string(s.tables) + " tables: " + std::to_string(s.equal) + " equal, " + std::to_string(s.differing) + " differ, " + std::to_string(s.unchecked) + " unchecked, "
              + std::to_string(s.unsettled) + " unsettled; " + std::to_string(s.rows) + " rows, " + sizeText(s.bytes) + ", " + std::to_string(s.differences) + " rows differ");
    if (s.equal < s.tables)
        list.print();
    if (!rows->empty() && !repair)
        found.print();
    if (repair && !rows->empty()) {
        // REPLACE and DELETE on the replica alone: its binlog must not send them on as transactions of its own, and no foreign key may remove or refuse other rows
        printLine("-- For " + fleet.pathOf(check.replica) + ". Nothing of it was run. Check the replica again afterwards.");
        printLine("SET SESSION sql_log_bin = 0;");
        printLine("SET SESSION time_zone = '+00:00', foreign_key_checks = 0, sql_mode = 'NO_AUTO_VALUE_ON_ZERO,STRICT_ALL_TABLES,ALLOW_INVALID_DATES';");
        printLine("-- Triggers of these tables fire; look at them first, where there are any.");
        for (std::size_t i = 0; i < rows->size(); ++i)
            printLine(i < statements.size() && !statements[i].empty() ? printable(statements[i]) : "-- " + tableName((*rows)[i].schema, (*rows)[i].table) + ' ' + keyText((*rows)[i].row) + ": its values are too long to print");
    }
    if (s.isCut)
        warnLine("There are more tables than one check reads; name schemas with --schema.");
    return {};
}

Result<int> check(Context &context, const Args &args)
{
    const auto lag = args.duration("max-lag");
    const auto patience = args.duration("patience");
    const auto load = args.number("max-load", 25, 1, 100'000);
    const auto most = args.number("most-differences", 1000, 1, 100'000);
    if (!lag || !patience || !load || !most)
        return fail(!lag ? lag.error() : !patience ? patience.error() : !load ? load.error() : most.error());
    consistency::CompareOptions options;
    options.schemas = args.list("schema");
    for (const std::string &name : args.list("table")) {
        const auto dot = name.find('.');
        if (dot == std::string::npos || dot == 0 || dot + 1 == name.size())
            return fail(usageError("--table takes SCHEMA.TABLE"));
        options.tables.emplace_back(name.substr(0, dot), name.substr(dot + 1));
    }
    options.mostThreads = static_cast<int>(*load);
    options.mostDifferences = *most;
    if (*lag)
        options.mostLagSeconds = **lag;
    if (*patience)
        options.patience = std::chrono::seconds{**patience};

    const Interrupted interrupted; // before the pool's threads
    const auto named = findInstance(context, args.word(0));
    if (!named)
        return fail(named.error());
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    Result<std::vector<consistency::Pair>> pairs = fail(errors::internal);
    if (args.has("primary")) {
        const auto primary = findInstance(context, args.option("primary"));
        if (!primary)
            return fail(primary.error());
        pairs = std::vector{consistency::Pair{primary->id, named->id}};
    } else {
        pairs = consistency::pairsOf(*fleet, named->id);
    }
    if (!pairs)
        return fail(pairs.error());
    std::vector<std::string> paths;
    for (const auto &pair : *pairs) {
        paths.push_back(fleet->pathOf(pair.primary));
        paths.push_back(fleet->pathOf(pair.replica));
    }
    if (auto reached = reachInstances(context, *fleet, paths); !reached)
        return fail(reached.error());
    int status = exitOk;
    Json array = Json::array();
    std::optional<Error> trouble;
    for (const auto &pair : *pairs) {
        ProgressLine line;
        const auto done = consistency::runCheck(context.session(), context.pool(), *fleet, pair, Uuid::v7(), options,
                                                [&](const CheckProgress &progress) { line.show(progressText(progress)); }, interrupted.token());
        if (!done)
            return fail(done.error());
        const auto now = context.fleet();
        if (!now)
            return fail(now.error());
        Json json;
        if (auto printed = printCheck(context, *done, *now, 1000, false, json); !printed)
            return fail(printed.error());
        array.push_back(std::move(json));
        if (done->state != "equal" && done->state != "incomplete")
            status = exitFailed;
        if (done->error) {
            trouble = done->error;
            warnLine(errorLine(*done->error));
        }
        if (interrupted.token().stop_requested())
            break;
        if (done->sums.unchecked > 0)
            warnLine(fleet->pathOf(pair.replica) + ": " + std::to_string(done->sums.unchecked) + " tables were not compared.");
    }
    if (trouble && array.size() == 1 && !context.json())
        return exitFailed;
    context.print(array);
    return status;
}

/// The check that a word names: an id, its beginning, or the newest of a replica.
Result<ConsistencyCheck> findCheck(Context &context, const Fleet &fleet, const std::string &word)
{
    if (const InstanceRecord *record = fleet.instanceByPath(word)) {
        auto newest = consistency::listChecks(context.session(), std::vector{record->instance.id}, 1);
        if (!newest)
            return fail(newest.error());
        if (newest->empty())
            return fail(errors::notFound, {{"what", "consistency check"}, {"name", word}});
        return std::move(newest->front());
    }
    auto checks = consistency::listChecks(context.session(), std::nullopt, 1000);
    if (!checks)
        return fail(checks.error());
    const ConsistencyCheck *found = nullptr;
    for (const ConsistencyCheck &one : *checks) {
        if (word.empty() || !one.id.toString().starts_with(word))
            continue;
        if (found)
            return fail(usageError("more than one check begins with " + word));
        found = &one;
    }
    return found ? Result<ConsistencyCheck>(*found) : Result<ConsistencyCheck>(fail(errors::notFound, {{"what", "consistency check"}, {"name", word}}));
}

Result<int> show(Context &context, const Args &args)
{
    const auto limit = args.number("limit", 1000, 1, 100'000);
    const auto fleet = limit ? context.fleet() : Result<Fleet>(fail(limit.error()));
    if (!fleet)
        return fail(fleet.error());
    const auto found = findCheck(context, *fleet, args.word(0));
    if (!found)
        return fail(found.error());
    Json json;
    if (auto printed = printCheck(context, *found, *fleet, static_cast<std::size_t>(*limit), args.flag("repair"), json); !printed)
        return fail(printed.error());
    context.print(json);
    return exitOk;
}

Result<int> history(Context &context, const Args &args)
{
    const auto limit = args.number("limit", 100, 1, 100'000);
    const auto fleet = limit ? context.fleet() : Result<Fleet>(fail(limit.error()));
    const auto instances = fleet ? chosenInstances(*fleet, args.words()) : Result<std::vector<Uuid>>(fail(fleet.error()));
    if (!instances)
        return fail(instances.error());
    const auto chosen = args.words().empty() ? std::nullopt : std::optional(*instances);
    auto checks = consistency::listChecks(context.session(), chosen, static_cast<std::size_t>(*limit) + 1);
    if (!checks)
        return fail(checks.error());
    cutTo(*checks, static_cast<std::size_t>(*limit), "checks");
    Json array = Json::array();
    Table table({"CHECK", "REPLICA", "PRIMARY", "STARTED", "STATE", "TABLES", "UNCHECKED", "ROWS", "DIFFERENCES", "TOOK"}, {5, 6, 7, 8, 9});
    for (const ConsistencyCheck &one : *checks) {
        array.push_back(checkJson(one, *fleet));
        std::string state = one.stateAt(fleet->readAt);
        if (state == "running")
            state += ", " + progressText(one.progress);
        table.add({one.id.toString(), fleet->pathOf(one.replica), fleet->pathOf(one.primary), timeText(one.startedAt), printable(state), std::to_string(one.sums.tables),
                   std::to_string(one.sums.unchecked), std::to_string(one.sums.rows), std::to_string(one.sums.differences),
                   one.endedAt ? spanText(std::chrono::duration_cast<std::chrono::seconds>(*one.endedAt - one.startedAt)) : "-"});
    }
    context.print(array);
    if (!context.json())
        table.print();
    return exitOk;
}

Result<int> cancel(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    const auto found = fleet ? findCheck(context, *fleet, args.word(0)) : Result<ConsistencyCheck>(fail(fleet.error()));
    if (!found)
        return fail(found.error());
    const auto wished = consistency::wishCancel(context.session(), found->id);
    if (!wished)
        return fail(wished.error());
    if (!*wished)
        return fail(usageError("the check has ended"));
    context.print(Json{{"id", found->id.toString()}, {"cancelled", true}});
    if (!context.json())
        printLine("It ends within some seconds.");
    return exitOk;
}

} // namespace

std::vector<Verb> consistencyVerbs()
{
    return {
        {"consistency", "check", "HOST/INSTANCE [--primary H/I] [--schema S,...] [--table S.T,...] [--max-lag S] [--max-load N] [--patience S] [--most-differences N]",
         "compare a replica with its primary, or all replicas of a primary, row by row while both are written to; nothing is locked, stopped or written",
         {{"primary", "schema", "table", "max-lag", "max-load", "patience", "most-differences"}, {}}, check, 1, 1},
        {"consistency", "show", "CHECK | HOST/INSTANCE [--repair] [--limit N]",
         "what a check found, or the newest one of a replica; --repair prints statements that would repair the rows, and runs none", {{"limit"}, {"repair"}}, show, 1, 1},
        {"consistency", "history", "[GROUP|HOST|HOST/INSTANCE ...] [--limit N]", "checks of replicas, the newest first", {{"limit"}, {}}, history, 0, 100},
        {"consistency", "cancel", "CHECK | HOST/INSTANCE", "end a check that runs", {}, cancel, 1, 1},
    };
}

} // namespace zandb::cli
