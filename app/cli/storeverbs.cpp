// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/backups/storebackups.h"
#include "app/cli/command.h"
#include "app/cli/storeoptions.h"
#include "app/fleet/agentcall.h"
#include "app/store/migrations.h"
#include "app/store/restored.h"
#include "app/workflow/execution.h"
#include "models/schedule/zonetable.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace zandb::cli {
namespace {

Result<int> migrateStore(Context &context, const Args &args)
{
    const auto upTo = args.number("to", 0, 0, 1'000'000);
    if (!upTo)
        return fail(upTo.error());
    std::vector<Error> notDone;
    const auto applied = store::migrate(context.session(), static_cast<int>(*upTo), &notDone);
    if (!applied)
        return fail(applied.error());
    const auto lacks = [&](const char *what) {
        return std::ranges::any_of(notDone, [&](const Error &error) { return error.fields.at("what") == what; });
    };
    if (lacks("surplus"))
        warnLine("What the store's roles may do beyond their list was not taken from them: this account may not see it. Migrate again with one "
                 "that has SELECT on mysql.*.");
    if (lacks("roles"))
        warnLine("The roles zandb_viewer, zandb_operator, zandb_dispatcher and zandb_admin were not made or not brought up to date: this "
                 "account lacks CREATE USER, or the schema's rights WITH GRANT OPTION. Migrate again with one that has them.");
    context.print(Json{{"applied", *applied}, {"version", store::programVersion()}});
    if (!context.json()) {
        if (applied->empty())
            printLine("The store is up to date (version " + std::to_string(store::programVersion()) + ").");
        for (const int version : *applied)
            printLine("Applied migration " + std::to_string(version) + ".");
    }
    return exitOk;
}

Json storeBackupJson(const backups::StoreBackup &backup)
{
    return {{"id", backup.id.toString()},      {"at", timeJson(backup.at)},  {"place", backup.place},
            {"file", backup.file},             {"bytes", backup.bytes},      {"tables", backup.tables},
            {"sha256", backup.sha256},         {"tool", backup.tool},        {"duration_s", static_cast<double>(backup.duration.count()) / 1e6},
            {"error", errorsJson(backup.error)}};
}

Json protectionJson(const backups::StoreProtection &told, const Fleet &fleet)
{
    return {{"means", told.means()},
            {"newest", timeJson(told.newest())},
            {"missing", told.isMissing()},
            {"instance", told.instance ? Json(fleet.pathOf(*told.instance)) : Json(nullptr)},
            {"in_task", told.inTask},
            {"instance_backup", timeJson(told.instanceBackup)},
            {"dump", told.dump ? storeBackupJson(*told.dump) : Json(nullptr)},
            {"failure", told.failure ? storeBackupJson(*told.failure) : Json(nullptr)}};
}

/// "a dump of 2026-03-01 02:30:00Z on console1"; which of the two holds.
std::string protectionText(const backups::StoreProtection &told, const Fleet &fleet)
{
    std::string text;
    if (told.dump)
        text = "dump of " + timeText(told.dump->at) + " on " + told.dump->place;
    if (told.inTask && told.instance)
        text += (text.empty() ? "" : "; ") + ("a task backs up " + fleet.pathOf(*told.instance)) + ", last "
            + (told.instanceBackup ? timeText(told.instanceBackup) : std::string("never"));
    if (text.empty())
        text = "none";
    return told.isMissing() ? text + " (none is younger than two days)" : text;
}

Result<int> backupTheStore(Context &context, const Args &args)
{
    const auto limit = args.number("limit", 20, 1, 1000);
    if (!limit)
        return fail(limit.error());
    StoreBackupSettings options = context.settings().storeBackup;
    if (args.has("directory"))
        options.directory = std::filesystem::absolute(args.option("directory"));
    std::optional<backups::StoreBackup> made;
    if (args.flag("run")) {
        if (options.directory.empty())
            return fail(usageError("--run needs --directory DIR, or directory under [store_backup] in the settings file"));
        auto backup = backups::backupStore(context.session(), options);
        if (!backup)
            return fail(backup.error());
        if (backup->error)
            return fail(*backup->error);
        made = std::move(*backup);
    }
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto told = backups::storeProtection(context.session(), *fleet);
    if (!told)
        return fail(told.error());
    auto list = backups::listStoreBackups(context.session(), static_cast<int>(*limit) + 1);
    if (!list)
        return fail(list.error());
    cutTo(*list, static_cast<std::size_t>(*limit), "store backups");
    Json json = protectionJson(*told, *fleet);
    json["made"] = made ? storeBackupJson(*made) : Json(nullptr);
    json["backups"] = Json::array();
    for (const auto &backup : *list)
        json["backups"].push_back(storeBackupJson(backup));
    context.print(json);
    if (context.json())
        return exitOk;
    if (made)
        printLine("The store was dumped to " + made->file + " (" + sizeText(made->bytes) + ", " + std::to_string(made->tables) + " tables).");
    printLine("The store's backup: " + protectionText(*told, *fleet) + '.');
    Table table({"ENDED", "ON", "FILE", "SIZE", "TABLES", "TOOK", "RESULT"}, {3, 4, 5});
    for (const auto &backup : *list)
        table.add({timeText(backup.at), backup.place, backup.error ? "-" : backup.file, backup.error ? "-" : sizeText(backup.bytes),
                   backup.error ? "-" : std::to_string(backup.tables), spanText(std::chrono::duration_cast<std::chrono::seconds>(backup.duration)),
                   backup.error ? errorLine(*backup.error) : "ok"});
    if (!list->empty())
        table.print();
    return exitOk;
}

Result<int> showStatus(Context &context, const Args &)
{
    const auto status = store::status(context.session());
    if (!status)
        return fail(status.error());
    const auto &s = context.settings().store;
    const std::string where = s.socket.empty() ? s.host + ":" + std::to_string(s.port) : s.socket.string();
    // a store of an earlier version keeps no list of its backups, and the account that makes one may not read it
    std::optional<backups::StoreProtection> told;
    Fleet fleet;
    if (status->version == status->newest) {
        if (auto read = context.fleet()) {
            fleet = std::move(*read);
            if (auto protection = backups::storeProtection(context.session(), fleet))
                told = std::move(*protection);
        }
    }
    context.print(Json{{"version", status->version},
                       {"newest", status->newest},
                       {"min_program", status->minProgram},
                       {"server_version", status->serverVersion},
                       {"tls_cipher", status->tlsCipher},
                       {"store_id", idJson(status->storeId)},
                       {"store_epoch", idJson(status->storeEpoch)},
                       {"clock_offset_s", status->clockOffsetSeconds},
                       {"address", where},
                       {"schema", s.schema},
                       {"backup", told ? protectionJson(*told, fleet) : Json(nullptr)}});
    if (!context.json()) {
        char offset[40];
        std::snprintf(offset, sizeof offset, "%+.3f s", status->clockOffsetSeconds);
        Table table({"Store", where + "/" + s.schema});
        const bool isAsked = !status->serverVersion.empty(); // without a schema there is no session that could
        if (isAsked) {
            table.add({"Server", status->serverVersion});
            table.add({"TLS", status->tlsCipher.empty() ? "off" : status->tlsCipher});
        }
        table.add({"Schema version", status->version == 0 ? "none" : std::to_string(status->version)});
        table.add({"Newest known", std::to_string(status->newest)});
        if (isAsked)
            table.add({"Clock", offset});
        if (told)
            table.add({"Backup", protectionText(*told, fleet)});
        table.print();
        if (status->version == 0)
            printLine("There is no schema yet: run \"zandbctl store migrate\" with an account that may make it.");
        else if (status->version < status->newest)
            printLine("Run \"zandbctl store migrate\" to bring the schema up to date.");
    }
    return exitOk;
}

/// The store was restored from its own backup: a new epoch, which the agents are told with this person's key.
Result<int> storeRestored(Context &context, const Args &args)
{
    const auto status = store::status(context.session());
    if (!status)
        return fail(status.error());
    auto moment = store::newestMoment(context.session());
    if (!moment)
        return fail(moment.error());
    const auto now = context.session().now();
    if (!now)
        return fail(now.error());
    if (args.has("at")) {
        const auto at = fromIso(args.option("at"));
        if (!at || *at > *now)
            return fail(usageError("--at takes a past moment in UTC, for example 2026-03-01T02:30:00Z"));
        moment = *at;
    } else {
        const auto alive = workflow::headlessAlive(context.session());
        if (!alive)
            return fail(alive.error());
        if (*alive)
            return fail(usageError("a headless instance has written to this store since it was restored, so its rows do not tell any more how old "
                                   "the backup is; give --at with the moment the store's backup was taken (or one before)"));
    }
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const TimePoint since = *moment - store::resumeMargin;
    const std::string hosts = std::to_string(fleet->hosts.size()) + (fleet->hosts.size() == 1 ? " host" : " hosts");
    if (!args.flag("yes")) {
        context.print(Json{{"done", false}, {"last_moment", toIso(*moment)}, {"since", toIso(since)}, {"hosts", fleet->hosts.size()}});
        if (!context.json()) {
            printLine("The store's last moment before it was restored: " + timeText(*moment) + ".");
            printLine("With --yes it gets a new epoch, the agents of " + hosts + " are told with your key (role admin) to take its orders, and the "
                      "headless instances ask them for everything they have ended since " + timeText(since) + ".");
            printLine("Nothing was changed.");
        }
        return exitOk;
    }
    const auto epoch = store::beginEpoch(context.session(), status->storeEpoch, *moment, context.settings().person);
    if (!epoch)
        return fail(epoch.error());
    std::vector<Uuid> ids;
    for (const Host &host : fleet->hosts)
        ids.push_back(host.id);
    context.pool().setHosts(remote::addressesOf(*fleet));
    const auto answers = fleet::askAll(context.pool(), ids, "epoch.accept", Json{{"store_epoch", epoch->toString()}});
    Json told = Json::array();
    int refused = 0;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const std::string &name = fleet->hosts[i].name;
        told.push_back({{"host", name}, {"accepted", answers[i].has_value()},
                        {"error", answers[i] ? Json(nullptr) : errorToJson(answers[i].error())}});
        if (answers[i])
            continue;
        ++refused;
        warnLine(name + ": " + errorLine(answers[i].error()) + " Once it can be reached: zandbctl host accept-epoch " + name);
    }
    context.print(Json{{"done", true}, {"store_epoch", epoch->toString()}, {"last_moment", toIso(*moment)}, {"since", toIso(since)}, {"hosts", told}});
    if (!context.json())
        printLine("The store has a new epoch; " + std::to_string(answers.size() - static_cast<std::size_t>(refused)) + " of " + hosts
                  + " take its orders. Start the headless instances: they ask for what was done since " + timeText(since) + ".");
    return refused == 0 ? exitOk : exitFailed;
}

