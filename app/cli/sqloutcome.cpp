// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/sqloutcome.h"

#include "app/batchsql/waves.h"
#include "app/cli/execution.h"
#include "app/headless/programkinds.h"
#include "app/workflow/items.h"
#include "app/workflow/runrepository.h"
#include "models/batchsql/resultcomparison.h"

#include <algorithm>

namespace zandb::cli {
namespace {

/// What its run left, when there is one.
Result<void> readOutcome(Context &context, const Fleet &fleet, OnInstance *outcome)
{
    const auto detail = workflow::loadRun(context.session(), *outcome->runId);
    if (!detail)
        return fail(detail.error());
    if (!*detail)
        return {};
    const RunDetail &run = **detail;
    outcome->error = run.run.error;
    const Host *host = fleet.host(run.run.hostId);
    if (run.attempts.empty() || !host || run.run.state == RunState::Unknown)
        return {};
    context.pool().setHosts({remote::addressOf(*host)});
    const Attempt &last = run.attempts.back();
    const auto items = workflow::followItems(context.pool(), host->id, {run.run.id, last.step, last.attempt}, 0, [&](std::int64_t, const Json &item) {
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
    return {{"instance", one.path}, {"plan_id", idJson(one.planId)}, {"run_id", idJson(one.runId)}, {"state", one.state}, {"error", errorsJson(one.error)}, {"statements", std::move(statements)}};
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
            if (statement.notKept > 0)
                warnLine(one.path + ": statement " + std::to_string(i + 1) + " has " + std::to_string(statement.notKept) + " more rows in its file");
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

/// Says which instances answered otherwise than most, on standard error.
void sayDifferences(const std::vector<OnInstance> &all, std::size_t statements)
{
    for (std::size_t i = 0; all.size() > 1 && i < statements; ++i) {
        std::vector<AnsweredRows> answers;
        answers.reserve(all.size());
        std::vector<const AnsweredRows *> given;
        for (const OnInstance &one : all) {
            const bool has = i < one.results.statements().size() && !one.results.statements()[i].columns.empty();
            given.push_back(nullptr);
            if (!has)
                continue;
            const auto &statement = one.results.statements()[i];
            answers.push_back({statement.columns, statement.rows, statement.end && statement.end->moreRows});
            given.back() = &answers.back();
        }
        const RowsComparison comparison = compareAnswers(given);
        for (const RowsDifference &difference : comparison.different) {
            if (comparison.agreeing > 1 && !difference.hasNoAnswer)
                warnLine(all[difference.instance].path + " differs from " + std::to_string(comparison.agreeing) + " others in statement " + std::to_string(i + 1) + ": "
                         + (difference.otherColumns ? std::string("other columns")
                                                    : std::to_string(difference.extra.size()) + " rows more, " + std::to_string(difference.missing.size()) + " rows missing"));
        }
    }
}

} // namespace

bool printOutcomes(Context &context, const Args &args, const std::vector<OnInstance> &all, std::size_t statements)
{
    if (context.json()) {
        Json array = Json::array();
        for (const OnInstance &one : all)
            array.push_back(outcomeJson(one));
        context.print(array);
    } else {
        printMerged(all, statements, args.flag("csv"));
    }
    if (args.flag("compare"))
        sayDifferences(all, statements);
    bool good = true;
    for (const OnInstance &one : all) {
        if (one.state == toString(RunState::Succeeded))
            continue;
        good = false;
        warnLine(one.path + ": " + (one.error ? errorLine(*one.error) : one.state == "not_run" ? std::string(one.planId ? "not run, since the waves ended before it" : "not run, since others refuse it") : one.state));
    }
    return good;
}

Result<int> driveAndPrint(Context &context, const Args &args, const Uuid &id)
{
    batchsql::WaveOptions options;
    options.kinds = &headless::programKinds();
    options.executor = executorName(context);
    options.person = context.settings().person;
    std::string last;
    options.changed = [&](const batchsql::SqlPlan &plan) {
        const auto ended = std::ranges::count_if(plan.targets, &batchsql::PlanTarget::hasEnded);
        const std::string line = std::to_string(ended) + " of " + std::to_string(plan.targets.size()) + " instances have ended";
        if (line != last && plan.targets.size() > 1)
            warnLine(line);
        last = line;
    };
    const auto plan = batchsql::drivePlan(context.session(), context.pool(), id, options);
    if (!plan)
        return fail(plan.error());
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    std::vector<OnInstance> all;
    for (const batchsql::PlanTarget &target : plan->targets) {
        OnInstance one{fleet->pathOf(target.instance), plan->id, target.runId, target.hasEnded() ? target.state : target.state == "pending" ? "not_run" : target.state, {}, batchsql::SqlResults()};
        if (target.runId) {
            if (const auto read = readOutcome(context, *fleet, &one); !read)
                one.error = one.error ? one.error : std::optional(read.error());
        }
        all.push_back(std::move(one));
    }
    const bool good = printOutcomes(context, args, all, plan->args.statements.size());
    for (const OnInstance &one : all) {
        if (!one.runId || context.json())
            continue;
        const bool changed = std::ranges::any_of(one.results.statements(), [](const auto &statement) { return statement.end && statement.end->statementClass == "D" && statement.end->affectedRows > 0; });
        warnLine(one.path + ": run " + one.runId->toString() + (changed ? "; zandbctl sql undo " + one.runId->toString() + " --preview says which rows it can put back" : std::string()));
    }
    if (plan->state != "finished") {
        if (plan->reason)
            warnLine(errorLine(*plan->reason));
        warnLine("The plan is " + plan->state + ": zandbctl sql resume " + plan->id.toString());
    }
    return good ? exitOk : exitFailed;
}

} // namespace zandb::cli
