// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/execution.h"
#include "app/fleet/fleetrepository.h"
#include "app/fleet/grouprepository.h"
#include "app/platform/input.h"
#include "app/store/migrations.h"
#include "app/workflow/hostretire.h"
#include "models/common/names.h"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <unistd.h>

namespace zandb::cli {
namespace {

using namespace std::chrono_literals;

/// The key a host shows, once the caller has accepted it: by its fingerprint, unseen, or by answering the question.
Result<std::string> acceptedKey(const std::string &name, const std::string &address, int port, const Args &args)
{
    const auto shown = remote::fetchHostKey(address, port);
    if (!shown)
        return fail(shown.error());
    if (args.has("accept-fingerprint")) {
        if (args.option("accept-fingerprint") != shown->fingerprint)
            return fail(errors::sshHostKeyChanged, {{"host", name},
                                                    {"fingerprint", shown->fingerprint},
                                                    {"pinned", args.option("accept-fingerprint")}});
        return shown->key;
    }
    if (args.flag("accept-new"))
        return shown->key;
    if (isatty(STDIN_FILENO)) {
        std::fprintf(stderr, "%s (%s port %d) shows the key\n  %s\nDo you accept it? Type yes: ", printable(name).c_str(),
                     printable(address).c_str(), port, printable(shown->fingerprint).c_str());
        const auto answer = readLine(std::cin, 64);
        if (answer && answer->text == "yes")
            return shown->key;
    }
    return fail(errors::sshHostKeyUnknown, {{"host", name}, {"fingerprint", shown->fingerprint}, {"key", shown->key}});
}

/// Of what is given, or of all of a new host.
Result<void> checkHost(const Host &host, const Args &args, bool fresh)
{
    if (auto fits = fresh || args.has("name") ? names::checkHost(host.name) : Result<void>{}; !fits)
        return fits;
    if (auto fits = fresh || args.has("address") ? names::checkAddress(host.address) : Result<void>{}; !fits)
        return fits;
    return fresh || args.has("user") ? names::checkLogin(host.sshUser) : Result<void>{};
}

Result<int> addHost(Context &context, const Args &args)
{
    const std::string name = args.word(0);
    const auto port = args.number("port", 22, 1, 65535);
    if (!port)
        return fail(port.error());
    Host host;
    host.id = Uuid::v7();
    host.name = name;
    host.address = args.option("address", name);
    host.sshPort = static_cast<int>(*port);
    host.sshUser = args.option("user", "zandb");
    if (const auto fits = checkHost(host, args, true); !fits)
        return fail(fits.error());
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    if (fleet->hostByName(name))
        return fail(errors::alreadyExists, {{"what", "host"}, {"name", name}});
    const auto key = acceptedKey(name, host.address, host.sshPort, args);
    if (!key)
        return fail(key.error());
    host.hostKey = *key;
    const auto group = fleet::ensureGroup(context.session(), args.option("group"));
    if (!group)
        return fail(group.error());
    host.groupId = *group;
    const auto now = context.session().now();
    if (!now)
        return fail(now.error());
    host.createdAt = *now;
    if (const auto added = fleet::addHost(context.session(), host); !added)
        return fail(added.error());
    // without a headless instance nobody else would ask it
    const auto alive = headlessAlive(context);
    if (!alive)
        return fail(alive.error());
    if (!*alive) {
        if (const auto sampled = sampleHost(context, host); !sampled)
            warnLine("The host was added, but: " + errorLine(sampled.error()));
    }
    const auto after = context.fleet();
    if (!after)
        return fail(after.error());
    context.print(hostJson(host, *after));
    if (!context.json())
        printLine("Added host " + name + ".");
    return exitOk;
}

/// Changes what is given; the pinned key stays, so that another machine at a new address is noticed.
Result<int> editHost(Context &context, const Args &args)
{
    if (args.bare())
        return fail(usageError("say what to change"));
    auto host = context.host(args.word(0));
    if (!host)
        return fail(host.error());
    const auto port = args.number("port", host->sshPort, 1, 65535);
    if (!port)
        return fail(port.error());
    host->sshPort = static_cast<int>(*port);
    host->name = args.option("name", host->name);
    host->address = args.option("address", host->address);
    host->sshUser = args.option("user", host->sshUser);
    if (const auto fits = checkHost(*host, args, false); !fits)
        return fail(fits.error());
    if (args.has("group")) {
        const auto group = fleet::ensureGroup(context.session(), args.option("group"));
        if (!group)
            return fail(group.error());
        host->groupId = *group;
    }
    if (const auto updated = fleet::updateHost(context.session(), *host); !updated)
        return fail(updated.error());
    const auto after = context.fleet();
    if (!after)
        return fail(after.error());
    context.print(hostJson(*host, *after));
    if (!context.json())
        printLine("Changed host " + host->name + ".");
    return exitOk;
}

Result<int> listHosts(Context &context, const Args &)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    std::vector<Host> hosts = fleet->hosts;
    std::sort(hosts.begin(), hosts.end(), [](const Host &a, const Host &b) { return a.name < b.name; });
    Json array = Json::array();
    Table table({"HOST", "STATE", "SEEN", "ADDRESS", "INSTANCES", "AGENT", "OS", "MEMORY", "WHY"}, {4, 7});
    for (const Host &host : hosts) {
        array.push_back(hostJson(host, *fleet));
        const auto state = fleet->hostStates.find(host.id);
        const HostState s = state == fleet->hostStates.end() ? HostState{} : state->second;
        const auto count = std::count_if(fleet->instances.begin(), fleet->instances.end(),
                                         [&](const InstanceRecord &r) { return r.instance.hostId == host.id && r.state != "gone"; });
        table.add({host.name, stateText(s.state, s.seenAt, fleet->readAt),
                   s.seenAt ? agoText(*s.seenAt, fleet->readAt) : "never",
                   host.address + ":" + std::to_string(host.sshPort), std::to_string(count), s.facts ? s.facts->agentVersion : "-",
                   s.facts ? s.facts->os : "-", s.facts ? sizeText(s.facts->memoryBytes) : "-", s.error ? s.error->code : ""});
    }
    context.print(array);
    if (!context.json())
        table.print();
    return sayWhoWatches(context);
}

Result<int> showHost(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const Host *host = fleet->hostByName(args.word(0));
    if (!host)
        return fail(errors::notFound, {{"what", "host"}, {"name", args.word(0)}});
    const Json json = hostJson(*host, *fleet);
    context.print(json);
    if (!context.json()) {
        Table table({"host", host->name});
        for (const auto &[key, value] : json.items()) {
            if (key != "name" && !value.is_null() && !value.is_structured())
                table.add({key, value.is_string() ? value.get<std::string>() : dumpJson(value)});
        }
        if (json.contains("disks")) {
            for (const Json &disk : json["disks"])
                table.add({"disk " + disk.value("mount", std::string{}), sizeText(disk.value("free_bytes", std::int64_t{0})) + " free of "
                               + sizeText(disk.value("total_bytes", std::int64_t{0}))});
        }
        table.print();
        const auto state = fleet->hostStates.find(host->id);
        if (state != fleet->hostStates.end() && state->second.error)
            printLine(errorLine(*state->second.error));
    }
    return exitOk;
}

Result<int> removeHost(Context &context, const Args &args)
{
    const auto host = context.host(args.word(0));
    if (!host)
        return fail(host.error());
    const auto givenUp = workflow::retireHost(context.session(), *host, context.settings().person, args.flag("force"));
    if (!givenUp)
        return fail(givenUp.error());
    context.print(Json{{"removed", host->id.toString()}, {"given_up", *givenUp}});
    if (!context.json())
        printLine("Removed host " + host->name + "; its runs and backups stay."
                  + (*givenUp == 0 ? "" : " Gave up " + std::to_string(*givenUp) + " runs."));
    return exitOk;
}

Result<int> testHost(Context &context, const Args &args)
{
    const auto host = context.host(args.word(0));
    if (!host)
        return fail(host.error());
    const auto before = std::chrono::steady_clock::now();
    context.pool().setHosts({remote::addressOf(*host)});
    const auto facts = context.pool().callAndWait(host->id, "fleet.facts", Json::object(), 20s);
    if (!facts)
        return fail(facts.error());
    const auto connected = std::chrono::steady_clock::now();
    const auto again = context.pool().callAndWait(host->id, "fleet.facts", Json::object(), 20s);
    if (!again)
        return fail(again.error());
    const auto ms = [](auto span) { return static_cast<double>(std::chrono::duration_cast<std::chrono::microseconds>(span).count()) / 1000; };
    const auto hello = context.pool().hello(host->id);
    const double first = ms(connected - before);
    const double warm = ms(std::chrono::steady_clock::now() - connected);
    context.print(Json{{"host", host->name},
                       {"ok", true},
                       {"agent", hello ? hello->program : ""},
                       {"agent_host", hello ? hello->host : ""},
                       {"features", hello ? Json(hello->features) : Json::array()},
                       {"connect_ms", first},
                       {"request_ms", warm}});
    if (!context.json()) {
        char line[200];
        std::snprintf(line, sizeof line, "%s answers: %s, connected in %.0f ms, a request takes %.1f ms.", host->name.c_str(),
                      hello ? hello->program.c_str() : "agent", first, warm);
        printLine(line);
    }
    return exitOk;
}

/// A host whose key changed, or that was never accepted.
Result<int> acceptHost(Context &context, const Args &args)
{
    auto host = context.host(args.word(0));
    if (!host)
        return fail(host.error());
    const auto key = acceptedKey(host->name, host->address, host->sshPort, args);
    if (!key)
        return fail(key.error());
    host->hostKey = *key;
    if (const auto updated = fleet::updateHost(context.session(), *host); !updated)
        return fail(updated.error());
    context.print(Json{{"host", host->name}, {"host_key", host->hostKey}});
    if (!context.json())
        printLine("The key of " + host->name + " is pinned.");
    return exitOk;
}

Result<int> acceptEpoch(Context &context, const Args &args)
{
    const auto host = context.host(args.word(0));
    if (!host)
        return fail(host.error());
    const auto status = store::status(context.session());
    if (!status)
        return fail(status.error());
    context.pool().setHosts({remote::addressOf(*host)});
    const auto done = context.pool().callAndWait(host->id, "epoch.accept", Json{{"store_epoch", status->storeEpoch.toString()}}, 20s);
    if (!done)
        return fail(done.error());
    context.print(Json{{"host", host->name}, {"store_epoch", status->storeEpoch.toString()}});
    if (!context.json())
        printLine("The agent of " + host->name + " takes orders of this store.");
    return exitOk;
}

Result<int> showDependents(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const Host *host = fleet->hostByName(args.word(0));
    if (!host)
        return fail(errors::notFound, {{"what", "host"}, {"name", args.word(0)}});
    const auto found = workflow::dependentsOf(context.session(), *fleet, host->id);
    if (!found)
        return fail(found.error());
    Json runs = Json::array();
    for (const Uuid &id : found->openRuns)
        runs.push_back(id.toString());
    context.print(Json{{"host", host->name}, {"instances", found->instances}, {"tasks_that_name_it", found->named}, {"tasks_with_a_target_on_it", found->tasks},
                       {"replicas_elsewhere", found->replicas}, {"open_runs", runs}});
    if (!context.json()) {
        Table table({"WHAT", ""});
        const auto add = [&](const char *what, const std::vector<std::string> &names) {
            for (const std::string &name : names)
                table.add({what, name});
        };
        add("instance", found->instances);
        add("task names it", found->named);
        add("task works on it", found->tasks);
        add("replica elsewhere", found->replicas);
        for (const Uuid &id : found->openRuns)
            table.add({"run has not ended", id.toString()});
        table.print();
    }
    return exitOk;
}

Result<int> labelHost(Context &context, const Args &args)
{
    const auto host = context.host(args.word(0));
    return host ? changeLabels(context, args, host->id) : fail(host.error());
}

} // namespace

