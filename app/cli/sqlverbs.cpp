// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rules/sqlguard.h"
#include "agent/rules/sqlscript.h"
#include "app/batchsql/sqlrun.h"
#include "app/cli/command.h"
#include "app/cli/execution.h"
#include "app/cli/targets.h"
#include "app/workflow/items.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace zandb::cli {
namespace {

constexpr std::size_t maxScript = 64u << 20;
constexpr std::size_t maxStatementsPerRun = 10'000;

Result<std::string> readScript(const Args &args)
{
    if (args.has("sql"))
        return args.option("sql");
    const std::string file = args.option("file", "-");
    const std::unique_ptr<std::FILE, int (*)(std::FILE *)> opened(file == "-" ? nullptr : std::fopen(file.c_str(), "rb"), [](std::FILE *f) { return f ? std::fclose(f) : 0; });
    if (file != "-" && !opened)
        return fail(usageError(file + ": " + std::strerror(errno)));
    std::FILE *in = opened ? opened.get() : stdin;
    std::string text;
    char buffer[65536];
    for (std::size_t n = 0; text.size() <= maxScript && (n = std::fread(buffer, 1, sizeof buffer, in)) > 0;)
        text.append(buffer, n);
    if (text.size() > maxScript)
        return fail(usageError("the script is longer than 64 MiB"));
    return text;
}

struct Judged
{
    std::string sql;
    std::size_t line = 1;
    rules::Verdict verdict;
};

/// The statements of the script, each with the guard's verdict.  Errors: usage when it cannot be split.
Result<std::vector<Judged>> judgeScript(const Args &args)
{
    const auto script = readScript(args);
    if (!script)
        return fail(script.error());
    const auto split = rules::splitScript(*script);
    if (split.problem)
        return fail(usageError("line " + std::to_string(split.problem->line) + ": " + std::string(split.problem->text)));
    const std::string schema = args.option("schema");
    rules::GuardContext context;
    context.schema = schema;
    std::vector<Judged> all;
    for (const auto &item : split.items) {
        std::string sql = script->substr(item.offset, item.length);
        auto verdict = rules::judge(sql, context);
        all.push_back({std::move(sql), item.line, std::move(verdict)});
    }
    if (all.empty())
        return fail(usageError("there is no statement; give --sql, --file or standard input"));
    if (all.size() > maxStatementsPerRun)
        return fail(usageError("a script has at most 10,000 statements"));
    return all;
}

Result<int> checkScript(Context &context, const Args &args)
{
    const auto judged = judgeScript(args);
    if (!judged)
        return fail(judged.error());
    Json array = Json::array();
    Table table({"LINE", "VERDICT", "CLASS", "CONFIRM", "WHY"}, {0});
    bool all = true;
    for (const Judged &one : *judged) {
        const auto &verdict = one.verdict;
        all = all && verdict.allowed;
        const std::string letter = verdict.statementClass ? std::string(1, verdict.statementClass) : "";
        array.push_back({{"line", one.line}, {"verdict", verdict.allowed ? "allow" : "deny"}, {"class", letter.empty() ? Json() : Json(letter)}, {"why", verdict.why()},
                         {"at", verdict.at}, {"needs_confirmation", verdict.needsConfirmation}, {"sql", one.sql}});
        table.add({std::to_string(one.line), verdict.allowed ? "allow" : "deny", letter.empty() ? "-" : letter, verdict.needsConfirmation ? "yes" : "no", verdict.why()});
    }
    context.print(array);
    if (!context.json())
        table.print();
    return all ? exitOk : exitFailed;
}

/// What became of the script on one instance.
struct OnInstance
{
    std::string path;
    std::optional<Uuid> runId;
    std::string state = "not_run";
    std::optional<Error> error;
    batchsql::SqlResults results;
};

/// Runs it to its end with the person's own key and reads what it left.
Result<void> runOn(Context &context, const Fleet &fleet, const InstanceRecord &record, const wire::SqlArgs &args, OnInstance *outcome)
{
    const auto begun = beginRun(context, batchsql::makeSqlRun(record.instance, args, context.settings().person, fleet.readAt));
    if (!begun)
        return fail(begun.error());
    outcome->runId = begun->run.id;
    const auto ended = followBegun(context, *begun);
    if (!ended)
        return fail(ended.error());
    outcome->state = toString(ended->run.state);
    outcome->error = ended->run.error;
    const Host *host = fleet.host(record.instance.hostId);
    if (ended->attempts.empty() || !host)
        return {};
    context.pool().setHosts({remote::addressOf(*host)});
    const Attempt &last = ended->attempts.back();
    const auto items = workflow::followItems(context.pool(), host->id, {ended->run.id, last.step, last.attempt}, 0, [&](std::int64_t, const Json &item) {
        outcome->results.add(item);
        return true;
    });
    return items ? Result<void>{} : fail(items.error());
}

Json outcomeJson(const OnInstance &one)
{
    Json statements = Json::array();
    int number = 0;
    for (const auto &statement : one.results.statements()) {
        Json json{{"statement", ++number}, {"done", statement.end.has_value()}, {"columns", statement.columns}, {"rows", statement.rows}};
        if (statement.end) {
            json["class"] = statement.end->statementClass;
            json["affected_rows"] = statement.end->affectedRows;
            json["more_rows"] = statement.end->moreRows;
            json["took_us"] = statement.end->tookUs;
            json["warnings"] = statement.end->warnings;
        }
        statements.push_back(std::move(json));
    }
    return {{"instance", one.path}, {"run_id", idJson(one.runId)}, {"state", one.state}, {"error", errorsJson(one.error)}, {"statements", std::move(statements)}};
}

/// One table for each statement, over all instances, with a column that names the instance.
void printMerged(const std::vector<OnInstance> &all, std::size_t statements, bool csv)
{
    for (std::size_t i = 0; i < statements; ++i) {
        std::vector<std::string> heads;
        std::vector<std::vector<Json>> rows;
        for (const OnInstance &one : all) {
            if (i >= one.results.statements().size())
                continue;
            const auto &statement = one.results.statements()[i];
            if (heads.empty() && !statement.columns.empty()) {
                heads = statement.columns;
                heads.insert(heads.begin(), "instance");
            }
            for (const Json &row : statement.rows) {
                std::vector<Json> cells{Json(one.path)};
                cells.insert(cells.end(), row.begin(), row.end());
                rows.push_back(std::move(cells));
            }
            if (!csv && statement.columns.empty() && statement.end)
                printLine(one.path + ": statement " + std::to_string(i + 1) + " done, " + std::to_string(statement.end->affectedRows) + " rows changed");
            if (statement.end && statement.end->moreRows)
                warnLine(one.path + ": statement " + std::to_string(i + 1) + " has more rows than --rows allows");
        }
        if (heads.empty())
            continue;
        if (csv) {
            printLine(batchsql::csvLine({heads.begin(), heads.end()}));
            for (const auto &row : rows)
                printLine(batchsql::csvLine(row));
            continue;
        }
        Table table(heads);
        for (const auto &row : rows) {
            std::vector<std::string> cells;
            for (const Json &cell : row)
                cells.push_back(printable(batchsql::cellText(cell)));
            table.add(std::move(cells));
        }
        table.print();
    }
}

Result<int> runScript(Context &context, const Args &args)
{
    const auto judged = judgeScript(args);
    if (!judged)
        return fail(judged.error());
    wire::SqlArgs order;
    order.schema = args.option("schema");
    order.confirmed = args.flag("confirmed");
    const auto rows = args.number("rows", order.rows, 0, 10'000'000);
    const auto timeout = args.duration("timeout");
    if (!rows || !timeout)
        return fail(!rows ? rows.error() : timeout.error());
    order.rows = *rows;
    if (*timeout)
        order.timeMs = std::clamp<std::int64_t>(**timeout, 1, 86'400) * 1000;
    for (const Judged &one : *judged) {
        if (!one.verdict.allowed)
            return fail(usageError("line " + std::to_string(one.line) + " is not run: " + one.verdict.why()));
        if (one.verdict.needsConfirmation && !order.confirmed)
            return fail(usageError("line " + std::to_string(one.line) + " needs --confirmed: " + one.verdict.why()));
        order.statements.push_back(one.sql);
    }
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto targets = chosenInstances(*fleet, args.words());
    if (!targets)
        return fail(targets.error());
    std::vector<OnInstance> all;
    for (const Uuid &id : *targets) {
        all.emplace_back();
        all.back().path = fleet->pathOf(id);
    }
    // the first one is the canary: what fails stops the rest
    bool good = true;
    for (std::size_t i = 0; good && i < all.size(); ++i) {
        const InstanceRecord *record = fleet->instance((*targets)[i]);
        if (!record)
            continue;
        if (const auto ran = runOn(context, *fleet, *record, order, &all[i]); !ran) {
            all[i].error = all[i].error ? all[i].error : std::optional(ran.error());
            all[i].state = all[i].runId ? all[i].state : "failed";
            good = false;
        }
        good = good && all[i].state == toString(RunState::Succeeded);
    }
    if (context.json()) {
        Json array = Json::array();
        for (const OnInstance &one : all)
            array.push_back(outcomeJson(one));
        context.print(array);
    } else {
        printMerged(all, order.statements.size(), args.flag("csv"));
    }
    for (const OnInstance &one : all) {
        if (one.state != toString(RunState::Succeeded))
            warnLine(one.path + ": " + (one.error ? errorLine(*one.error) : one.state == "not_run" ? std::string("not run, since another one failed") : one.state));
        for (const Error *cause = one.error ? one.error->cause.get() : nullptr; cause; cause = cause->cause.get())
            warnLine("  " + errorLine(*cause));
    }
    return good ? exitOk : exitFailed;
}

} // namespace

std::vector<Verb> sqlVerbs()
{
    Verb check{"sql", "check", "[--sql TEXT | --file FILE] [--schema S]", "what the guard of batch SQL says of a script", {{"sql", "file", "schema"}, {}}, checkScript};
    check.needsSettings = false;
    return {
        check,
        {"sql", "run", "TARGET... [--sql TEXT | --file FILE] [--schema S] [--confirmed] [--rows N] [--timeout D] [--csv]",
         "run a script on instances, one after the other, with your key; the first failure stops", {{"sql", "file", "schema", "rows", "timeout"}, {"confirmed", "csv"}}, runScript, 1, 1000},
    };
}

} // namespace zandb::cli
