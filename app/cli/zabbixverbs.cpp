// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/execution.h"
#include "app/fleet/zabbixrepository.h"

#include <algorithm>
#include <thread>

namespace zandb::cli {
namespace {

using namespace std::chrono_literals;

Json optional(const std::optional<std::int64_t> &number) { return number ? Json(*number) : Json(); }

Json recordJson(const Host &host, const ZabbixRecord &record, const Fleet &fleet)
{
    Json json{{"host", host.name}, {"host_id", host.id.toString()}, {"state", record.state}, {"waiting", record.isWaiting()}, {"chosen", record.chosen}, {"error", errorsJson(record.error)}};
    json["asked"] = record.askedAt == TimePoint{} ? Json() : timeJson(record.askedAt);
    json["matches"] = Json::array();
    for (const ZabbixHost &match : record.matches)
        json["matches"].push_back({{"id", match.id}, {"host", match.host}, {"name", match.name}, {"addresses", match.addresses}});
    json["facts"] = Json();
    json["differences"] = Json::array();
    if (!record.facts)
        return json;
    Json disks = Json::array();
    for (const ZabbixDisk &disk : record.facts->disks)
        disks.push_back({{"mount", disk.mount}, {"total_bytes", disk.totalBytes}, {"free_bytes", optional(disk.freeBytes)}, {"at", timeJson(disk.at)}});
    json["facts"] = {{"cores", optional(record.facts->cores)}, {"memory_bytes", optional(record.facts->memoryBytes)}, {"memory_available_bytes", optional(record.facts->memoryAvailableBytes)},
                     {"disks", std::move(disks)}, {"at", record.facts->at == TimePoint{} ? Json() : timeJson(record.facts->at)}};
    if (const auto state = fleet.hostStates.find(host.id); state != fleet.hostStates.end() && state->second.facts) {
        for (const FactDifference &one : factDifferences(*state->second.facts, *record.facts))
            json["differences"].push_back({{"what", one.what}, {"mount", one.mount}, {"agent", one.agent}, {"zabbix", one.zabbix}});
    }
    return json;
}

std::string stateWords(const ZabbixRecord &record)
{
    if (record.isWaiting())
        return "waiting";
    if (record.state == "several")
        return "several match";
    if (record.state == "off")
        return "no Zabbix configured";
    return record.state.empty() ? "never asked" : record.state == "none" ? "not in Zabbix" : record.state;
}

void printRecord(const Host &host, const ZabbixRecord &record, const Fleet &fleet)
{
    const auto state = fleet.hostStates.find(host.id);
    const auto &agent = state == fleet.hostStates.end() ? std::nullopt : state->second.facts;
    printLine(host.name + ": " + stateWords(record) + (record.askedAt == TimePoint{} ? "" : ", asked " + agoText(record.askedAt, fleet.readAt)));
    if (record.error)
        printLine(errorLine(*record.error));
    if (record.state == "several") {
        Table table({"ID", "HOST", "NAME", "ADDRESSES"});
        for (const ZabbixHost &match : record.matches) {
            std::string addresses;
            for (const std::string &address : match.addresses)
                addresses += (addresses.empty() ? "" : ", ") + address;
            table.add({match.id, printable(match.host), printable(match.name), printable(addresses)});
        }
        table.print();
        printLine("Say which one it is with “zandbctl zabbix choose " + host.name + " ID”.");
    }
    if (!record.facts)
        return;
    const ZabbixFacts &facts = *record.facts;
    const auto size = [](const std::optional<std::int64_t> &bytes) { return bytes ? sizeText(*bytes) : std::string("-"); };
    Table table({"FACT", "AGENT", "ZABBIX", "ZABBIX READ"});
    const std::string read = facts.at == TimePoint{} ? "-" : agoText(facts.at, fleet.readAt);
    table.add({"cores", agent ? std::to_string(agent->cores) : "-", facts.cores ? std::to_string(*facts.cores) : "-", read});
    table.add({"memory", agent ? sizeText(agent->memoryBytes) : "-", size(facts.memoryBytes), read});
    table.add({"memory available", agent ? sizeText(agent->memoryAvailableBytes) : "-", size(facts.memoryAvailableBytes), read});
    std::vector<std::string> mounts;
    for (const ZabbixDisk &disk : facts.disks)
        mounts.push_back(disk.mount);
    for (const wire::Disk &disk : agent ? agent->disks : std::vector<wire::Disk>())
        mounts.push_back(disk.mount);
    std::ranges::sort(mounts);
    mounts.erase(std::unique(mounts.begin(), mounts.end()), mounts.end());
    for (const std::string &mount : mounts) {
        const auto of = std::ranges::find(facts.disks, mount, &ZabbixDisk::mount);
        std::string ours = "-";
        for (const wire::Disk &disk : agent ? agent->disks : std::vector<wire::Disk>()) {
            if (disk.mount == mount)
                ours = sizeText(disk.freeBytes) + " free of " + sizeText(disk.totalBytes);
        }
        table.add({"disk " + printable(mount), ours, of == facts.disks.end() ? "-" : size(of->freeBytes) + " free of " + sizeText(of->totalBytes),
                   of == facts.disks.end() ? "-" : agoText(of->at, fleet.readAt)});
    }
    table.print();
    for (const FactDifference &one : agent ? factDifferences(*agent, facts) : std::vector<FactDifference>()) {
        const bool isSize = one.what != "cores";
        printLine("Differs: " + one.what + (one.mount.empty() ? "" : " " + printable(one.mount)) + ": " + (isSize ? sizeText(one.agent) : std::to_string(one.agent)) + " by the agent, "
                  + (isSize ? sizeText(one.zabbix) : std::to_string(one.zabbix)) + " by Zabbix.");
    }
}

Result<int> print(Context &context, const Host &host)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto record = fleet::findZabbix(context.session(), host.id);
    if (!record)
        return fail(record.error());
    const ZabbixRecord known = record->value_or(ZabbixRecord{});
    context.print(recordJson(host, known, *fleet));
    if (!context.json())
        printRecord(host, known, *fleet);
    return known.state == "found" && !known.isWaiting() ? exitOk : exitFailed;
}

Result<int> list(Context &context, const Args &)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto records = fleet::loadZabbix(context.session());
    if (!records)
        return fail(records.error());
    std::vector<Host> hosts = fleet->hosts;
    std::ranges::sort(hosts, {}, &Host::name);
    Json array = Json::array();
    Table table({"HOST", "STATE", "ASKED", "CORES", "MEMORY", "DISKS", "DIFFERS", "WHY"}, {3, 4, 5});
    for (const Host &host : hosts) {
        const auto found = records->find(host.id);
        const ZabbixRecord record = found == records->end() ? ZabbixRecord{} : found->second;
        Json json = recordJson(host, record, *fleet);
        std::string differs;
        for (const Json &one : json["differences"])
            differs += (differs.empty() ? "" : ", ") + one["what"].get<std::string>() + (one["mount"] == "" ? "" : " " + one["mount"].get<std::string>());
        table.add({host.name, stateWords(record), record.askedAt == TimePoint{} ? "never" : agoText(record.askedAt, fleet->readAt),
                   record.facts && record.facts->cores ? std::to_string(*record.facts->cores) : "-", record.facts && record.facts->memoryBytes ? sizeText(*record.facts->memoryBytes) : "-",
                   record.facts ? std::to_string(record.facts->disks.size()) : "-", printable(differs), record.error ? record.error->code : ""});
        array.push_back(std::move(json));
    }
    context.print(array);
    if (!context.json())
        table.print();
    return exitOk;
}