Result<int> changeLabels(Context &context, const Args &args, const Uuid &subject)
{
    const auto add = args.list("add"), remove = args.list("remove");
    if (!add.empty() || !remove.empty()) {
        if (const auto changed = fleet::changeLabels(context.session(), subject, add, remove, context.settings().person); !changed)
            return fail(changed.error());
    }
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto found = fleet->labels.find(subject);
    const auto own = found == fleet->labels.end() ? std::vector<std::string>() : found->second;
    context.print(Json{{"name", args.word(0)}, {"labels", own}});
    if (!context.json()) {
        std::string text;
        for (const std::string &label : own)
            text += ' ' + label;
        printLine(args.word(0) + (own.empty() ? " has no labels." : ":" + text));
    }
    return exitOk;
}

std::vector<Verb> hostVerbs()
{
    const std::string accept = "[--accept-fingerprint SHA256:... | --accept-new]";
    return {
        {"host", "add", "NAME [--address A] [--port P] [--user U] [--group G/H] " + accept, "add a host; its key is shown and must be accepted",
         {{"address", "port", "user", "group", "accept-fingerprint"}, {"accept-new"}}, addHost, 1, 1},
        {"host", "edit", "NAME [--name NEW] [--address A] [--port P] [--user U] [--group G/H]", "change what is given; --group \"\" takes it out of its group",
         {{"name", "address", "port", "user", "group"}, {}}, editHost, 1, 1},
        {"host", "label", "NAME [--add L,...] [--remove L,...]", "labels of a host and so of its instances, which tasks select by",
         {{"add", "remove"}, {}}, labelHost, 1, 1},
        {"host", "list", "", "hosts with their state as the store knows it", {}, listHosts},
        {"host", "show", "NAME", "one host's facts", {}, showHost, 1, 1},
        {"host", "dependents", "NAME", "what would miss the host if it were removed", {}, showDependents, 1, 1},
        {"host", "remove", "NAME [--force]", "remove a host and its instances; runs and backups stay; --force gives up what has not ended",
         {{}, {"force"}}, removeHost, 1, 1},
        {"host", "test", "NAME", "connect to the host's agent with your key", {}, testHost, 1, 1},
        {"host", "accept", "NAME " + accept, "pin the key a host shows now", {{"accept-fingerprint"}, {"accept-new"}}, acceptHost, 1, 1},
        {"host", "accept-epoch", "NAME", "let the agent take orders of this store after it was restored (role admin)", {}, acceptEpoch, 1, 1},
    };
}

} // namespace zandb::cli
