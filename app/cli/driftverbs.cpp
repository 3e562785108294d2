// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/configerrors.h"
#include "agent/rules/samevalue.h"
#include "app/cli/command.h"
#include "app/cli/configchange.h"
#include "app/cli/groups.h"
#include "app/cli/targets.h"
#include "app/config/configservice.h"
#include "app/config/driftcheck.h"
#include "app/config/driftrepository.h"

#include <algorithm>
#include <set>

namespace zandb::cli {
namespace {

/// What was found, for these instances.
struct Found
{
    std::vector<DriftFacts> facts;
    std::vector<StandardRule> standard;
    std::vector<DriftException> exceptions;
    std::vector<DriftFinding> findings;
};

Result<void> find(Context &context, const Fleet &fleet, const std::vector<Uuid> &instances, Found &found)
{
    auto facts = config::loadFacts(context.session());
    auto standard = config::loadStandard(context.session());
    auto exceptions = config::loadExceptions(context.session());
    if (!facts || !standard || !exceptions)
        return fail(!facts ? facts.error() : !standard ? standard.error() : exceptions.error());
    found.facts = std::move(*facts);
    found.standard = std::move(*standard);
    found.exceptions = std::move(*exceptions);
    found.findings = findDrift({fleet, found.facts, found.standard, found.exceptions, fleet.readAt});
    const std::set<Uuid> wanted(instances.begin(), instances.end());
    std::erase_if(found.findings, [&](const DriftFinding &finding) { return !wanted.contains(finding.instanceId); });
    std::erase_if(found.facts, [&](const DriftFacts &one) { return !wanted.contains(one.instanceId); });
    return {};
}

Result<int> show(Context &context, const Fleet &fleet, const std::vector<Uuid> &instances, bool all, const Json &unread)
{
    Found found;
    if (auto done = find(context, fleet, instances, found); !done)
        return fail(done.error());
    Json findings = Json::array(), read = Json::array();
    Table table({"INSTANCE", "WHAT", "SUBJECT", "FOUND", "WANTED", "ACCEPTED"});
    std::size_t open = 0, accepted = 0;
    for (const DriftFinding &finding : found.findings) {
        finding.accepted ? ++accepted : ++open;
        Json exception;
        if (finding.accepted)
            exception = {{"id", finding.accepted->id}, {"reason", finding.accepted->reason}, {"person", finding.accepted->person}, {"until", timeJson(finding.accepted->until)}};
        findings.push_back({{"instance", fleet.pathOf(finding.instanceId)}, {"code", finding.code}, {"subject", finding.subject}, {"found", finding.found}, {"wanted", finding.wanted},
                            {"accepted", exception}});
        if (!finding.accepted || all)
            table.add({fleet.pathOf(finding.instanceId), finding.code, printable(finding.subject), finding.found.empty() ? "-" : printable(finding.found),
                       finding.wanted.empty() ? "-" : printable(finding.wanted),
                       finding.accepted ? "until " + timeText(finding.accepted->until) + ": " + printable(finding.accepted->reason) : "-"});
    }
    for (const DriftFacts &facts : found.facts)
        read.push_back({{"instance", fleet.pathOf(facts.instanceId)}, {"at", timeJson(facts.at)}});
    context.print({{"findings", findings}, {"read", read}, {"unread", unread}});
    if (context.json())
        return unread.empty() ? exitOk : exitFailed;
    if (open > 0 || (all && accepted > 0))
        table.print();
    else if (found.facts.empty())
        printLine("Nothing was read yet; zandbctl drift check reads configurations.");
    else
        printLine("Nothing differs on " + std::to_string(found.facts.size()) + " instances.");
    if (accepted > 0 && !all)
        warnLine(std::to_string(accepted) + " accepted differences are not listed; --all lists them too.");
    return unread.empty() ? exitOk : exitFailed;
}

Result<int> checkDrift(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto instances = chosenInstances(*fleet, args.words());
    if (!instances)
        return fail(instances.error());
    Json unread = Json::array();
    context.pool().setHosts(remote::addressesOf(*fleet));
    config::checkDrift(context.settings().store, context.pool(), *fleet, *instances, [&](const Uuid &id, const std::optional<Error> &error) {
        if (!error)
            return;
        warnLine(fleet->pathOf(id) + ": " + errorLine(*error));
        unread.push_back({{"instance", fleet->pathOf(id)}, {"error", errorToJson(*error)}});
    });
    return show(context, *fleet, *instances, args.flag("all"), unread);
}

Result<int> listDrift(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto instances = chosenInstances(*fleet, args.words());
    if (!instances)
        return fail(instances.error());
    return show(context, *fleet, *instances, args.flag("all"), Json::array());
}

Result<int> acceptOne(Context &context, const Args &args)
{
    const auto lasts = args.duration("for");
    if (!lasts)
        return fail(lasts.error());
    if (args.option("reason").empty() || !*lasts || **lasts <= 0)
        return fail(usageError("say why and for how long: --reason TEXT --for 90d"));
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const InstanceRecord *record = fleet->instanceByPath(args.word(0));
    if (!record)
        return fail(errors::notFound, {{"what", "instance"}, {"name", args.word(0)}});
    Found found;
    if (auto done = find(context, *fleet, {record->instance.id}, found); !done)
        return fail(done.error());
    std::size_t count = 0;
    Json array = Json::array();
    for (const DriftFinding &finding : found.findings) {
        if (finding.subject != args.word(1) || finding.accepted || (args.has("code") && args.option("code") != finding.code))
            continue;
        DriftException exception;
        exception.id = Uuid::v7();
        exception.instanceId = finding.instanceId;
        exception.code = finding.code;
        exception.subject = finding.subject;
        exception.reason = args.option("reason");
        exception.until = fleet->readAt + std::chrono::seconds(**lasts);
        if (auto done = config::acceptDrift(context.session(), exception); !done)
            return fail(done.error());
        array.push_back({{"id", exception.id}, {"code", exception.code}, {"subject", exception.subject}, {"until", timeJson(exception.until)}});
        ++count;
    }
    if (count == 0)
        return fail(errors::notFound, {{"what", "difference"}, {"name", args.word(1)}});
    context.print(array);
    if (!context.json())
        printLine(std::to_string(count) + " accepted until " + timeText(fleet->readAt + std::chrono::seconds(**lasts)) + '.');
    return exitOk;
}

/// Only what was read last is known to differ; the agents look again, and refuse where another value stands by now.
Result<int> repairDrift(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto instances = chosenInstances(*fleet, args.words());
    if (!instances)
        return fail(instances.error());
    Found found;
    if (auto done = find(context, *fleet, *instances, found); !done)
        return fail(done.error());
    const std::vector<std::string> names = args.list("name");
    std::erase_if(found.findings, [&](const DriftFinding &finding) {
        return !names.empty() && std::ranges::none_of(names, [&](const std::string &name) { return rules::variableName(name) == finding.subject; });
    });
    std::vector<PlannedChange> all;
    for (auto &[instance, changes] : repairsOf({*fleet, found.facts, found.standard, found.exceptions, fleet->readAt}, found.findings)) {
        PlannedChange one;
        one.target.instance = instance;
        one.target.args.changes = std::move(changes);
        all.push_back(std::move(one));
    }
    if (all.empty()) {
        context.print(Json::array());
        if (!context.json())
            printLine(found.findings.empty() ? "Nothing differs." : "No change of a variable mends what differs; zandbctl drift list shows it.");
        return exitOk;
    }
    return changeConfigs(context, args, *fleet, std::move(all));
}

Result<Uuid> placeOf(const Fleet &fleet, const Args &args)
{
    if (args.has("group") + args.has("instance") + args.flag("all") != 1)
        return fail(usageError("say where: --all, --group GROUP or --instance HOST/INSTANCE"));
    if (args.flag("all"))
        return Uuid();
    if (args.has("group")) {
        const auto group = findGroup(fleet, args.option("group"));
        return group ? Result<Uuid>(group->id) : Result<Uuid>(fail(group.error()));
    }
    const InstanceRecord *record = fleet.instanceByPath(args.option("instance"));
    if (!record)
        return fail(errors::notFound, {{"what", "instance"}, {"name", args.option("instance")}});
    return record->instance.id;
}

Result<int> listStandard(Context &context, const Fleet &fleet)
{
    const auto rules = config::loadStandard(context.session());
    if (!rules)
        return fail(rules.error());
    Json array = Json::array();
    Table table({"WHERE", "VARIABLE", "VALUE", "WHO", "SINCE"});
    for (const StandardRule &rule : *rules) {
        const std::string where = rule.scope.isNull() ? "(the whole fleet)" : fleet.instance(rule.scope) ? fleet.pathOf(rule.scope) : groupPath(fleet, rule.scope);
        array.push_back({{"scope", rule.scope}, {"where", where}, {"name", rule.name}, {"value", rule.value ? Json(*rule.value) : Json()}, {"editor", rule.editor}, {"edited", timeJson(rule.editedAt)}});
        table.add({where, rule.name, rule.value ? printable(*rule.value) : "may differ", printable(rule.editor), timeText(rule.editedAt)});
    }
    context.print(array);
    if (!context.json() && !rules->empty())
        table.print();
    else if (!context.json())
        printLine("There is no standard yet; instances are compared with each other. zandbctl drift standard set sets one.");
    return exitOk;
}

/// What servers of the place say of a value; an error only where all who know the variable refuse it, or none knows it.
Result<void> askServers(Context &context, const Fleet &fleet, const std::vector<Uuid> &instances, const std::string &name, const std::string &wanted)
{
    constexpr std::size_t mostAsked = 5; // of each flavour and version one would do
    std::set<std::string> versions;
    std::optional<Error> refused;
    for (const Uuid &id : instances) {
        const InstanceRecord *record = fleet.instance(id);
        if (versions.size() >= mostAsked || !record || !record->detail || !versions.insert(record->detail->flavour + ' ' + record->detail->version).second)
            continue;
        const auto reached = reachInstance(context, fleet, id);
        wire::ConfigArgs args;
        args.trial = false;
        args.changes.push_back({});
        args.changes.front().name = name;
        args.changes.front().value = wanted;
        args.changes.front().where = "both";
        const auto seen = reached ? config::previewConfig(context.pool(), record->instance, args) : Result<wire::ConfigResult>(fail(reached.error()));
        if (seen)
            return {};
        if (seen.error().is(errors::configOutOfRange) || (seen.error().is(errors::configUnknownVariable) && !refused))
            refused = seen.error();
        else if (!seen.error().is(errors::configUnknownVariable))
            return {}; // it cannot be asked, or the variable is not changed from here: that says nothing of the value
    }
    return refused ? Result<void>(fail(*refused)) : Result<void>();
}

Result<int> standard(Context &context, const Args &args)
{
    const std::string verb = args.word(0);
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    if (verb == "list")
        return listStandard(context, *fleet);
    if (verb != "set" && verb != "may-differ" && verb != "remove")
        return fail(usageError("drift standard list, set, may-differ or remove"));
    const auto place = placeOf(*fleet, args);
    if (!place)
        return fail(place.error());
    if (args.words().size() < 2)
        return fail(usageError("name at least one variable"));
    std::vector<std::string> where;
    if (args.has("group") || args.has("instance"))
        where.push_back(args.option(args.has("group") ? "group" : "instance"));
    const auto instances = chosenInstances(*fleet, where);
    if (!instances)
        return fail(instances.error());
    for (std::size_t i = 1; i < args.words().size(); ++i) {
        const std::string word = args.word(i);
        const auto equals = word.find('=');
        if ((equals == word.npos) == (verb == "set"))
            return fail(usageError(verb == "set" ? "say NAME=VALUE" : "say NAME"));
        const std::string name = rules::variableName(word.substr(0, equals));
        if (const auto good = verb == "set" ? askServers(context, *fleet, *instances, name, word.substr(equals + 1)) : Result<void>(); !good)
            return fail(good.error());
        const auto done = verb == "remove" ? config::removeStandard(context.session(), *place, name)
                                           : config::setStandard(context.session(), *place, name, verb == "set" ? std::optional(word.substr(equals + 1)) : std::nullopt);
        if (!done)
            return fail(done.error());
    }
    return listStandard(context, *fleet);
}

} // namespace

std::vector<Verb> driftVerbs()
{
    return {
        {"drift", "check", "[TARGET...] [--all]", "read configurations now, and list what differs from files, standard and peers", {{}, {"all"}}, checkDrift, 0, 1000},
        {"drift", "list", "[TARGET...] [--all]", "what differed when configurations were read last; --all: accepted differences too", {{}, {"all"}}, listDrift, 0, 1000},
        {"drift", "accept", "HOST/INSTANCE SUBJECT --reason TEXT --for TIME [--code CODE]", "accept a difference for some time", {{"reason", "for", "code"}, {}}, acceptOne, 2, 2},
        {"drift", "repair", "[TARGET...] [--name NAME,...] " + std::string(configChangeUsage),
         "set what differs to the standard, to what stands on disk, or to what most peers have, with your key; shows first what it would do", configChangeSpec({"name"}, {}), repairDrift, 0, 1000},
        {"drift", "standard", "(list | set NAME=VALUE... WHERE | may-differ NAME... WHERE | remove NAME... WHERE)", "what variables should be: in the whole fleet, a group, an instance",
         {{"group", "instance"}, {"all"}}, standard, 1, 200},
    };
}

} // namespace zandb::cli
