// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/snapshotverbs.h"

#include "app/cli/execution.h"
#include "app/snapshots/fetching.h"
#include "app/snapshots/snapshotrepository.h"
#include "app/workflow/newrun.h"
#include "models/snapshots/snapshotdiff.h"

#include <algorithm>
#include <thread>

namespace zandb::cli {
namespace {

using namespace std::chrono_literals;

std::string signedSize(std::int64_t bytes) { return (bytes < 0 ? "-" : "+") + sizeText(std::abs(bytes)); }

Json orNull(const auto &value) { return value ? Json(*value) : Json(); }

Json sumJson(const SnapshotSum &sum)
{
    return {{"tables", sum.tables}, {"bytes", sum.bytes}, {"data_bytes", sum.data}, {"index_bytes", sum.index}, {"rows", sum.rows}};
}

Json dayJson(const SnapshotDayRow &day)
{
    Json json = sumJson(day.sum);
    json.update({{"day", dayText(day.day)}, {"taken_at", timeJson(day.takenAt)}, {"flavour", day.flavour}, {"version", day.version}, {"schemas", day.schemas}, {"missing", day.missing},
                 {"slow", orNull(day.slow)}, {"killed", orNull(day.killed)}, {"directories", Json::object()}});
    for (const auto &[name, bytes] : day.directories)
        json["directories"][name] = orNull(bytes);
    return json;
}

/// The one that is named, of this day or the newest before it.
struct Found
{
    Uuid instance;
    std::string path;
    SnapshotDay day = 0;
    Snapshot snapshot;
};

Result<const InstanceRecord *> recordOf(const Fleet &fleet, const std::string &path)
{
    const InstanceRecord *record = fleet.instanceByPath(path);
    if (!record)
        return fail(errors::notFound, {{"what", "instance"}, {"name", path}});
    return record;
}

/// `day` empty: the newest but `back` of them.
Result<Found> findSnapshot(Context &context, const Fleet &fleet, const std::string &path, const std::string &day, std::size_t back)
{
    const auto record = recordOf(fleet, path);
    if (!record)
        return fail(record.error());
    Found found{(*record)->instance.id, path, 0, {}};
    if (!day.empty()) {
        const auto said = snapshotDayOf(day);
        if (!said)
            return fail(usageError("a day is written as 2026-11-30 (UTC), not \"" + day + "\""));
        found.day = *said;
    } else {
        const auto days = snapshots::listDays(context.session(), found.instance, 0, 1'000'000);
        if (!days)
            return fail(days.error());
        if (days->size() <= back)
            return fail(errors::notFound, {{"what", days->empty() ? "snapshot" : "earlier snapshot"}, {"name", path}});
        found.day = days->at(days->size() - 1 - back).day;
    }
    auto snapshot = snapshots::load(context.session(), found.instance, found.day);
    if (!snapshot)
        return fail(snapshot.error());
    if (!*snapshot)
        return fail(errors::notFound, {{"what", "snapshot"}, {"name", path + " " + dayText(found.day)}});
    found.snapshot = std::move(**snapshot);
    return found;
}

void printDay(const SnapshotDayRow &day, const Snapshot &snapshot, std::size_t most)
{
    printLine("Taken " + timeText(day.takenAt) + ", " + printable(day.version) + ": " + std::to_string(day.schemas) + " schemas, " + std::to_string(day.sum.tables) + " tables, "
              + sizeText(day.sum.bytes) + " (rows " + sizeText(day.sum.data) + ", indexes " + sizeText(day.sum.index) + "), about " + std::to_string(day.sum.rows) + " rows; "
              + std::to_string(day.slow.value_or(0)) + " slow and " + std::to_string(day.killed.value_or(0)) + " killed statements that day");
    std::string directories;
    for (const auto &[name, bytes] : day.directories)
        directories += (directories.empty() ? "" : ", ") + name + ' ' + (bytes ? sizeText(*bytes) : "not known");
    printLine("Directories: " + directories + ". " + std::to_string(snapshot.variables.size()) + " variables, " + std::to_string(snapshot.plugins.size()) + " plugins, "
              + (snapshot.accounts ? std::to_string(snapshot.accounts->size()) + " accounts" : "accounts not permitted") + '.');
    Table table({"SCHEMA", "TABLE", "SIZE", "ROWS DATA", "INDEXES", "ROWS"}, {2, 3, 4, 5});
    std::vector<const SnapshotTable *> tables;
    for (const SnapshotTable &one : snapshot.tables)
        tables.push_back(&one);
    std::ranges::stable_sort(tables, [](const SnapshotTable *a, const SnapshotTable *b) { return a->bytes() > b->bytes(); });
    const auto size = [](const std::optional<std::int64_t> &bytes) { return bytes ? sizeText(*bytes) : "-"; };
    for (std::size_t i = 0; i < std::min(tables.size(), most); ++i) {
        const SnapshotTable &one = *tables[i];
        table.add({one.schema.empty() ? "-" : printable(one.schema), one.table.empty() ? "-" : printable(one.table), sizeText(one.bytes()), size(one.data), size(one.index),
                   one.rows ? std::to_string(*one.rows) : "-"});
    }
    table.print();
    if (tables.size() > most)
        printLine("... and " + std::to_string(tables.size() - most) + " smaller ones (--limit N)");
    if (!day.missing.empty()) {
        std::string missing;
        for (const std::string &what : day.missing)
            missing += (missing.empty() ? "" : ", ") + printable(what);
        warnLine("Not all could be read: " + missing + ". \"zandbctl instance preflight\" tells what the agent may not do.");
    }
}

Json tableJson(const SnapshotTable &one)
{
    return {{"schema", one.schema}, {"table", one.table}, {"engine", one.engine}, {"file_bytes", orNull(one.file)}, {"data_bytes", orNull(one.data)}, {"index_bytes", orNull(one.index)},
            {"rows", orNull(one.rows)}};
}

Result<int> show(Context &context, const Uuid &instance, const std::string &path, SnapshotDay day, std::size_t most)
{
    auto days = snapshots::listDays(context.session(), instance, day, day);
    if (!days)
        return fail(days.error());
    const auto snapshot = snapshots::load(context.session(), instance, day);
    if (!snapshot)
        return fail(snapshot.error());
    if (days->empty() || !*snapshot)
        return fail(errors::notFound, {{"what", "snapshot"}, {"name", path + " " + dayText(day)}});
    if (auto counted = snapshots::addStatements(context.session(), instance, *days); !counted)
        return fail(counted.error());
    Json json = dayJson(days->front());
    json["instance"] = path;
    for (const SnapshotTable &one : (*snapshot)->tables)
        json["sizes"].push_back(tableJson(one));
    json["variables"] = (*snapshot)->variables;
    json["plugins"] = Json::array();
    for (const SnapshotPlugin &plugin : (*snapshot)->plugins)
        json["plugins"].push_back({{"name", plugin.name}, {"version", plugin.version}, {"status", plugin.status}});
    json["accounts"] = (*snapshot)->accounts ? Json::array() : Json();
    for (const SnapshotAccount &account : (*snapshot)->accounts.value_or(std::vector<SnapshotAccount>{}))
        json["accounts"].push_back({{"user", account.user}, {"host", account.host}, {"plugin", account.plugin}, {"locked", orNull(account.locked)}, {"has_password", orNull(account.hasPassword)},
                                    {"role", account.isRole}});
    context.print(json);
    if (!context.json())
        printDay(days->front(), **snapshot, most);
    return exitOk;
}

/// Until what the run left is in the store.  When this program has executed it nobody else may fetch it.
Result<bool> waitUntilStored(Context &context, const Fleet &fleet, const Run &run)
{
    const Host *host = fleet.host(run.hostId);
    for (int i = 0; i < 120; ++i) {
        const auto pending = snapshots::listPending(context.session(), run.hostId);
        if (!pending)
            return fail(pending.error());
        const auto ours = std::ranges::find_if(*pending, [&](const snapshots::Pending &one) { return one.key.runId == run.id; });
        if (ours == pending->end())
            return true;
        if (!run.executor.empty() && host) {
            context.pool().setHosts({remote::addressOf(*host)});
            return snapshots::fetch(context.session(), context.pool(), *ours);
        }
        std::this_thread::sleep_for(500ms);
    }
    return false;
}

Result<int> takeSnapshot(Context &context, const Args &args)
{
    const auto limit = args.number("limit", 20, 1, 1'000'000);
    if (!limit)
        return fail(limit.error());
    const auto instance = findInstance(context, args.word(0));
    if (!instance)
        return fail(instance.error());
    if (args.has("day")) {
        const auto day = snapshotDayOf(args.option("day"));
        if (!day)
            return fail(usageError("--day is written as 2026-11-30 (UTC)"));
        return show(context, instance->id, args.word(0), *day, static_cast<std::size_t>(*limit));
    }
    workflow::ByHand wish;
    wish.kind = "snapshot";
    wish.hostId = instance->hostId;
    wish.targetId = instance->id;
    wish.args = {{"instance", instance->name}, {"share", 100}};
    wish.policies.maxRetries = 0;
    wish.policies.source = "as_named";
    wish.author = context.settings().person;
    const auto begun = beginRun(context, workflow::makeRun(wish));
    if (!begun)
        return fail(begun.error());
    const auto ended = followBegun(context, *begun);
    if (!ended)
        return fail(ended.error());
    const Run &run = ended->run;
    if (run.state != RunState::Succeeded) {
        context.print({{"run_id", run.id.toString()}, {"state", toString(run.state)}, {"error", errorsJson(run.error)}});
        warnLine("zandbctl: the snapshot " + std::string(toString(run.state)) + (run.error ? ": " + errorLine(*run.error) : "."));
        return run.error && exitStatus(*run.error) == exitUnreachable ? exitUnreachable : exitFailed;
    }
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto stored = waitUntilStored(context, *fleet, run);
    if (!stored)
        return fail(stored.error());
    const auto result = ended->attempts.empty() ? Result<wire::SnapshotResult>(wire::SnapshotResult{}) : decode<wire::SnapshotResult>(ended->attempts.back().result);
    if (!*stored || !result)
        return fail(errors::internal, {{"detail", "the snapshot has been taken, but is not in the store yet; look later"}});
    return show(context, instance->id, args.word(0), snapshotDayOf(result->takenAt), static_cast<std::size_t>(*limit));
}

Json changeJson(const SnapshotSizeChange &change)
{
    Json json{{"change", toString(change.change)}, {"schema", change.schema}, {"grown_bytes", change.grown()}, {"grown_rows", change.after.rows - change.before.rows},
              {"before", change.change == SnapshotChange::Added ? Json() : sumJson(change.before)}, {"after", change.change == SnapshotChange::Removed ? Json() : sumJson(change.after)}};
    if (!change.table.empty()) {
        json["table"] = change.table;
        json["engine"] = change.engine;
    }
    return json;
}

void printSizes(const std::string &head, const std::vector<SnapshotSizeChange> &changes, std::size_t most)
{
    if (changes.empty())
        return;
    Table table({head, "CHANGE", "BEFORE", "AFTER", "GROWN", "ROWS"}, {2, 3, 4, 5});
    for (std::size_t i = 0; i < std::min(changes.size(), most); ++i) {
        const SnapshotSizeChange &one = changes[i];
        const std::int64_t rows = one.after.rows - one.before.rows;
        table.add({printable(one.schema.empty() ? "(no schema)" : one.schema) + (one.table.empty() ? "" : "." + printable(one.table)), std::string(toString(one.change)),
                   one.change == SnapshotChange::Added ? "-" : sizeText(one.before.bytes), one.change == SnapshotChange::Removed ? "-" : sizeText(one.after.bytes), signedSize(one.grown()),
                   (rows > 0 ? "+" : "") + std::to_string(rows)});
    }
    table.print();
    if (changes.size() > most)
        printLine("... and " + std::to_string(changes.size() - most) + " more (--limit N)");
}

Result<int> diff(Context &context, const Args &args)
{
    const auto limit = args.number("limit", 50, 1, 1'000'000);
    if (!limit)
        return fail(limit.error());
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const bool against = args.has("against");
    const auto after = findSnapshot(context, *fleet, args.word(0), args.option("to"), 0);
    if (!after)
        return fail(after.error());
    const auto before = findSnapshot(context, *fleet, against ? args.option("against") : args.word(0), args.option("from"), against || args.has("to") ? 0 : 1);
    if (!before)
        return fail(before.error());
    const SnapshotDiff changes = diffOf(before->snapshot, after->snapshot, before->instance != after->instance);
    const auto side = [](const Found &one, const SnapshotSum &sum) {
        return Json{{"instance", one.path}, {"day", dayText(one.day)}, {"taken_at", timeJson(one.snapshot.takenAt)}, {"version", one.snapshot.version}, {"sum", sumJson(sum)}};
    };
    Json json{{"before", side(*before, changes.before)}, {"after", side(*after, changes.after)}, {"accounts_known", changes.accountsKnown}, {"schemas", Json::array()}, {"tables", Json::array()},
              {"changes", Json::array()}};
    for (const SnapshotSizeChange &one : changes.schemas)
        json["schemas"].push_back(changeJson(one));
    for (const SnapshotSizeChange &one : changes.tables)
        json["tables"].push_back(changeJson(one));
    for (const SnapshotTextChange &one : changes.texts)
        json["changes"].push_back({{"kind", one.kind}, {"change", toString(one.change)}, {"name", one.name}, {"before", one.change == SnapshotChange::Added ? Json() : Json(one.before)},
                                   {"after", one.change == SnapshotChange::Removed ? Json() : Json(one.after)}});
    context.print(json);
    if (context.json())
        return exitOk;
    printLine(printable(before->path) + " of " + dayText(before->day) + " -> " + printable(after->path) + " of " + dayText(after->day) + ": " + sizeText(changes.before.bytes) + " -> "
              + sizeText(changes.after.bytes) + ", " + std::to_string(changes.before.tables) + " -> " + std::to_string(changes.after.tables) + " tables");
    if (changes.isEmpty())
        printLine("Nothing is different.");
    const auto most = static_cast<std::size_t>(*limit);
    printSizes("SCHEMA", changes.schemas, most);
    printSizes("TABLE", changes.tables, most);
    if (!changes.texts.empty()) {
        Table table({"WHAT", "NAME", "CHANGE", "BEFORE", "AFTER"});
        for (const SnapshotTextChange &one : changes.texts)
            table.add({one.kind, printable(one.name), std::string(toString(one.change)), printable(one.before).substr(0, 80), printable(one.after).substr(0, 80)});
        table.print();
    }
    if (!changes.accountsKnown)
        warnLine("Accounts are not compared: one of the two snapshots has none.");
    return exitOk;
}

Result<int> growth(Context &context, const Args &args)
{
    const auto last = args.duration("last");
    const auto limit = args.number("limit", 30, 1, 10'000);
    if (!last || !limit)
        return fail(last ? limit.error() : last.error());
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto record = recordOf(*fleet, args.word(0));
    if (!record)
        return fail(record.error());
    const Uuid id = (*record)->instance.id;
    const SnapshotDay to = snapshotDayOf(fleet->readAt);
    const SnapshotDay from = to - static_cast<int>(std::clamp<std::int64_t>(last->value_or(90 * 86400) / 86400, 1, 4000));
    auto days = snapshots::listDays(context.session(), id, from, to);
    if (!days)
        return fail(days.error());
    if (auto counted = snapshots::addStatements(context.session(), id, *days); !counted)
        return fail(counted.error());
    const auto sizes = snapshots::loadGrowth(context.session(), id, from, to);
    if (!sizes)
        return fail(sizes.error());
    Json json{{"instance", args.word(0)}, {"days", Json::array()}, {"schemas", Json::array()}, {"tables", Json::array()}};
    for (const SnapshotDayRow &day : *days)
        json["days"].push_back(dayJson(day));
    Table table({"SCHEMA", "TABLE", "SIZE", "ROWS", "PER DAY"}, {2, 3, 4});
    for (const auto &[name, lines] : {std::pair{"schemas", &sizes->schemas}, std::pair{"tables", &sizes->tables}}) {
        for (std::size_t i = 0; i < lines->size(); ++i) {
            const GrowthLine &line = lines->at(i);
            const auto perDay = line.bytesPerDay(sizes->days);
            Json points = Json::array();
            for (const auto &point : line.points)
                points.push_back(point ? sumJson(*point) : Json());
            json[name].push_back({{"schema", line.schema}, {"table", line.table}, {"bytes", line.last()->bytes}, {"rows", line.last()->rows}, {"bytes_per_day", orNull(perDay)}, {"points", points}});
            if (i < static_cast<std::size_t>(*limit))
                table.add({line.schema.empty() ? "-" : printable(line.schema), line.table.empty() ? "-" : printable(line.table), sizeText(line.last()->bytes), std::to_string(line.last()->rows),
                           perDay ? signedSize(static_cast<std::int64_t>(*perDay)) : "-"});
        }
    }
    context.print(json);
    if (context.json())
        return exitOk;
    if (days->empty()) {
        printLine("There is no snapshot of this time.  \"zandbctl task add NAME --kind snapshot --all --every day --at 03:00\" takes one each day, \"zandbctl instance snapshot\" one now.");
        return exitOk;
    }
    printLine(std::to_string(days->size()) + " days, " + dayText(days->front().day) + " to " + dayText(days->back().day) + ": " + sizeText(days->front().sum.bytes) + " -> "
              + sizeText(days->back().sum.bytes));
    table.print();
    return exitOk;
}

} // namespace

std::vector<Verb> snapshotVerbs()
{
    return {
        {"instance", "snapshot", "HOST/INSTANCE [--day DAY] [--limit N]", "takes a snapshot now (sizes, rows, variables, plugins, accounts) and shows it; --day shows one that was taken",
         {{"day", "limit"}, {}}, takeSnapshot, 1, 1},
        {"instance", "diff", "HOST/INSTANCE [--from DAY] [--to DAY] [--against HOST/INSTANCE] [--limit N]",
         "what differs between two days' snapshots (default: the newest two), or from another instance: schemas, tables, growth, variables by meaning, accounts",
         {{"from", "to", "against", "limit"}, {}}, diff, 1, 1},
        {"instance", "growth", "HOST/INSTANCE [--last 90d] [--limit N]", "sizes of schemas and of the largest tables over days", {{"last", "limit"}, {}}, growth, 1, 1},
    };
}

} // namespace zandb::cli
