// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/channels.h"

#include "app/alerts/channelrepository.h"
#include "app/cli/groups.h"
#include "models/schedule/zonetable.h"

#include <algorithm>

namespace zandb::cli {
namespace {

std::string joined(const std::vector<std::string> &names)
{
    std::string all;
    for (const std::string &name : names)
        all += (all.empty() ? "" : ", ") + name;
    return all;
}

struct Names
{
    std::vector<std::string> groups;
    std::vector<std::string> channels;
};

Names namesOf(const AlertRule &rule, const Fleet &fleet, const std::vector<Channel> &channels)
{
    Names names;
    for (const Uuid &id : rule.groups)
        names.groups.push_back(groupPath(fleet, id).empty() ? id.toString() : groupPath(fleet, id));
    for (const Uuid &id : rule.channels) {
        const auto found = std::ranges::find(channels, id, &Channel::id);
        names.channels.push_back(found == channels.end() ? id.toString() : found->name);
    }
    return names;
}

Result<int> list(Context &context)
{
    const auto rules = alerts::loadRules(context.session());
    const auto channels = rules ? alerts::loadChannels(context.session()) : fail(rules.error());
    const auto fleet = channels ? context.fleet() : fail(channels.error());
    if (!fleet)
        return fail(fleet.error());
    Json array = Json::array();
    Table table({"RULE", "FROM", "MODULES", "GROUPS", "CHANNELS", "QUIET", "RECOVERY", "BY"});
    for (const AlertRule &rule : *rules) {
        const Names names = namesOf(rule, *fleet, *channels);
        array.push_back({{"name", rule.name}, {"severity", rule.severity}, {"modules", rule.modules}, {"groups", names.groups}, {"channels", names.channels},
                         {"quiet_from", rule.quietFrom}, {"quiet_to", rule.quietTo}, {"quiet_zone", rule.quietZone}, {"quiet_except", rule.quietExcept},
                         {"recovery", rule.recovery}, {"revision", rule.revision}, {"editor", rule.editor}});
        table.add({rule.name, rule.severity, rule.modules.empty() ? "all" : joined(rule.modules), names.groups.empty() ? "all" : joined(names.groups),
                   names.channels.empty() ? "all" : joined(names.channels),
                   rule.quietFrom.empty() ? "-" : rule.quietFrom + '-' + rule.quietTo + ' ' + rule.quietZone + " but " + rule.quietExcept, rule.recovery ? "yes" : "no",
                   rule.editor});
    }
    context.print(array);
    if (!context.json() && rules->empty())
        printLine("There is no rule: every channel is told each alert that is at least a warning.");
    else if (!context.json())
        table.print();
    return exitOk;
}

Result<int> set(Context &context, const Args &args)
{
    const auto rules = alerts::loadRules(context.session());
    const auto channels = rules ? alerts::loadChannels(context.session()) : fail(rules.error());
    const auto fleet = channels ? context.fleet() : fail(channels.error());
    if (!fleet)
        return fail(fleet.error());
    AlertRule rule;
    rule.name = args.word(1);
    if (const auto before = std::ranges::find(*rules, rule.name, &AlertRule::name); before != rules->end())
        rule = *before;
    rule.severity = args.option("severity", rule.severity);
    rule.quietExcept = args.option("quiet-except", rule.quietExcept);
    if (args.has("module"))
        rule.modules = args.list("module");
    std::erase(rule.modules, std::string()); // --module= : all again
    if (args.has("group")) {
        rule.groups.clear();
        for (const std::string &path : args.list("group")) {
            const auto group = path.empty() ? Result<Group>(Group()) : findGroup(*fleet, path);
            if (!group)
                return fail(group.error());
            if (!path.empty())
                rule.groups.push_back(group->id);
        }
    }
    if (args.has("channel")) {
        rule.channels.clear();
        for (const std::string &name : args.list("channel")) {
            const auto found = std::ranges::find(*channels, name, &Channel::name);
            if (found == channels->end() && !name.empty())
                return fail(errors::notFound, {{"what", "channel"}, {"name", name}});
            if (!name.empty())
                rule.channels.push_back(found->id);
        }
    }
    if (args.has("quiet")) {
        const std::string quiet = args.option("quiet");
        const auto hyphen = quiet.find('-');
        if (!quiet.empty() && hyphen == quiet.npos)
            return fail(usageError("--quiet is FROM-TO, like 22:00-07:00; --quiet= for none"));
        rule.quietFrom = quiet.substr(0, hyphen);
        rule.quietTo = quiet.empty() ? "" : quiet.substr(hyphen + 1);
        if (rule.quietZone.empty())
            rule.quietZone = systemZone();
    }
    rule.quietZone = args.option("zone", rule.quietZone);
    if (args.flag("recovery") && args.flag("no-recovery"))
        return fail(usageError("either --recovery or --no-recovery"));
    if (args.flag("recovery") || args.flag("no-recovery"))
        rule.recovery = args.flag("recovery");
    if (const auto problem = problemOf(rule))
        return fail(usageError(*problem));
    if (auto done = alerts::setRule(context.session(), rule); !done)
        return fail(done.error());
    return list(context);
}

Result<int> remove(Context &context, const std::string &name)
{
    if (auto done = alerts::removeRule(context.session(), name); !done)
        return fail(done.error());
    context.print(Json{{"removed", name}});
    if (!context.json())
        printLine("Rule " + name + " is removed.");
    return exitOk;
}

Result<int> rule(Context &context, const Args &args)
{
    const std::string act = args.word(0);
    if (act == "list" && args.words().size() == 1)
        return list(context);
    if (act == "set" && args.words().size() == 2)
        return set(context, args);
    if (act == "remove" && args.words().size() == 2)
        return remove(context, args.word(1));
    return fail(usageError("zandbctl alert rule (list | set NAME | remove NAME)"));
}

} // namespace

Verb alertRuleVerb()
{
    return {"alert", "rule",
            "(list | set NAME [--severity info|warning|critical] [--module M,...] [--group G,...] [--channel C,...] [--quiet 22:00-07:00 [--zone Z] [--quiet-except S]] "
            "[--recovery | --no-recovery] | remove NAME)",
            "which alerts go to which channels; a channel that no rule names gets every warning and worse",
            {{"severity", "module", "group", "channel", "quiet", "zone", "quiet-except"}, {"recovery", "no-recovery"}}, rule, 1, 2};
}

} // namespace zandb::cli
