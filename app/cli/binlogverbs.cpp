// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/printable.h"
#include "app/binlogs/recovery.h"
#include "app/cli/command.h"
#include "app/cli/execution.h"
#include "app/cli/targets.h"
#include "app/store/audit.h"
#include "models/common/errortext.h"
#include "models/common/text.h"
#include "models/schedule/zonetable.h"

#include <algorithm>

namespace zandb::cli {
namespace {

using namespace std::chrono_literals;

Json fileJson(const binlogs::FileRecord &record, const Fleet &fleet)
{
    const wire::BinlogFile &f = record.file;
    const auto text = [](const std::string &value) { return value.empty() ? Json() : Json(value); };
    return {{"instance", fleet.pathOf(record.instance)}, {"place", f.repository.empty() ? Json("server") : Json("archive")}, {"repository", text(f.repository)}, {"key", f.key},
            {"name", f.name}, {"server", f.server}, {"server_id", f.serverId}, {"flavour", f.mariaDb ? "mariadb" : "mysql"}, {"created", timeJson(f.created)}, {"state", f.state},
            {"detail", text(f.detail)}, {"bytes", f.size}, {"stored_bytes", f.repository.empty() ? Json() : Json(f.storedBytes)}, {"transactions", f.transactions},
            {"first", timeJson(f.first)}, {"last", timeJson(f.last)}, {"first_gtid", text(f.firstGtid)}, {"last_gtid", text(f.lastGtid)},
            {"previous_gtids", f.knowsGtids ? Json(f.previousGtids) : Json()}, {"end_gtids", f.knowsGtids ? Json(f.endGtids) : Json()}, {"clock_went_back", f.wentBack},
            {"sha256", text(f.sha256)}, {"seen", timeJson(record.seenAt)}};
}

Json statusJson(const binlogs::Status &status, const Fleet &fleet)
{
    const wire::BinlogReport &r = status.report;
    const wire::BinlogArchiveState &a = r.archive;
    return {{"instance", fleet.pathOf(status.instance)}, {"at", timeJson(status.at)}, {"binlogs", r.on}, {"flavour", r.mariaDb ? "mariadb" : "mysql"}, {"server", r.server},
            {"expire_s", r.expireSeconds}, {"error", r.error}, {"archive", {{"repository", a.repository.empty() ? Json() : Json(a.repository)}, {"state", a.state}, {"error", a.error},
            {"file", a.file.empty() ? Json() : Json(a.file)}, {"offset", a.offset}, {"behind_bytes", a.behindBytes}, {"behind_since", timeJson(a.behindSince)}, {"files", a.files},
            {"stored_bytes", a.storedBytes}}}};
}

std::string wireErrorText(const Json &error)
{
    return error.is_object() ? errorSummary(errorFromJson(error)).toStdString() : std::string();
}

/// Who was never asked: silence must not look like health.
void warnOfUnknown(const std::vector<Uuid> &instances, const std::vector<binlogs::Status> &known, const Fleet &fleet)
{
    std::string names;
    for (const Uuid &instance : instances) {
        if (std::ranges::find(known, instance, &binlogs::Status::instance) == known.end())
            names += (names.empty() ? "" : ", ") + fleet.pathOf(instance);
    }
    if (!names.empty())
        warnLine("Nothing is known yet of the binlogs of " + names + ".");
    for (const binlogs::Status &status : known) {
        if (!status.report.on && status.report.error.is_null())
            warnLine(fleet.pathOf(status.instance) + " writes no binlogs.");
        if (!status.report.error.is_null())
            warnLine(fleet.pathOf(status.instance) + ": " + wireErrorText(status.report.error));
    }
}

Result<int> listBinlogs(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    const auto instances = fleet ? chosenInstances(*fleet, args.words()) : Result<std::vector<Uuid>>(fail(fleet.error()));
    const auto limit = args.number("limit", 1000, 1, 1'000'000);
    const std::string place = args.option("place", "all");
    if (!instances || !limit)
        return fail(instances ? limit.error() : instances.error());
    if (place != "server" && place != "archive" && place != "all")
        return fail(usageError("--place is one of server, archive, all"));
    binlogs::FileFilter filter;
    filter.instances = *instances;
    filter.gtid = args.option("gtid");
    if (place == "server")
        filter.repository = "";
    auto files = binlogs::listFiles(context.session(), filter, static_cast<std::size_t>(*limit) + 1);
    const auto status = binlogs::listStatus(context.session(), *instances);
    if (!files || !status)
        return fail(files ? status.error() : files.error());
    if (place == "archive")
        std::erase_if(*files, [](const auto &record) { return record.file.repository.empty(); });
    if (files->size() > static_cast<std::size_t>(*limit)) {
        files->resize(static_cast<std::size_t>(*limit));
        warnLine("Only the first " + std::to_string(*limit) + " files are listed; --limit N lists more.");
    }
    Json array = Json::array();
    Table table({"INSTANCE", "PLACE", "FILE", "CREATED", "STATE", "SIZE", "TRANSACTIONS", "FIRST", "LAST", "LAST GTID", "KEY"}, {5, 6});
    for (const binlogs::FileRecord &record : *files) {
        const wire::BinlogFile &f = record.file;
        array.push_back(fileJson(record, *fleet));
        table.add({fleet->pathOf(record.instance), f.repository.empty() ? "server" : printable(f.repository), printable(f.name), f.created == TimePoint{} ? "-" : timeText(f.created),
                   printable(f.state), sizeText(f.size), std::to_string(f.transactions), timeText(f.first), timeText(f.last), f.lastGtid.empty() ? "-" : printable(f.lastGtid), printable(f.key)});
    }
    context.print(array);
    if (!context.json())
        table.print();
    warnOfUnknown(*instances, *status, *fleet);
    return exitOk;
}

Result<int> showStatus(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    const auto instances = fleet ? chosenInstances(*fleet, args.words()) : Result<std::vector<Uuid>>(fail(fleet.error()));
    if (!instances)
        return fail(instances.error());
    const auto status = binlogs::listStatus(context.session(), *instances);
    if (!status)
        return fail(status.error());
    Json array = Json::array();
    Table table({"INSTANCE", "ARCHIVE", "STATE", "FILE", "BEHIND", "FILES", "STORED", "EXPIRES AFTER", "SEEN"}, {4, 5, 6});
    for (const binlogs::Status &one : *status) {
        array.push_back(statusJson(one, *fleet));
        const wire::BinlogArchiveState &a = one.report.archive;
        table.add({fleet->pathOf(one.instance), a.repository.empty() ? "-" : printable(a.repository), one.report.on ? printable(a.state) : "no binlogs", a.file.empty() ? "-" : printable(a.file),
                   a.repository.empty() ? "-" : sizeText(a.behindBytes), std::to_string(a.files), sizeText(a.storedBytes),
                   one.report.expireSeconds == 0 ? "never" : spanText(std::chrono::seconds{one.report.expireSeconds}), timeText(one.at)});
    }
    context.print(array);
    if (!context.json())
        table.print();
    for (const binlogs::Status &one : *status) {
        if (!one.report.archive.error.is_null())
            warnLine(fleet->pathOf(one.instance) + ": " + wireErrorText(one.report.archive.error));
    }
    warnOfUnknown(*instances, *status, *fleet);
    return exitOk;
}

Result<int> archiveBinlogs(Context &context, const Args &args)
{
    const bool off = args.flag("off");
    if (off == args.has("repository"))
        return fail(usageError("say either --repository NAME or --off"));
    const auto instance = findInstance(context, args.word(0));
    const auto fleet = instance ? context.fleet() : Result<Fleet>(fail(instance.error()));
    if (!fleet)
        return fail(fleet.error());
    const Host *host = fleet->host(instance->hostId);
    if (!host)
        return fail(errors::notFound, {{"what", "host"}, {"name", args.word(0)}});
    const std::string repository = off ? std::string() : args.option("repository");
    if (const auto audited = store::audit(context.session(), "binlog.archive", fleet->pathOf(instance->id), Json{{"repository", repository.empty() ? Json() : Json(repository)}}); !audited)
        return fail(audited.error());
    context.pool().setHosts({remote::addressOf(*host)});
    const auto answer = context.pool().callAndWait(host->id, "binlogs.archive", Json{{"instance", instance->name}, {"repository", repository}}, 30s);
    if (!answer)
        return fail(answer.error());
    context.print({{"instance", fleet->pathOf(instance->id)}, {"repository", repository.empty() ? Json() : Json(repository)}});
    if (!context.json())
        printLine(fleet->pathOf(instance->id) + (off ? ": binlogs are archived no more; what is archived stays." : ": binlogs are archived into " + printable(repository)
                                                        + "; \"zandbctl binlog status\" says how far it is."));
    return exitOk;
}

Json rangeJson(const BinlogRange &range, const BinlogWindow &window)
{
    Json backups = Json::array();
    for (const Uuid &id : range.backups)
        backups.push_back(id.toString());
    return {{"from", timeJson(range.from)}, {"to", timeJson(range.to)}, {"goes_on", range.goesOn}, {"backups", backups}, {"first_file", window.files[range.firstFile].name},
            {"last_file", window.files[range.lastFile].name}, {"files", range.lastFile - range.firstFile + 1}, {"bytes", range.bytes}};
}

Result<int> showWindow(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    const auto instances = fleet ? chosenInstances(*fleet, args.words()) : Result<std::vector<Uuid>>(fail(fleet.error()));
    if (!instances)
        return fail(instances.error());
    const auto windows = binlogs::windowsOf(context.session(), *instances);
    if (!windows)
        return fail(windows.error());
    Json array = Json::array();
    Table table({"INSTANCE", "FROM", "TO", "WHAT", "BACKUPS", "FILES", "BYTES"}, {4, 5, 6});
    for (const binlogs::WindowOf &of : *windows) {
        const BinlogWindow &window = of.window;
        Json ranges = Json::array(), holes = Json::array(), alone = Json::array();
        const std::string path = fleet->pathOf(of.instance);
        for (const BinlogRange &range : window.ranges) {
            ranges.push_back(rangeJson(range, window));
            table.add({path, timeText(range.from), timeText(range.to), range.goesOn ? "restorable, goes on" : "restorable", std::to_string(range.backups.size()),
                       std::to_string(range.lastFile - range.firstFile + 1), sizeText(range.bytes)});
        }
        for (const BinlogHole &hole : window.holes) {
            holes.push_back({{"from", timeJson(hole.from)}, {"to", timeJson(hole.to)}, {"after", hole.after.empty() ? Json() : Json(hole.after)},
                             {"before", hole.before.empty() ? Json() : Json(hole.before)}, {"missing", hole.missing.empty() ? Json() : Json(hole.missing)}, {"why", hole.why}});
            table.add({path, timeText(hole.from), timeText(hole.to),
                       "HOLE (" + hole.why + ") after " + printable(hole.after) + (hole.missing.empty() ? "" : ", missing " + printable(hole.missing)), "-", "-", "-"});
        }
        for (const Uuid &id : window.alone)
            alone.push_back(id.toString());
        Json lost = Json::array();
        for (const Uuid &id : of.lostBackups)
            lost.push_back(id.toString());
        array.push_back({{"instance", path}, {"repository", of.repository.empty() ? Json() : Json(of.repository)}, {"ranges", ranges}, {"holes", holes}, {"backups_alone", alone},
                         {"backups_lost", lost}, {"files_lost", window.lost}});
    }
    context.print(array);
    if (!context.json())
        table.print();
    for (const binlogs::WindowOf &of : *windows) {
        const auto listed = [&](const std::string &what, const std::vector<std::string> &names) {
            std::string line;
            for (const std::string &name : names)
                line += (line.empty() ? "" : ", ") + printable(name);
            if (!names.empty())
                warnLine(fleet->pathOf(of.instance) + ": " + what + ": " + line + '.');
        };
        std::vector<std::string> lost;
        for (const Uuid &id : of.lostBackups)
            lost.push_back(id.toString());
        listed("backups that their repository has no longer whole", lost);
        listed("archived files that are lost or damaged", of.window.lost);
        if (of.repository.empty())
            warnLine(fleet->pathOf(of.instance) + ": binlogs are not archived, so nothing but its backups can be restored. \"zandbctl binlog archive\" begins.");
        else if (of.window.ranges.empty())
            warnLine(fleet->pathOf(of.instance) + ": no good backup lies before the archived binlogs.");
    }
    return exitOk;
}

/// An instant: in UTC with a Z, or as the wall showed it in a zone.  A time that the wall showed twice, or never, is asked about.
Result<TimePoint> instantOf(const Args &args)
{
    const std::string text = args.option("time");
    if (const auto at = fromIso(text))
        return *at;
    std::string wall = text;
    if (wall.size() > 10 && wall[10] == ' ')
        wall[10] = 'T';
    const auto shown = fromIso(wall + (wall.size() == 16 ? ":00Z" : "Z")); // as if it were UTC
    const std::string zone = args.option("zone", systemZone());
    const auto table = ZoneTable::find(zone);
    if (!shown)
        return fail(usageError("--time takes an instant in UTC, for example 2026-11-30T20:00:00Z, or a local time, for example \"2026-11-30 21:00:00\" --zone Europe/Berlin"));
    if (!table)
        return fail(usageError("--zone is an IANA zone such as Europe/Berlin"));
    const LocalTime local{shown->time_since_epoch()};
    const TimePoint first = table->resolve(local);
    const TimePoint second{local.time_since_epoch() - table->offsetAt(first + std::chrono::hours{24})}; // with what holds after the clock was set
    const bool isShown = table->toLocal(first) == local;
    if (!isShown)
        return fail(usageError("clocks in " + zone + " never showed " + text + ": they were set forward to " + toIso(first) + "; say the instant in UTC"));
    if (second != first && table->toLocal(second) == local)
        return fail(usageError("clocks in " + zone + " showed " + text + " twice: say " + toIso(first) + " or " + toIso(second)));
    warnLine(text + " in " + zone + " is " + toIso(first) + '.');
    return first;
}

Result<wire::RecoverTarget> targetOf(const Args &args)
{
    wire::RecoverTarget target;
    int given = 0;
    for (const char *name : {"time", "gtid", "before-gtid", "position"})
        given += args.has(name) ? 1 : 0;
    if (given > 1)
        return fail(usageError("say one of --time, --gtid, --before-gtid and --position"));
    if (args.has("time")) {
        const auto at = instantOf(args);
        if (!at)
            return fail(at.error());
        target.kind = "time";
        target.at = *at;
    } else if (args.has("gtid") || args.has("before-gtid")) {
        target.kind = args.has("gtid") ? "gtid" : "before_gtid";
        target.gtid = args.option(args.has("gtid") ? "gtid" : "before-gtid");
    } else if (args.has("position")) {
        const std::string text = args.option("position");
        const auto colon = text.rfind(':');
        target.kind = "position";
        target.key = text.substr(0, colon);
        const std::string number = colon == std::string::npos ? std::string() : text.substr(colon + 1);
        if (target.key.empty() || number.empty() || number.size() > 15 || number.find_first_not_of("0123456789") != std::string::npos)
            return fail(usageError("--position takes KEY:OFFSET; \"zandbctl binlog list --place archive\" names the keys"));
        target.offset = std::stoll(number);
    }
    return target;
}

Json markJson(const std::optional<wire::RecoverMark> &mark)
{
    if (!mark)
        return {};
    return {{"file", mark->name}, {"key", mark->key}, {"offset", mark->offset}, {"end", mark->end}, {"gtid", mark->gtid.empty() ? Json() : Json(mark->gtid)}, {"committed", timeJson(mark->at)}};
}

std::string markText(const std::optional<wire::RecoverMark> &mark)
{
    if (!mark)
        return "none";
    return timeText(mark->at) + ", " + printable(mark->gtid.empty() ? mark->name + ':' + std::to_string(mark->offset) : mark->gtid + " in " + mark->name);
}

/// How long a restore of as many bytes takes, and the playing, by what was measured here.
Json estimateOf(const binlogs::PreparedRecovery &prepared, const wire::RecoverResult &plan)
{
    if (!prepared.restoreTook)
        return {};
    const double restore = std::chrono::duration<double>(*prepared.restoreTook).count();
    constexpr double bytesPerSecond = 4 << 20; // of binlog; what one session applies on a slow disk
    return restore + static_cast<double>(plan.bytes) / bytesPerSecond;
}

Result<int> recover(Context &context, const Args &args, bool planOnly)
{
    const auto target = targetOf(args);
    if (!target)
        return fail(target.error());
    const std::string directory = args.option("to");
    if (!planOnly && (directory.empty() || directory[0] != '/'))
        return fail(usageError("--to takes an absolute directory on the instance's host, absent or empty"));
    const auto instance = findInstance(context, args.word(0));
    const auto fleet = instance ? context.fleet() : Result<Fleet>(fail(instance.error()));
    if (!fleet)
        return fail(fleet.error());
    auto prepared = binlogs::prepareRecovery(context.session(), *fleet, {instance->id, *target, directory, context.settings().person});
    if (!prepared)
        return fail(prepared.error());
    const auto begun = beginRun(context, std::move(prepared->run));
    const auto ended = begun ? followBegun(context, *begun) : Result<RunDetail>(fail(begun.error()));
    if (!ended)
        return fail(ended.error());
    if (ended->run.state != RunState::Succeeded)
        return fail(ended->run.error ? *ended->run.error : makeError(errors::internal, {{"detail", std::string(toString(ended->run.state))}}));
    const auto result = decode<wire::RecoverResult>(ended->attempts.empty() ? Json() : ended->attempts.back().result);
    if (!result)
        return fail(result.error());
    const wire::RecoverResult &r = *result;
    Json json{{"instance", fleet->pathOf(instance->id)}, {"run_id", ended->run.id.toString()}, {"backup_id", r.backupId.toString()}, {"files", r.files}, {"bytes", r.bytes},
              {"transactions", r.transactions}, {"start", {{"file", r.startFile}, {"offset", r.startOffset}}}, {"stop", {{"file", r.stopFile}, {"offset", r.stopOffset}}},
              {"last_kept", markJson(r.lastKept)}, {"first_lost", markJson(r.firstLost)}};
    if (planOnly) {
        json["estimated_s"] = estimateOf(*prepared, r);
        json["backup_bytes"] = prepared->backupBytes;
    } else {
        json["target"] = r.target;
        json["level"] = r.level;
        json["tables_checked"] = r.tablesChecked;
        json["gtid_after"] = r.gtidAfter.empty() ? Json() : Json(r.gtidAfter);
        json["restore_s"] = r.restoreSeconds;
        json["replay_s"] = r.replaySeconds;
    }
    context.print(json);
    if (context.json())
        return exitOk;
    Table table({"recovery", fleet->pathOf(instance->id)});
    table.add({"backup", r.backupId.toString() + ", " + sizeText(prepared->backupBytes)});
    table.add({"binlogs", std::to_string(r.files.size()) + " files, " + sizeText(r.bytes) + ", " + std::to_string(r.transactions) + " transactions"});
    table.add({"from", r.startFile + ':' + std::to_string(r.startOffset)});
    table.add({"to", r.stopFile + ':' + std::to_string(r.stopOffset)});
    table.add({"last kept", markText(r.lastKept)});
    table.add({"first lost", markText(r.firstLost)});
    if (planOnly) {
        const Json estimate = json["estimated_s"];
        table.add({"estimated", estimate.is_null() ? "not known: this backup was never restored" : spanText(std::chrono::seconds{static_cast<std::int64_t>(estimate.get<double>()) + 1})});
    } else {
        table.add({"directory", r.target});
        table.add({"checked", std::to_string(r.tablesChecked) + " tables, level " + std::to_string(r.level)});
    }
    table.print();
    return exitOk;
}

} // namespace

std::vector<Verb> binlogVerbs()
{
    const Args::Spec plan{{"time", "zone", "gtid", "before-gtid", "position"}, {}};
    Args::Spec full = plan;
    full.options.insert("to");
    const std::string target = "[--time INSTANT [--zone Z]|--gtid GTID|--before-gtid GTID|--position KEY:OFFSET]";
    return {
        {"binlog", "list", "[GROUP|HOST|HOST/INSTANCE ...] [--place server|archive|all] [--gtid GTID] [--limit N]", "binlog files with their times, GTIDs and sums",
         {{"place", "limit", "gtid"}, {}}, listBinlogs, 0, 100},
        {"binlog", "status", "[GROUP|HOST|HOST/INSTANCE ...]", "how far the archives are, and how long servers keep their files", {}, showStatus, 0, 100},
        {"binlog", "archive", "HOST/INSTANCE --repository NAME|--off", "stream its binlogs into a repository of its host from now on, or no more", {{"repository"}, {"off"}}, archiveBinlogs, 1, 1},
        {"binlog", "window", "[GROUP|HOST|HOST/INSTANCE ...]", "to which moments instances can be brought, and the holes", {}, showWindow, 0, 100},
        {"binlog", "plan", "HOST/INSTANCE " + target, "what a recovery would do: backup, files, the last transaction kept and the first lost (with your key)", plan,
         [](Context &c, const Args &a) { return recover(c, a, true); }, 1, 1},
        {"binlog", "recover", "HOST/INSTANCE --to DIRECTORY " + target, "bring a backup and its binlogs to a point in time in a directory of its host (with your key)", full,
         [](Context &c, const Args &a) { return recover(c, a, false); }, 1, 1},
    };
}

} // namespace zandb::cli
