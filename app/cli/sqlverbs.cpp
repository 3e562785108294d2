// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/batchsql/savedresults.h"
#include "app/batchsql/sqlpreview.h"
#include "app/batchsql/sqlread.h"
#include "app/batchsql/sqlscripts.h"
#include "app/batchsql/waves.h"
#include "app/cli/command.h"
#include "app/cli/execution.h"
#include "app/cli/sqloutcome.h"
#include "app/cli/sqlscript.h"
#include "app/cli/targets.h"

#include <algorithm>
#include <sstream>

namespace zandb::cli {
namespace {

constexpr std::size_t shownWhenSaved = 1'000; ///< rows of each result
constexpr std::size_t maxOrderBytes = 3u << 20; ///< a frame of the wire has 4 MiB

Result<int> checkScript(Context &context, const Args &args)
{
    const auto judged = judgeScript(args, 1'000'000);
    if (!judged)
        return fail(judged.error());
    Json array = Json::array();
    Table table({"LINE", "VERDICT", "CLASS", "CONFIRM", "WHY"}, {0});
    bool all = true;
    for (const JudgedStatement &one : *judged) {
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

/// Class R alone goes over the warm channel.
Result<int> readAll(Context &context, const Args &args, const wire::SqlArgs &order, const Fleet &fleet, const std::vector<Uuid> &targets)
{
    std::optional<batchsql::SavedResults> saved;
    if (args.has("save"))
        saved.emplace(args.option("save"), fleet, targets);
    const auto take = [&](std::size_t at, const Json &item) { saved->take(at, item); };
    const auto reads = batchsql::readScript(context.session(), context.pool(), fleet, targets, order, {}, saved ? std::function<void(std::size_t, const Json &)>(take) : nullptr,
                                            saved ? shownWhenSaved : 10'000'000);
    if (!reads)
        return fail(reads.error());
    if (saved && saved->problem())
        return fail(*saved->problem());
    std::vector<OnInstance> all;
    for (const batchsql::InstanceRead &read : *reads)
        all.push_back({read.path, {}, {}, std::string(toString(read.error ? RunState::Failed : RunState::Succeeded)), read.error, read.results});
    return printOutcomes(context, args, all, order.statements.size()) ? exitOk : exitFailed;
}

Result<workflow::WavePolicy> policyOf(const Args &args, const Fleet &fleet, const std::vector<Uuid> &targets)
{
    workflow::WavePolicy policy;
    policy.noCanary = args.flag("no-canary");
    if (const std::string path = args.option("canary"); !path.empty()) {
        const InstanceRecord *record = fleet.instanceByPath(path);
        if (!record || std::ranges::find(targets, record->instance.id) == targets.end())
            return fail(usageError("--canary names one of the targets, as HOST/INSTANCE"));
        policy.canary = record->instance.id;
    }
    const auto wave = args.number("wave", 1, 1, 64);
    const auto pause = args.duration("pause");
    const auto lag = args.duration("max-lag");
    const auto running = args.number("max-running", 0, 0, 1'000'000);
    const auto percent = workflow::stopPercentOf(args.option("stop-on", "first"));
    if (!wave || !pause || !lag || !running)
        return fail(!wave ? wave.error() : !pause ? pause.error() : !lag ? lag.error() : running.error());
    if (!percent)
        return fail(usageError("--stop-on is first, or a share like 10%"));
    policy.wave = static_cast<int>(*wave);
    policy.pauseSeconds = pause->value_or(0);
    policy.stopPercent = *percent;
    policy.maxLagSeconds = *lag;
    if (*running > 0)
        policy.maxThreadsRunning = *running;
    return policy;
}

/// The one that was given, or a saved one with its schema.
Result<std::vector<JudgedStatement>> scriptOf(Context &context, const Args &args, std::string &schema)
{
    if (!args.has("saved"))
        return judgeScript(args);
    const auto saved = batchsql::findScript(context.session(), args.option("saved"));
    if (!saved)
        return fail(saved.error());
    if (!*saved)
        return fail(errors::notFound, {{"what", "script"}, {"name", args.option("saved")}});
    if (!args.has("schema"))
        schema = (*saved)->schema;
    return judgeText((*saved)->script, schema);
}

Result<int> runScript(Context &context, const Args &args)
{
    wire::SqlArgs order;
    order.schema = args.option("schema");
    const auto judged = scriptOf(context, args, order.schema);
    if (!judged)
        return fail(judged.error());
    order.confirmed = args.flag("confirmed");
    const auto rows = args.number("rows", order.rows, 0, 10'000'000);
    const auto timeout = args.duration("timeout");
    const auto lockWait = args.duration("lock-wait");
    if (!rows || !timeout || !lockWait)
        return fail(!rows ? rows.error() : !timeout ? timeout.error() : lockWait.error());
    order.rows = *rows;
    if (*timeout)
        order.timeMs = std::clamp<std::int64_t>(**timeout, 1, 86'400) * 1000;
    if (*lockWait)
        order.lockWaitSeconds = std::clamp<std::int64_t>(**lockWait, 1, 86'400);
    std::istringstream accepted(args.option("accept"));
    for (std::string name; std::getline(accepted, name, ',');)
        order.accepted.push_back(name);
    auto statements = allowedStatements(*judged, order.confirmed);
    if (!statements)
        return fail(statements.error());
    order.statements = std::move(*statements);
    if (dumpJson(Json(order)).size() > maxOrderBytes)
        return fail(usageError("the statements of one order have at most 3 MiB together; cut the script into several"));
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto targets = reachInstances(context, *fleet, args.words());
    if (!targets)
        return fail(targets.error());
    const auto policy = policyOf(args, *fleet, *targets);
    if (!policy)
        return fail(policy.error());
    if (std::ranges::all_of(*judged, [](const JudgedStatement &one) { return one.verdict.statementClass == 'R'; })) {
        if (args.has("save")) { // nothing of it is kept in memory
            order.rows = args.has("rows") ? *rows : batchsql::savedRows;
            order.bytes = batchsql::savedBytes;
        }
        return readAll(context, args, order, *fleet, *targets);
    }
    // what is refused for certain is not begun, on none of them
    std::vector<OnInstance> refused;
    bool isRefused = false;
    for (const batchsql::InstancePreview &seen : batchsql::previewScript(context.pool(), *fleet, *targets, order.schema, order.statements)) {
        const auto why = batchsql::refusalOf(seen, order);
        isRefused = isRefused || why;
        refused.push_back({seen.path, {}, {}, why ? "refused" : "not_run", why, batchsql::SqlResults()});
    }
    if (isRefused)
        return printOutcomes(context, args, refused, order.statements.size()) ? exitOk : exitFailed;
    batchsql::SqlPlan plan;
    plan.id = Uuid::v7();
    plan.author = context.settings().person;
    plan.executor = executorName(context);
    plan.args = std::move(order);
    plan.policy = *policy;
    plan.targets = workflow::planWaves(*targets, *policy);
    if (const auto made = batchsql::createPlan(context.session(), plan); !made)
        return fail(made.error());
    return driveAndPrint(context, args, plan.id);
}

} // namespace

std::vector<Verb> sqlVerbs()
{
    Verb check{"sql", "check", "[--sql TEXT | --file FILE] [--encoding E] [--schema S]", "what the guard of batch SQL says of a script", {{"sql", "file", "encoding", "schema"}, {}}, checkScript};
    check.needsSettings = false;
    return {
        check,
        {"sql", "run",
         "TARGET... [--sql TEXT | --file FILE | --saved NAME] [--encoding E] [--schema S] [--confirmed] [--accept NAME,...] [--rows N] [--timeout D] [--lock-wait D] [--canary HOST/INSTANCE | --no-canary] [--wave N] "
         "[--pause D] [--stop-on first|N%] [--max-lag D] [--max-running N] [--csv] [--compare] [--save DIRECTORY]",
         "run a script on instances with your key: one first, then the others in waves; what only reads goes to all at once",
         {{"sql", "file", "saved", "encoding", "schema", "accept", "rows", "timeout", "lock-wait", "canary", "wave", "pause", "stop-on", "max-lag", "max-running", "save"}, {"confirmed", "no-canary", "csv", "compare"}},
         runScript, 1, 1000},
    };
}

} // namespace zandb::cli
