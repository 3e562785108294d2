// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/scriptargs.h"

#include "app/cli/taskparts.h"
#include "app/schedule/targets.h"
#include "app/scripts/kinds.h"

#include <algorithm>
#include <future>
#include <set>

namespace zandb::cli {

using namespace std::chrono_literals;

namespace {

/// Why an agent would refuse the task's arguments; "": it takes them.
std::string whyNotTaken(const wire::ScriptEntry &entry, const Json &args)
{
    const auto given = decode<std::map<std::string, std::string>>(args.value("parameters", Json::object()));
    if (!given)
        return "its values are no texts";
    for (const wire::ScriptParameter &parameter : entry.parameters) {
        const auto value = given->find(parameter.name);
        if (value == given->end() && !parameter.fallback)
            return parameter.name + " must be given, with --set " + parameter.name + "=VALUE";
        if (value == given->end())
            continue;
        if (const std::string wrong = wire::whyNoValue(parameter, value->second); !wrong.empty())
            return parameter.name + " " + wrong;
    }
    for (const auto &[name, value] : *given) {
        if (std::ranges::find(entry.parameters, name, &wire::ScriptParameter::name) == entry.parameters.end())
            return name + " is no parameter of it";
    }
    if (entry.forInstance && args.value("each", std::string()) == "host")
        return "it is run for one instance, so not with --each host";
    return {};
}

} // namespace

Result<std::map<std::string, std::string>> readScriptValues(const Args &args)
{
    std::map<std::string, std::string> values;
    for (const std::string &given : args.values("set")) {
        const auto equals = given.find('=');
        if (equals == std::string::npos || equals == 0)
            return fail(usageError("--set takes NAME=VALUE, for example --set days=7"));
        if (!values.emplace(given.substr(0, equals), given.substr(equals + 1)).second)
            return fail(usageError("--set gives " + given.substr(0, equals) + " twice"));
    }
    return values;
}

bool isScriptTask(const Task &task)
{
    return scripts::taskFields(task.kind).contains("script");
}

Result<void> readScriptArgs(const Args &args, Task &task)
{
    if (!isScriptTask(task)) {
        for (const char *option : {"script", "set", "each"}) {
            if (args.has(option))
                return fail(usageError(std::string("--") + option + " goes with --kind script"));
        }
        return {};
    }
    if (args.has("script"))
        task.args["script"] = args.option("script");
    if (task.args.value("script", std::string()).empty())
        return fail(usageError("--script is missing: the name of an entry of the catalogue; zandbctl script list shows them"));
    if (args.has("set")) {
        auto values = readScriptValues(args);
        if (!values)
            return fail(values.error());
        task.args["parameters"] = std::move(*values);
    }
    if (args.has("each")) {
        const std::string each = args.option("each");
        if (each != "host" && each != "instance")
            return fail(usageError("--each is host or instance"));
        task.args["each"] = each;
    }
    return {};
}

Result<void> checkScript(Context &context, const Task &task, const Fleet &fleet, bool force)
{
    const std::string name = task.args["script"].get<std::string>();
    std::set<Uuid> hosts;
    for (const auto &target : schedule::expandTargets(task.selector, task.policies.source, fleet))
        hosts.insert(target.host);
    std::vector<Host> asked;
    for (const Uuid &id : hosts) {
        if (const Host *host = fleet.host(id))
            asked.push_back(*host);
    }
    std::set<std::string> known, without;
    bool isFound = false, isUnheard = false;
    for (const auto &[host, entries] : askCatalogues(context, asked)) {
        if (!entries) {
            isUnheard = true;
            continue;
        }
        bool isHere = false;
        for (const wire::ScriptEntry &entry : *entries) {
            if (entry.scheduled)
                known.insert(entry.name);
            if (!entry.scheduled || entry.name != name)
                continue;
            isHere = true;
            if (const std::string wrong = whyNotTaken(entry, task.args); !wrong.empty())
                return fail(usageError("the script " + printable(name) + " of " + host.name + ": " + printable(wrong)));
        }
        isFound |= isHere;
        if (!isHere)
            without.insert(host.name);
    }
    if (isFound) {
        if (!without.empty())
            warnLine("There is no script " + printable(name) + " that may be scheduled on " + namesText(without) + ": the task will fail there.");
        return {};
    }
    if (force && (isUnheard || asked.empty()))
        return {};
    return fail(usageError("no target of the task is on a host whose catalogue has a script " + printable(name) + " with scheduled = true"
                           + (known.empty() ? "" : "; their hosts have: " + namesText(known)) + (isUnheard ? "; not all of them answer now, --force goes on" : "")));
}

std::vector<std::pair<Host, Result<std::vector<wire::ScriptEntry>>>> askCatalogues(Context &context, const std::vector<Host> &hosts)
{
    std::vector<remote::HostAddress> addresses;
    for (const Host &host : hosts)
        addresses.push_back(remote::addressOf(host));
    context.pool().setHosts(addresses);
    using Entries = Result<std::vector<wire::ScriptEntry>>;
    std::vector<std::future<Entries>> answers;
    for (const Host &host : hosts)
        answers.push_back(std::async(std::launch::async, [&context, &host]() -> Entries {
            const auto answer = context.pool().callAndWait(host.id, "scripts.list", Json::object(), 20s);
            return answer ? decode<std::vector<wire::ScriptEntry>>(answer->value("scripts", Json::array())) : Entries(fail(answer.error()));
        }));
    std::vector<std::pair<Host, Entries>> all;
    for (std::size_t i = 0; i < hosts.size(); ++i)
        all.emplace_back(hosts[i], answers[i].get());
    return all;
}

} // namespace zandb::cli
