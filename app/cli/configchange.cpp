// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/configchange.h"

#include "app/cli/execution.h"
#include "app/config/configservice.h"
#include "app/headless/programkinds.h"
#include "models/config/configmodels.h"
#include "models/config/serverid.h"

#include <algorithm>

namespace zandb::cli {
namespace {

void printOutcomes(const std::string &path, const wire::ConfigResult &result, Table &table)
{
    for (const wire::ConfigOutcome &one : result.changes) {
        std::string notes;
        const auto note = [&](const std::string &text) { notes += (notes.empty() ? "" : "; ") + text; };
        if (one.afterRestart)
            note("after restart");
        if (one.clipped)
            note("the server took another value");
        if (one.sessionsKeepOld && result.sessions > 0)
            note(std::to_string(result.sessions) + " sessions keep the old value");
        for (const std::string &warning : one.warnings)
            note(printable(configWarning(warning).toStdString()));
        const std::string where = one.where == "memory" ? "-" : one.persisted ? "mysqld-auto.cnf" : one.file.empty() ? "-" : printable(one.file) + ':' + std::to_string(one.line);
        table.add({path, one.name, printable(one.oldMemory) + (one.where == "disk" || one.afterRestart ? "" : " -> " + printable(one.newMemory)),
                   one.where == "memory" ? "-" : orDash(one.oldDisk) + " -> " + (one.newDisk ? printable(*one.newDisk) : std::string("default")), where, notes.empty() ? "-" : notes});
    }
}

/// "refused" and "previewed" before anything is sent; "not_run": another one failed before its turn.
std::string stateOf(const PlannedChange &one, bool act)
{
    if (one.refused)
        return "refused";
    return one.target.state != "pending" ? one.target.state : act ? "not_run" : "previewed";
}

Json plannedJson(const PlannedChange &one, bool act)
{
    Json json{{"instance", one.path}, {"state", stateOf(one, act)}, {"wave", one.target.wave}, {"run_id", idJson(one.target.runId)}, {"error", errorsJson(one.refused ? one.refused : one.target.error)}};
    json["preview"] = one.preview ? outcomesJson(*one.preview) : Json();
    json["result"] = one.target.result ? outcomesJson(*one.target.result) : Json();
    return json;
}

/// True: nothing was refused.
bool previewAll(Context &context, const Fleet &fleet, std::vector<PlannedChange> &all)
{
    bool good = true;
    for (PlannedChange &one : all) {
        if (const auto clash = serverIdClash(fleet, one.target.instance, one.target.args, all.size())) {
            one.refused = *clash;
            good = false;
            continue;
        }
        const auto record = reachInstance(context, fleet, one.target.instance);
        auto seen = record ? config::previewConfig(context.pool(), record->instance, one.target.args) : Result<wire::ConfigResult>(fail(record.error()));
        if (seen) {
            one.preview = std::move(*seen);
            one.target.args = config::asPreviewed(std::move(one.target.args), *one.preview);
        } else {
            one.refused = seen.error();
            good = false;
        }
    }
    return good;
}

Result<workflow::WavePolicy> policyOf(const Args &args, const Fleet &fleet, const std::vector<PlannedChange> &all)
{
    workflow::WavePolicy policy;
    policy.noCanary = args.flag("no-canary");
    if (const std::string path = args.option("canary"); !path.empty()) {
        const InstanceRecord *record = fleet.instanceByPath(path);
        if (!record || std::ranges::none_of(all, [&](const PlannedChange &one) { return one.target.instance == record->instance.id; }))
            return fail(usageError("--canary names one of the targets, as HOST/INSTANCE"));
        policy.canary = record->instance.id;
    }
    const auto wave = args.number("wave", 1, 1, 64);
    const auto pause = args.duration("pause");
    const auto percent = workflow::stopPercentOf(args.option("stop-on", "first"));
    if (!wave || !pause)
        return fail(!wave ? wave.error() : pause.error());
    if (!percent)
        return fail(usageError("--stop-on is first, or a share like 10%"));
    policy.wave = static_cast<int>(*wave);
    policy.pauseSeconds = pause->value_or(0);
    policy.stopPercent = *percent;
    return policy;
}

std::optional<Error> carryOut(Context &context, const Fleet &fleet, const workflow::WavePolicy &policy, std::vector<PlannedChange> &all)
{
    std::vector<config::ConfigTarget> targets;
    for (const PlannedChange &one : all)
        targets.push_back(one.target);
    config::WaveOptions options{fleet, headless::programKinds(), executorName(context), context.settings().person, policy, {}, {}, {}};
    options.changed = [&](std::size_t at) {
        if (targets.size() > 1 && !context.json())
            warnLine(all[at].path + ": " + targets[at].state);
    };
    auto trouble = config::changeInWaves(context.session(), context.pool(), targets, options);
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i].target = std::move(targets[i]);
    return trouble;
}

} // namespace

