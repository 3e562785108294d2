// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/execution.h"
#include "app/fleet/grouprepository.h"
#include "app/fleet/seriesrepository.h"
#include "app/killer/killedrepository.h"
#include "app/slowlog/slowrepository.h"
#include "models/fleet/figures.h"
#include "models/fleet/groupsettings.h"
#include "models/fleet/statetext.h"

#include <algorithm>

namespace zandb::cli {
namespace {

using namespace std::chrono_literals;

Result<int> listInstances(Context &context, const Args &)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    auto records = fleet->instances;
    std::sort(records.begin(), records.end(), [&](const InstanceRecord &a, const InstanceRecord &b) {
        return fleet->pathOf(a.instance.id) < fleet->pathOf(b.instance.id);
    });
    // of the last 24 hours, the hour that has begun and the 24 before it
    const auto slow = slowlog::countsSince(context.session(), fleet->readAt - std::chrono::hours{24});
    const auto killed = slow ? killer::killedSince(context.session(), fleet->readAt - std::chrono::hours{24}) : Result<std::map<Uuid, std::int64_t>>(fail(slow.error()));
    if (!killed)
        return fail(killed.error());
    Json array = Json::array();
    Table table({"INSTANCE", "STATE", "FLAVOUR", "VERSION", "ROLE", "SOURCE", "LAG", "DATA", "LOGS", "SLOW 24H", "KILLED 24H", "WHY"}, {6, 7, 8, 9, 10});
    for (const InstanceRecord &record : records) {
        const auto slowOf = slow->find(record.instance.id);
        const auto killedOf = killed->find(record.instance.id);
        const std::int64_t slowCount = slowOf == slow->end() ? 0 : slowOf->second.events, killedCount = killedOf == killed->end() ? 0 : killedOf->second;
        Json json = instanceJson(record, *fleet);
        json["slow_24h"] = slowCount;
        json["killed_24h"] = killedCount;
        array.push_back(std::move(json));
        const auto &d = record.detail;
        std::string source = "-";
        std::string lag = "-";
        if (d && !d->replication.empty()) {
            const auto &r = d->replication.front();
            source = r.sourceHost + ":" + std::to_string(r.sourcePort);
            lag = r.lagSeconds ? std::to_string(*r.lagSeconds) + " s" : "unknown";
        }
        table.add({fleet->pathOf(record.instance.id), stateText(record.state, record.seenAt, fleet->readAt), d && !d->flavour.empty() ? d->flavour : "-",
                   d && !d->version.empty() ? d->version : "-", d && !d->role.empty() ? d->role : "-", source, lag,
                   d && d->dataBytes ? sizeText(*d->dataBytes) : "-", d && d->logBytes ? sizeText(*d->logBytes) : "-",
                   std::to_string(slowCount), std::to_string(killedCount),
                   d && d->error ? d->error->code : replicationTrouble(record).toStdString()});
    }
    context.print(array);
    if (!context.json())
        table.print();
    return sayWhoWatches(context);
}

Result<int> showInstance(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const InstanceRecord *record = fleet->instanceByPath(args.word(0));
    if (!record)
        return fail(errors::notFound, {{"what", "instance"}, {"name", args.word(0)}});
    const Json json = instanceJson(*record, *fleet);
    context.print(json);
    if (!context.json()) {
        Table table({"instance", fleet->pathOf(record->instance.id)});
        for (const auto &[key, value] : json.items()) {
            if (key != "path" && !value.is_null() && !value.is_structured())
                table.add({key, value.is_string() ? value.get<std::string>() : dumpJson(value)});
        }
        if (json.contains("replication")) {
            for (const Json &r : json["replication"]) {
                table.add({"source", r.value("source", std::string{})});
                table.add({"lag", r["lag_s"].is_null() ? "unknown" : dumpJson(r["lag_s"]) + " s"});
                if (!r.value("error", std::string{}).empty())
                    table.add({"replication error", r.value("error", std::string{})});
            }
        }
        table.print();
        if (record->detail && record->detail->error)
            printLine(errorLine(*record->detail->error));
    }
    return exitOk;
}

Result<int> setInstance(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const InstanceRecord *record = fleet->instanceByPath(args.word(0));
    if (!record)
        return fail(errors::notFound, {{"what", "instance"}, {"name", args.word(0)}});
    if (args.flag("core") + args.flag("no-core") + args.flag("inherit") != 1)
        return fail(usageError("say one of --core, --no-core and --inherit"));
    const std::optional<Json> mark = args.flag("inherit") ? std::nullopt : std::optional<Json>(args.flag("core") ? 1 : 0);
    if (const auto set = fleet::setInstanceSetting(context.session(), record->instance.id, coreMark, mark, context.settings().person); !set)
        return fail(set.error());
    const auto after = context.fleet();
    if (!after)
        return fail(after.error());
    const bool core = isCore(*after, record->instance.id);
    context.print(Json{{"instance", args.word(0)}, {"core", core}, {"own", !args.flag("inherit")}});
    if (!context.json())
        printLine(args.word(0) + (core ? " is of the core." : " is not of the core."));
    return exitOk;
}

Result<int> preflight(Context &context, const Args &args)
{
    const auto instance = findInstance(context, args.word(0));
    if (!instance)
        return fail(instance.error());
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const Host *host = fleet->host(instance->hostId);
    if (!host)
        return fail(errors::notFound, {{"what", "host"}, {"name", args.word(0)}});
    context.pool().setHosts({remote::addressOf(*host)});
    const auto answer = context.pool().callAndWait(host->id, "fleet.preflight", Json{{"instance", instance->name}}, 60s);
    if (!answer)
        return fail(answer.error());
    const auto checks = decode<std::vector<wire::PreflightCheck>>(answer->is_object() ? answer->value("checks", Json()) : Json());
    if (!checks)
        return fail(checks.error());
    const bool all = std::all_of(checks->begin(), checks->end(), [](const auto &c) { return c.ok; });
    context.print(Json{{"instance", args.word(0)}, {"ok", all}, {"checks", *checks}});
    if (!context.json()) {
        Table table({"CHECK", "", "SEEN"});
        for (const auto &check : *checks)
            table.add({check.name, check.ok ? "ok" : "MISSING", check.detail});
        table.print();
        for (const auto &check : *checks) {
            if (!check.ok && !check.remedy.empty())
                printLine("To give " + printable(check.name) + ":\n  " + printable(check.remedy, true));
        }
    }
    return all ? exitOk : exitFailed;
}

/// A figure as a person reads it in a column.
std::string figureText(const Figure &figure, const std::optional<double> &value)
{
    if (!value)
        return "-";
    if (figure.name.find("bytes") != std::string_view::npos)
        return sizeText(static_cast<std::int64_t>(*value));
    char text[32];
    if (figure.form == Figure::Form::Share)
        std::snprintf(text, sizeof text, "%.2f %%", *value * 100);
    else
        std::snprintf(text, sizeof text, *value < 100 ? "%.1f" : "%.0f", *value);
    return text;
}

std::optional<double> meanOf(const std::optional<Spread> &value)
{
    return value ? std::optional(value->mean) : std::nullopt;
}

Result<int> showHistory(Context &context, const Args &args)
{
    const auto last = args.duration("last");
    const auto lines = args.number("lines", 20, 1, 10'000);
    if (!last || !lines)
        return fail(last ? lines.error() : last.error());
    const std::chrono::seconds length{last->value_or(3600)};
    if (length < 1s || length > std::chrono::days{400})
        return fail(usageError("--last is a time of at most 400d"));
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const InstanceRecord *record = fleet->instanceByPath(args.word(0));
    if (!record)
        return fail(errors::notFound, {{"what", "instance"}, {"name", args.word(0)}});
    const TimePoint to = fleet->readAt;
    const TimePoint from = to - length;
    const auto count = static_cast<std::size_t>(*lines);
    const auto history = fleet::loadFigures(context.session(), record->instance.id, record->instance.hostId, from, to, count);
    if (!history)
        return fail(history.error());
    Json points = Json::array();
    Table table({"TIME", "QUERIES/S", "COMMITS/S", "RUNNING", "CONNECTIONS", "READ/S", "WRITTEN/S", "POOL HITS", "REDO/S", "LAG S", "DISK FREE"},
                {1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
    const std::vector<std::string_view> shown{"queries_per_s", "commits_per_s", "threads_running", "connections", "rows_read_per_s",
                                              "rows_written_per_s", "pool_hit_share", "redo_bytes_per_s", "lag_s", "disk_free_bytes"};
    const Microseconds step = Microseconds(length) / static_cast<std::int64_t>(count);
    for (std::size_t line = 0; line < count; ++line) {
        const TimePoint at = from + step * static_cast<std::int64_t>(line);
        Json point{{"at", timeJson(at)}};
        std::vector<std::string> cells{timeText(std::chrono::floor<std::chrono::seconds>(at))};
        for (std::size_t i = 0; i < history->instance.size(); ++i) {
            const Figure &figure = instanceFigures()[i];
            const auto value = meanOf(history->instance[i][line]);
            point[std::string(figure.name)] = value ? Json(*value) : Json();
            if (std::find(shown.begin(), shown.end(), figure.name) != shown.end())
                cells.push_back(figureText(figure, value));
        }
        for (std::size_t i = 0; i < history->host.size(); ++i) {
            const auto value = meanOf(history->host[i][line]);
            point["host_" + std::string(hostFigures()[i].name)] = value ? Json(*value) : Json();
        }
        points.push_back(std::move(point));
        table.add(std::move(cells));
    }
    context.print(Json{{"instance", args.word(0)}, {"from", timeJson(from)}, {"to", timeJson(to)},
                       {"step_s", std::chrono::duration<double>(step).count()}, {"damaged", history->damaged}, {"points", points}});
    if (!context.json()) {
        if (history->isEmpty)
            printLine("Nothing was collected in this time.  A headless instance (zandbctl serve) collects once a minute.");
        else
            table.print();
        if (history->damaged > 0)
            warnLine(std::to_string(history->damaged) + " rows of the store could not be read.");
    }
    return exitOk;
}

} // namespace

std::vector<Verb> instanceVerbs()
{
    const Args::Spec marks{{}, {"core", "no-core", "inherit"}};
    return {
        {"instance", "list", "", "instances with their state as the store knows it", {}, listInstances},
        {"instance", "show", "HOST/INSTANCE", "one instance", {}, showInstance, 1, 1},
        {"instance", "set", "HOST/INSTANCE (--core | --no-core | --inherit)", "whether it is of the core, whose backups are proved each day; --inherit: as its group says",
         marks, setInstance, 1, 1},
        {"instance", "label", "HOST/INSTANCE [--add L,...] [--remove L,...]", "its own labels; it has its host's too", {{"add", "remove"}, {}},
         [](Context &c, const Args &a) -> Result<int> {
             const auto instance = findInstance(c, a.word(0));
             return instance ? changeLabels(c, a, instance->id) : fail(instance.error());
         },
         1, 1},
        {"instance", "history", "HOST/INSTANCE [--last 1h] [--lines N]", "its figures over time: queries, threads, rows, buffer pool, IO, lag, disk",
         {{"last", "lines"}, {}}, showHistory, 1, 1},
        {"instance", "preflight", "HOST/INSTANCE", "what the agent may and may not do there, with remedies", {}, preflight, 1, 1},
    };
}

} // namespace zandb::cli