Result<int> setStore(Context &context, const Args &args)
{
    if (args.word(0) != "board-zone")
        return fail(usageError("what can be set is board-zone; not " + args.word(0)));
    const std::string zone = args.word(1);
    if (!ZoneTable::find(zone))
        return fail(usageError("no time zone is named \"" + zone + "\"; an example is Europe/Berlin"));
    if (const auto done = store::setBoardZone(context.session(), zone); !done)
        return fail(done.error());
    context.print(Json{{"board_zone", zone}});
    if (!context.json())
        printLine("A board day runs from noon to noon in " + zone + '.');
    return exitOk;
}

} // namespace

std::vector<Verb> storeVerbs()
{
    std::set<std::string> migrateOptions = storeOptions();
    migrateOptions.insert("to");
    return {
        {.noun = "store", .verb = "migrate", .usage = "[--to VERSION] " + storeOptionsUsage(),
         .summary = "create the schema or bring it up to date; the options say where the store is, the password is asked for",
         .spec = {migrateOptions, {}}, .run = migrateStore, .takesStore = true},
        {"store", "set", "board-zone ZONE", "the time zone of the board's days, e.g. Europe/Berlin (role admin)", {}, setStore, 2, 2},
        {"store", "restored", "[--at TIME] [--yes]",
         "after the store was restored from its own backup: a new epoch, and agents are asked again (role admin); says what it will do without --yes",
         {{"at"}, {"yes"}}, storeRestored},
        {"store", "backup", "[--run [--directory DIR]] [--limit N]",
         "the store's own backups and which of them hold; --run dumps it now, here", {{"directory", "limit"}, {"run"}}, backupTheStore},
        {.noun = "store", .verb = "status", .usage = storeOptionsUsage(), .summary = "version, server, TLS and clock of the store",
         .spec = {storeOptions(), {}}, .run = showStatus, .takesStore = true},
    };
}

} // namespace zandb::cli
