// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/batchsql/waves.h"
#include "app/cli/execution.h"
#include "app/cli/sqloutcome.h"
#include "app/cli/targets.h"
#include "app/headless/programkinds.h"
#include "app/workflow/newrun.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace zandb::cli {
namespace {

/// A program that drives a plan looks at it every second, but may wait for a host that does not answer.
constexpr std::chrono::seconds driverPatience{20};

/// A plan's id, or the end of one among the newest 200.
Result<batchsql::SqlPlan> planNamed(Context &context, const std::string &text)
{
    std::optional<Uuid> id = Uuid::parse(text);
    if (!id) {
        const auto plans = batchsql::listPlans(context.session(), 200);
        if (!plans)
            return fail(plans.error());
        for (const batchsql::SqlPlan &plan : *plans) {
            if (text.size() < 4 || !plan.id.toString().ends_with(text))
                continue;
            if (id)
                return fail(usageError("\"" + text + "\" is the id of several plans; give more of it"));
            id = plan.id;
        }
    }
    auto plan = id ? batchsql::loadPlan(context.session(), *id) : Result<std::optional<batchsql::SqlPlan>>(std::optional<batchsql::SqlPlan>());
    if (!plan)
        return fail(plan.error());
    if (!*plan)
        return fail(errors::notFound, {{"what", "plan"}, {"name", text}});
    return std::move(**plan);
}

/// Why nothing can be done with it, in words; empty: something can.
std::string whyNothingIsLeft(const batchsql::SqlPlan &plan, bool retryFailed)
{
    const auto isOpen = [&](const batchsql::PlanTarget &target) { return !target.hasEnded() || (retryFailed && (target.state == "failed" || target.state == "cancelled")); };
    if (std::ranges::any_of(plan.targets, isOpen))
        return {};
    const bool failed = std::ranges::any_of(plan.targets, [](const batchsql::PlanTarget &target) { return target.state == "failed" || target.state == "cancelled"; });
    return "the plan is " + plan.state + ", and all of its instances have ended" + (failed && !retryFailed ? "; --retry-failed runs it again on those that have failed" : "");
}

/// Whoever goes on with a plan sees first what it does: --confirm is the beginning of the digest that is shown without it.
Result<int> resumePlan(Context &context, const Args &args)
{
    const auto plan = planNamed(context, args.words().front());
    if (!plan)
        return fail(plan.error());
    if (const std::string why = whyNothingIsLeft(*plan, args.flag("retry-failed")); !why.empty())
        return fail(usageError(why));
    const std::string digest = workflow::sha256Hex(dumpJson(Json(plan->args))).substr(0, 16);
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    if (args.option("confirm") != digest) {
        warnLine("The plan of " + plan->author + " runs, in the schema \"" + printable(plan->args.schema) + "\":");
        for (const std::string &statement : plan->args.statements)
            warnLine("  " + printable(statement));
        for (const batchsql::PlanTarget &target : plan->targets)
            warnLine("  on " + fleet->pathOf(target.instance) + ": " + target.state);
        return fail(usageError("to go on with it under your key: zandbctl sql resume " + plan->id.toString() + " --confirm " + digest));
    }
    if (const auto reached = reachInstances(context, *fleet, {}); !reached)
        return fail(reached.error());
    if (const auto taken = batchsql::takePlan(context.session(), *plan, executorName(context), args.flag("retry-failed")); !taken)
        return fail(taken.error());
    return driveAndPrint(context, args, plan->id);
}

Result<int> cancelPlan(Context &context, const Args &args)
{
    auto plan = planNamed(context, args.words().front());
    if (!plan)
        return fail(plan.error());
    if (plan->state != "running" && plan->state != "cancelling")
        return fail(usageError("the plan is " + plan->state + " already, and nothing of it runs"));
    if (plan->state == "running") {
        if (const auto done = batchsql::cancelPlan(context.session(), plan->id); !done)
            return fail(done.error());
        if (!context.json())
            printLine("Its program ends the statements that run; what they had changed by bounded UPDATE and DELETE is rolled back.");
    }
    // a program that is gone ends nothing: then this one does
    const auto until = std::chrono::steady_clock::now() + driverPatience;
    while (true) {
        auto now = batchsql::loadPlan(context.session(), plan->id);
        if (!now || !*now)
            return fail(now ? makeError(errors::notFound, {{"what", "plan"}, {"name", args.words().front()}}) : now.error());
        *plan = std::move(**now);
        if (plan->state != "cancelling" || std::chrono::steady_clock::now() > until)
            break;
        std::this_thread::sleep_for(std::chrono::milliseconds{500});
    }
    if (plan->state == "cancelling") {
        const auto fleet = context.fleet();
        if (!fleet)
            return fail(fleet.error());
        if (const auto reached = reachInstances(context, *fleet, {}); !reached)
            return fail(reached.error());
        warnLine("Its program, " + plan->executor + ", does not answer; this one ends it with your key.");
        if (const auto taken = batchsql::takeCancelling(context.session(), *plan, executorName(context)); !taken)
            return fail(taken.error());
        batchsql::WaveOptions options;
        options.kinds = &headless::programKinds();
        options.executor = executorName(context);
        options.person = context.settings().person;
        auto ended = batchsql::drivePlan(context.session(), context.pool(), plan->id, options);
        if (!ended)
            return fail(ended.error());
        *plan = std::move(*ended);
    }
    context.print({{"plan_id", plan->id.toString()}, {"state", plan->state}});
    if (!context.json())
        printLine("The plan is " + plan->state + '.');
    return exitOk;
}

Result<int> listPlans(Context &context, const Args &args)
{
    const auto limit = args.number("limit", 50, 1, 1000);
    if (!limit)
        return fail(limit.error());
    std::vector<batchsql::SqlPlan> plans;
    if (!args.words().empty()) {
        const auto plan = planNamed(context, args.words().front());
        if (!plan)
            return fail(plan.error());
        plans.push_back(*plan);
    } else {
        auto listed = batchsql::listPlans(context.session(), static_cast<int>(*limit));
        if (!listed)
            return fail(listed.error());
        plans = std::move(*listed);
    }
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    Json array = Json::array();
    Table table({"PLAN", "CREATED", "AUTHOR", "EXECUTOR", "STATE"});
    for (const batchsql::SqlPlan &plan : plans) {
        Json targets = Json::array();
        for (const batchsql::PlanTarget &target : plan.targets)
            targets.push_back({{"instance", fleet->pathOf(target.instance)}, {"wave", target.wave}, {"run_id", idJson(target.runId)}, {"state", target.state}});
        array.push_back({{"plan_id", plan.id.toString()}, {"created", toIso(plan.createdAt)}, {"author", plan.author}, {"executor", plan.executor}, {"state", plan.state},
                         {"reason", errorsJson(plan.reason)}, {"policy", Json(plan.policy)}, {"statements", plan.args.statements}, {"targets", targets}});
        table.add({plan.id.toString(), toIso(plan.createdAt), plan.author, plan.executor, plan.state});
    }
    context.print(array);
    if (!context.json()) {
        table.print();
        for (const batchsql::PlanTarget &target : plans.size() == 1 ? plans.front().targets : std::vector<batchsql::PlanTarget>())
            printLine("wave " + std::to_string(target.wave) + "  " + fleet->pathOf(target.instance) + "  " + target.state + (target.runId ? "  run " + target.runId->toString() : std::string()));
    }
    return exitOk;
}

} // namespace

std::vector<Verb> sqlPlanVerbs()
{
    return {
        {"sql", "plans", "[PLAN] [--limit N]", "scripts that went over instances in waves, newest first, or one with its instances", {{"limit"}, {}}, listPlans, 0, 1},
        {"sql", "resume", "PLAN [--confirm DIGEST] [--retry-failed] [--csv]", "go on with a plan whose program has ended, or that was stopped, with your key", {{"confirm"}, {"retry-failed", "csv"}},
         resumePlan, 1, 1},
        {"sql", "cancel", "PLAN", "end a plan and kill its statements on the servers", {}, cancelPlan, 1, 1},
    };
}

} // namespace zandb::cli
