// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/execution.h"
#include "app/cli/scriptargs.h"
#include "app/workflow/newrun.h"

#include <limits>

namespace zandb::cli {
namespace {

std::string parameterText(const wire::ScriptParameter &parameter)
{
    std::string text = parameter.name + ": " + parameter.type;
    if (parameter.type == "integer" && (parameter.least != std::numeric_limits<std::int64_t>::min() || parameter.most != std::numeric_limits<std::int64_t>::max()))
        text += " " + std::to_string(parameter.least) + " to " + std::to_string(parameter.most);
    for (const std::string &choice : parameter.choices)
        text += (&choice == &parameter.choices.front() ? " " : "|") + choice;
    return text + (parameter.fallback ? " (" + *parameter.fallback + ")" : "");
}

Result<int> listScripts(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    std::vector<Host> hosts = fleet->hosts;
    if (!args.words().empty()) {
        const auto host = context.host(args.word(0));
        if (!host)
            return fail(host.error());
        hosts = {*host};
    }
    Json array = Json::array();
    Table table({"HOST", "SCRIPT", "FOR", "ROLE", "SCHEDULED", "PARAMETERS", "DESCRIPTION"});
    std::optional<Error> first;
    for (const auto &[host, entries] : askCatalogues(context, hosts)) {
        if (!entries) {
            first = first ? first : entries.error();
            warnLine(host.name + ": " + errorLine(entries.error()));
            continue;
        }
        for (const wire::ScriptEntry &entry : *entries) {
            Json json = entry;
            json["host"] = host.name;
            array.push_back(std::move(json));
            std::string parameters;
            for (const auto &parameter : entry.parameters)
                parameters += (parameters.empty() ? "" : ", ") + parameterText(parameter);
            table.add({host.name, printable(entry.name), entry.forInstance ? "instance" : "host", entry.role, entry.scheduled ? "yes" : "no", printable(parameters), printable(entry.description)});
            if (!entry.unusable.empty())
                warnLine(host.name + ": the script " + printable(entry.name) + " cannot be run: " + printable(entry.unusable));
        }
    }
    if (first && hosts.size() == 1)
        return fail(*first);
    context.print(array);
    if (!context.json()) {
        table.print();
        if (array.empty() && !first)
            printLine("No host has a catalogue. Its administrator writes it into agent.toml, as [[script]].");
    }
    return first ? exitFailed : exitOk;
}

Result<int> runScript(Context &context, const Args &args)
{
    workflow::ByHand wish;
    wish.kind = "script";
    wish.author = context.settings().person;
    wish.executor = executorName(context); // the catalogue says which role may run it: the person's
    auto values = readScriptValues(args);
    if (!values)
        return fail(values.error());
    const std::string where = args.word(0);
    wire::ScriptArgs order{args.word(1), {}, std::move(*values)};
    if (where.find('/') == std::string::npos) {
        const auto host = context.host(where);
        if (!host)
            return fail(host.error());
        wish.hostId = wish.targetId = host->id;
    } else {
        const auto instance = findInstance(context, where);
        if (!instance)
            return fail(instance.error());
        wish.hostId = instance->hostId;
        wish.targetId = instance->id;
        order.instance = instance->name;
    }
    wish.args = order;
    const auto begun = beginRun(context, workflow::makeRun(wish));
    if (!begun)
        return fail(begun.error());
    const auto ended = followBegun(context, *begun);
    if (!ended)
        return fail(ended.error());
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const Attempt *last = ended->attempts.empty() ? nullptr : &ended->attempts.back();
    context.print(runDetailJson(*ended, *fleet, {}));
    if (ended->run.state != RunState::Succeeded)
        return last && last->error ? Result<int>(fail(*last->error)) : Result<int>(exitFailed);
    const auto result = last ? decode<wire::ScriptResult>(last->result) : Result<wire::ScriptResult>(wire::ScriptResult());
    if (!context.json() && result) {
        if (!result->tail.empty())
            printLine(printable(result->tail, true));
        printLine("The script " + printable(order.script) + " ended with " + std::to_string(result->status) + " after " + std::to_string(result->tookMs) + " ms; it wrote "
                  + std::to_string(result->lines) + (result->lines == 1 ? " line." : " lines.") + " All of them: zandbctl run log " + ended->run.id.toString());
    }
    return exitOk;
}

} // namespace

std::vector<Verb> scriptVerbs()
{
    return {
        {"script", "list", "[HOST]", "the programs that hosts offer by name, with what each takes", {}, listScripts, 0, 1},
        {"script", "run", "HOST|HOST/INSTANCE SCRIPT [--set NAME=VALUE ...]", "run one of them now, and wait for it", {{"set"}, {}}, runScript, 2, 2},
    };
}

} // namespace zandb::cli
