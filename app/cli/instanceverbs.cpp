// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/execution.h"

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
    Json array = Json::array();
    Table table({"INSTANCE", "STATE", "FLAVOUR", "VERSION", "ROLE", "SOURCE", "LAG", "DATA", "LOGS", "WHY"}, {6, 7, 8});
    for (const InstanceRecord &record : records) {
        array.push_back(instanceJson(record, *fleet));
        const auto &d = record.detail;
        std::string source = "-";
        std::string lag = "-";
        if (d && !d->replication.empty()) {
            const auto &r = d->replication.front();
            source = r.sourceHost + ":" + std::to_string(r.sourcePort);
            lag = r.lagSeconds ? std::to_string(*r.lagSeconds) + " s" : "unknown";
        }
        table.add({fleet->pathOf(record.instance.id), record.state, d && !d->flavour.empty() ? d->flavour : "-",
                   d && !d->version.empty() ? d->version : "-", d && !d->role.empty() ? d->role : "-", source, lag,
                   d && d->dataBytes ? sizeText(*d->dataBytes) : "-", d && d->logBytes ? sizeText(*d->logBytes) : "-",
                   d && d->error ? d->error->code : ""});
    }
    context.print(array);
    if (!context.json())
        table.print();
    return exitOk;
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

} // namespace

std::vector<Verb> instanceVerbs()
{
    return {
        {"instance", "list", "", "instances with their state as the store knows it", {}, listInstances},
        {"instance", "show", "HOST/INSTANCE", "one instance", {}, showInstance, 1, 1},
        {"instance", "preflight", "HOST/INSTANCE", "what the agent may and may not do there, with remedies", {}, preflight, 1, 1},
    };
}

} // namespace zandb::cli