Result<int> show(Context &context, const Args &args)
{
    const auto host = context.host(args.word(0));
    return host ? print(context, *host) : fail(host.error());
}

/// Writes the wish and waits for the headless instance's answer.
Result<int> askAndPrint(Context &context, const Host &host, const std::optional<std::string> &chosen)
{
    const auto alive = headlessAlive(context);
    if (!alive)
        return fail(alive.error());
    if (auto asked = fleet::requestZabbix(context.session(), host.id, host.name, host.address, chosen); !asked)
        return fail(asked.error());
    if (!*alive) {
        warnLine("No headless instance runs, so nobody asks Zabbix; the first one that starts will.");
        return print(context, host);
    }
    // Zabbix itself may take its time limit for each of five questions
    for (const auto until = std::chrono::steady_clock::now() + 60s; std::chrono::steady_clock::now() < until; std::this_thread::sleep_for(200ms)) {
        const auto record = fleet::findZabbix(context.session(), host.id);
        if (!record)
            return fail(record.error());
        if (*record && !(*record)->isWaiting())
            break;
    }
    return print(context, host);
}

Result<int> ask(Context &context, const Args &args)
{
    const auto host = context.host(args.word(0));
    return host ? askAndPrint(context, *host, std::nullopt) : fail(host.error());
}

Result<int> choose(Context &context, const Args &args)
{
    const auto host = context.host(args.word(0));
    if (!host)
        return fail(host.error());
    const std::string id = args.word(1);
    if (!std::ranges::all_of(id, [](char c) { return c >= '0' && c <= '9'; }) || id.size() > 20)
        return fail(usageError("a host of Zabbix is named by its number, as “zandbctl zabbix show HOST” lists it; \"\" takes the choice back"));
    return askAndPrint(context, *host, id);
}

} // namespace

std::vector<Verb> zabbixVerbs()
{
    return {
        {"zabbix", "list", "", "what Zabbix says of each host, and where it differs from the agent", {}, list},
        {"zabbix", "show", "HOST", "facts of one host from its agent and from Zabbix, each with its age", {}, show, 1, 1},
        {"zabbix", "ask", "HOST", "have the headless instance ask Zabbix about a host now", {}, ask, 1, 1},
        {"zabbix", "choose", "HOST ID", "say which host of Zabbix is meant where several match; ID \"\": the only match again", {}, choose, 2, 2},
    };
}

} // namespace zandb::cli
