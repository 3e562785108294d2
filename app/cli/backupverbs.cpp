// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/backups/backuprepository.h"
#include "app/backups/coveragereading.h"
#include "app/backups/proof.h"
#include "app/cli/backupproof.h"
#include "app/cli/backupargs.h"
#include "app/cli/command.h"
#include "app/cli/execution.h"
#include "app/workflow/newrun.h"
#include "app/workflow/runrepository.h"
#include "models/backups/warningtext.h"

#include <algorithm>

namespace zandb::cli {
namespace {

/// The ended run with its backup, as `backup run` promises it.
Result<int> reportBackupRun(Context &context, const RunDetail &ended)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const Run &run = ended.run;
    Json json{{"run_id", run.id.toString()}, {"state", toString(run.state)}, {"backup", nullptr}};
    if (run.error)
        json["error"] = errorToJson(*run.error);
    if (run.state == RunState::Succeeded) {
        for (const Attempt &attempt : ended.attempts) {
            const auto result = decode<wire::BackupResult>(attempt.result);
            if (attempt.state != RunState::Succeeded || !result)
                continue;
            const auto backup = backups::findBackup(context.session(), result->backupId);
            if (!backup)
                return fail(backup.error());
            if (*backup) {
                json["backup"] = backupJson(**backup, *fleet);
                if (!context.json()) {
                    const Backup &b = **backup;
                    printLine("Backup " + b.id.toString() + " of " + fleet->pathOf(b.instanceId) + " by " + b.method + ": "
                              + sizeText(b.storedBytes) + " stored of " + sizeText(b.bytes) + " in "
                              + spanText(std::chrono::duration_cast<std::chrono::seconds>(b.duration)) + ", " + b.path);
                }
            }
        }
    }
    context.print(json);
    if (run.state == RunState::Succeeded && !json["backup"].is_null())
        return exitOk;
    warnLine("zandbctl: the backup " + std::string(toString(run.state)) + (run.error ? ": " + errorLine(*run.error) : "."));
    return run.error && exitStatus(*run.error) == exitUnreachable ? exitUnreachable : exitFailed;
}

/// What was begun and goes on without this program.
int reportBegun(Context &context, const RunDetail &begun)
{
    context.print(Json{{"run_id", begun.run.id.toString()}, {"state", toString(begun.run.state)}});
    if (!context.json())
        printLine("Run " + begun.run.id.toString() + " is on its way; zandbctl run show " + begun.run.id.toString() + " tells how it goes.");
    return exitOk;
}

Result<int> runBackup(Context &context, const Args &args)
{
    const auto backupArgs = readBackupArgs(args);
    if (!backupArgs)
        return fail(backupArgs.error());
    // somebody waits at a terminal: what fails is said at once, and tried again when asked to
    const auto retries = args.number("retries", args.flag("wait") ? 0 : 3, 0, 3);
    if (!retries)
        return fail(retries.error());
    const auto instance = findInstance(context, args.word(0));
    if (!instance)
        return fail(instance.error());
    workflow::ByHand wish;
    wish.kind = "backup";
    wish.hostId = instance->hostId;
    wish.targetId = instance->id;
    wish.args = *backupArgs;
    wish.args["instance"] = instance->name;
    wish.policies.maxRetries = static_cast<int>(*retries);
    wish.policies.source = "as_named";
    wish.author = context.settings().person;
    const auto begun = beginRun(context, workflow::makeRun(wish));
    if (!begun)
        return fail(begun.error());
    if (!args.flag("wait") && begun->run.executor.empty())
        return reportBegun(context, *begun);
    const auto ended = followBegun(context, *begun);
    if (!ended)
        return fail(ended.error());
    return reportBackupRun(context, *ended);
}

Result<int> listBackups(Context &context, const Args &args)
{
    backups::BackupFilter filter;
    const auto limit = args.number("limit", 1000, 1, 100'000);
    if (!limit)
        return fail(limit.error());
    filter.limit = static_cast<int>(*limit) + 1; // one more tells whether there are more
    filter.withExpired = args.flag("expired");
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    for (const std::string &path : args.list("instance")) {
        const InstanceRecord *record = fleet->instanceByPath(path);
        if (!record)
            return fail(errors::notFound, {{"what", "instance"}, {"name", path}});
        filter.instances.push_back(record->instance.id);
    }
    auto list = backups::listBackups(context.session(), filter);
    if (!list)
        return fail(list.error());
    cutTo(*list, static_cast<std::size_t>(*limit), "backups");
    Json array = Json::array();
    Table table({"ENDED", "INSTANCE", "METHOD", "SIZE", "STORED", "TOOK", "LEVEL", "REPOSITORY", "ID"}, {3, 4, 5, 6});
    for (const Backup &b : *list) {
        array.push_back(backupJson(b, *fleet));
        table.add({timeText(b.endedAt), fleet->pathOf(b.instanceId), b.method, sizeText(b.bytes), sizeText(b.storedBytes),
                   spanText(std::chrono::duration_cast<std::chrono::seconds>(b.duration)), b.finding ? "BAD" : std::to_string(b.level), b.repository,
                   b.id.toString() + (b.expiredAt ? " (expired)" : "")});
    }
    context.print(array);
    if (!context.json())
        table.print();
    return exitOk;
}

Result<Backup> backupById(Context &context, const std::string &text)
{
    if (const auto id = Uuid::parse(text)) {
        const auto found = backups::findBackup(context.session(), *id);
        if (!found)
            return fail(found.error());
        if (*found)
            return **found;
    } else if (text.size() >= 4) {
        backups::BackupFilter filter;
        filter.withExpired = true;
        const auto list = backups::listBackups(context.session(), filter);
        if (!list)
            return fail(list.error());
        std::vector<Backup> matches;
        for (const Backup &b : *list) {
            const std::string one = b.id.toString();
            if (one.rfind(text, 0) == 0 || one.compare(one.size() - std::min(one.size(), text.size()), text.size(), text) == 0)
                matches.push_back(b);
        }
        if (matches.size() > 1)
            return fail(usageError("\"" + text + "\" is the id of several backups; give more of it"));
        if (!matches.empty())
            return matches.front();
    }
    return fail(errors::notFound, {{"what", "backup"}, {"name", text}});
}

void printWarnings(const std::vector<wire::BackupWarning> &warnings)
{
    for (const auto &warning : warnings)
        printLine("Note: " + warningText(warning).toStdString());
}

Result<int> showBackup(Context &context, const Args &args)
{
    const auto backup = backupById(context, args.word(0));
    if (!backup)
        return fail(backup.error());
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const Json json = backupJson(*backup, *fleet);
    context.print(json);
    if (!context.json()) {
        Table table({"backup", backup->id.toString()});
        for (const auto &[key, value] : json.items()) {
            if (key != "id" && !value.is_null() && !value.is_structured())
                table.add({key, value.is_string() ? value.get<std::string>() : dumpJson(value)});
        }
        if (backup->finding)
            table.add({"found bad", timeText(*backup->foundAt) + ": " + errorLine(*backup->finding)});
        if (!backup->position.file.empty())
            table.add({"position", backup->position.file + ":" + std::to_string(backup->position.offset)});
        if (!backup->position.gtid.empty())
            table.add({"gtid", backup->position.gtid});
        table.print();
        printWarnings(backup->detail.warnings);
    }
    return exitOk;
}

Result<int> proveBackup(Context &context, const Args &args, const std::string &kind)
{
    const auto backup = backupById(context, args.word(0));
    if (!backup)
        return fail(backup.error());
    if (backup->expiredAt)
        return fail(errors::notFound, {{"what", "backup"}, {"name", backup->id.toString() + " (expired)"}});
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    std::optional<RestoreRequest> to;
    if (kind == "restore") {
        const std::string place = args.option("to");
        const auto slash = place.find('/');
        if (slash == std::string::npos || slash == 0 || place.find_first_not_of('/', slash) == std::string::npos)
            return fail(usageError("--to takes HOST/DIRECTORY, for example db2/srv/restore"));
        const Host *host = fleet->hostByName(place.substr(0, slash));
        if (!host)
            return fail(errors::notFound, {{"what", "host"}, {"name", place.substr(0, slash)}});
        // HOST/srv/x and HOST//srv/x both mean /srv/x
        std::string directory = place.substr(slash);
        directory.erase(0, directory.find_first_not_of('/') - 1);
        to = RestoreRequest{backup->id, host->id, directory};
    }
    auto proof = backups::makeProof(*backup, to, context.settings().person, *fleet);
    if (!proof)
        return fail(proof.error());
    const auto begun = beginRun(context, std::move(*proof));
    if (!begun)
        return fail(begun.error());
    if (!args.flag("wait") && begun->run.executor.empty())
        return reportBegun(context, *begun);
    const auto ended = followBegun(context, *begun);
    if (!ended)
        return fail(ended.error());
    const Run &run = ended->run;
    Json json{{"run_id", run.id.toString()}, {"state", toString(run.state)}, {"backup_id", backup->id.toString()}};
    json["error"] = errorsJson(run.error);
    if (!ended->attempts.empty()) {
        if (const auto result = decode<wire::RestoreResult>(ended->attempts.back().result); result && run.state == RunState::Succeeded) {
            json["level"] = result->level;
            json["tables_checked"] = result->tablesChecked;
            json["tables_damaged"] = result->tablesDamaged;
            json["rows_compared"] = result->rowsCompared;
            json["objects_compared"] = result->objectsCompared;
            json["warnings"] = result->warnings;
            json["duration_s"] = result->durationSeconds;
            json["target"] = result->target.empty() ? Json(nullptr) : Json(result->target);
            if (!context.json())
                printLine((kind == "restore" ? "Restored to " + result->target + ": " : std::string("Verified: ")) + "level "
                          + std::to_string(result->level) + ", " + std::to_string(result->tablesChecked) + " tables checked in "
                          + spanText(std::chrono::seconds{static_cast<std::int64_t>(std::clamp(result->durationSeconds, 0.0, 1e9))}) + ".");
            if (!context.json())
                printWarnings(result->warnings);
        }
    }
    context.print(json);
    if (run.state == RunState::Succeeded)
        return exitOk;
    warnLine("zandbctl: the " + kind + " " + std::string(toString(run.state)) + (run.error ? ": " + errorLine(*run.error) : "."));
    return run.error && exitStatus(*run.error) == exitUnreachable ? exitUnreachable : exitFailed;
}

/// Those without a good backup young enough, then those in no task, then those never proved, then the rest.
Result<int> showCoverage(Context &context, const Args &)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto tasks = workflow::loadTasks(context.session());
    if (!tasks)
        return fail(tasks.error());
    auto coverage = backups::loadCoverage(context.session(), *fleet, *tasks);
    if (!coverage)
        return fail(coverage.error());
    const TimePoint now = fleet->readAt;
    const auto rank = [&](const Coverage &one) { return one.isTooOld(now) ? 0 : !one.inTask ? 1 : !one.lastProved ? 2 : 3; };
    std::ranges::stable_sort(*coverage, {}, rank);
    Json array = Json::array();
    Table table({"INSTANCE", "LAST GOOD", "AGE", "ALLOWED", "LAST PROVED", "IN A TASK", "OF"});
    for (const Coverage &one : *coverage) {
        const bool other = one.backedUpBy && *one.backedUpBy != one.instance;
        const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - one.lastGood.value_or(now));
        array.push_back({{"instance_id", one.instance.toString()},
                         {"instance", one.path},
                         {"last_good", timeJson(one.lastGood)},
                         {"age_s", one.lastGood ? Json(age.count()) : Json()},
                         {"max_age_days", one.maxAgeDays},
                         {"too_old", one.isTooOld(now)},
                         {"backed_up_by", one.backedUpBy ? Json(fleet->pathOf(*one.backedUpBy)) : Json()},
                         {"last_proved", timeJson(one.lastProved)},
                         {"in_task", one.inTask}});
        table.add({one.path, one.lastGood ? timeText(one.lastGood) : "never", one.lastGood ? spanText(age) + (one.isTooOld(now) ? " (too old)" : "") : "-",
                   std::to_string(one.maxAgeDays) + " d", one.lastProved ? timeText(one.lastProved) : "never", one.inTask ? "yes" : "no",
                   other ? fleet->pathOf(*one.backedUpBy) : ""});
    }
    context.print(array);
    if (!context.json())
        table.print();
    return exitOk;
}

} // namespace

std::vector<Verb> backupVerbs()
{
    Args::Spec runSpec{backupOptions(), {"wait"}};
    runSpec.options.insert("retries");
    return {
        {"backup", "run", "HOST/INSTANCE [--wait] [--retries N] " + backupUsage(), "back an instance up now", runSpec, runBackup, 1, 1},
        {"backup", "list", "[--instance HOST/INSTANCE] [--limit N] [--expired]", "good backups, newest first", {{"instance", "limit"}, {"expired"}},
         listBackups},
        {"backup", "coverage", "", "how each instance is backed up, the worst first", {}, showCoverage},
        backupProofVerb(),
        {"backup", "show", "ID", "one backup", {}, showBackup, 1, 1},
        {"backup", "verify", "ID [--wait]", "start a server on a restore of it, check its tables, remove it again", {{}, {"wait"}},
         [](Context &c, const Args &a) { return proveBackup(c, a, "verify"); }, 1, 1},
        {"backup", "restore", "ID --to HOST/DIRECTORY [--wait]", "restore into an empty directory and check it (with your key)",
         {{"to"}, {"wait"}}, [](Context &c, const Args &a) { return proveBackup(c, a, "restore"); }, 1, 1},
    };
}

} // namespace zandb::cli