Args::Spec configChangeSpec(std::set<std::string> options, std::set<std::string> flags)
{
    options.insert({"canary", "wave", "pause", "stop-on"});
    flags.insert({"no-canary", "preview", "no-trial", "yes"});
    return {std::move(options), std::move(flags)};
}

std::string orDash(const std::optional<std::string> &text)
{
    return text ? printable(*text) : "-";
}

Result<InstanceRecord> reachInstance(Context &context, const Fleet &fleet, const Uuid &id)
{
    const InstanceRecord *record = fleet.instance(id);
    const Host *host = record ? fleet.host(record->instance.hostId) : nullptr;
    if (!host)
        return fail(errors::notFound, {{"what", "instance"}, {"name", id.toString()}});
    context.pool().setHosts({remote::addressOf(*host)});
    return *record;
}

Json outcomesJson(const wire::ConfigResult &result)
{
    Json changes = Json::array(), edits = Json::array();
    const auto text = [](const std::optional<std::string> &value) { return value ? Json(*value) : Json(); };
    for (const wire::ConfigOutcome &one : result.changes)
        changes.push_back({{"name", one.name}, {"where", one.where}, {"asked", text(one.asked)}, {"old_memory", one.oldMemory}, {"new_memory", one.newMemory}, {"old_disk", text(one.oldDisk)},
                           {"new_disk", text(one.newDisk)}, {"persisted", one.persisted}, {"file", one.file}, {"line", one.line}, {"after_restart", one.afterRestart}, {"clipped", one.clipped},
                           {"sessions_keep_old", one.sessionsKeepOld}, {"warnings", one.warnings}});
    for (const wire::ConfigEdit &edit : result.edits)
        edits.push_back({{"file", edit.file}, {"line", edit.line}, {"diff", edit.diff}});
    return {{"changes", changes}, {"edits", edits}, {"sessions", result.sessions}, {"trial", result.trial}, {"unproven", result.unproven}, {"recovered", result.recovered}};
}

Result<int> changeConfigs(Context &context, const Args &args, const Fleet &fleet, std::vector<PlannedChange> all)
{
    for (PlannedChange &one : all) {
        one.path = fleet.pathOf(one.target.instance);
        one.target.args.trial = !args.flag("no-trial");
    }
    const auto policy = policyOf(args, fleet, all);
    if (!policy)
        return fail(policy.error());
    bool good = previewAll(context, fleet, all);
    const bool act = good && args.flag("yes") && !args.flag("preview");
    std::optional<Error> trouble;
    if (act) {
        trouble = carryOut(context, fleet, *policy, all);
        good = !trouble && std::ranges::all_of(all, [](const PlannedChange &one) { return one.target.state == "succeeded"; });
    }
    Json array = Json::array();
    Table table({"INSTANCE", "VARIABLE", "MEMORY", "DISK", "WHERE", "NOTES"});
    bool any = false;
    for (const PlannedChange &one : all) {
        array.push_back(plannedJson(one, act));
        const auto &shown = one.target.result ? one.target.result : one.preview;
        if (shown && (one.target.result || !act)) {
            printOutcomes(one.path, *shown, table);
            any = true;
        }
    }
    context.print(array);
    if (context.json())
        return good ? exitOk : exitFailed;
    if (any)
        table.print();
    for (const PlannedChange &one : all) {
        if (one.preview && !act) {
            for (const wire::ConfigEdit &edit : one.preview->edits)
                printLine(one.path + ": " + printable(edit.diff.substr(0, edit.diff.find('\n'))) + "\n" + edit.diff.substr(std::min(edit.diff.size(), edit.diff.find('\n') + 1)));
        }
        if (const auto &error = one.refused ? one.refused : one.target.error)
            warnLine(one.path + ": " + errorLine(*error));
        if (act && one.target.state == "pending")
            warnLine(one.path + ": not changed, since another one failed");
    }
    const bool isSaid = trouble && std::ranges::any_of(all, [&](const PlannedChange &one) { return one.target.error && describe(*one.target.error) == describe(*trouble); });
    if (trouble && !isSaid)
        warnLine(errorLine(*trouble));
    if (good && !act)
        warnLine("Nothing was changed. With --yes it is carried out: one instance first, then the others in waves.");
    return good ? exitOk : exitFailed;
}

} // namespace zandb::cli
