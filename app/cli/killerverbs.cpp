// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/groups.h"
#include "app/cli/killed.h"
#include "app/killer/handover.h"
#include "app/killer/killedrepository.h"
#include "app/killer/policyrepository.h"

#include <algorithm>
#include <cstdio>

namespace zandb::cli {
namespace {

using namespace std::chrono_literals;

/// Lists of a policy and their options.
struct ListOption
{
    const char *name;
    std::vector<std::string> wire::KillPolicy::*list;
};
constexpr ListOption listOptions[] = {
    {"user", &wire::KillPolicy::users},
    {"client", &wire::KillPolicy::hosts},
    {"database", &wire::KillPolicy::databases},
    {"command", &wire::KillPolicy::commands},
    {"state", &wire::KillPolicy::states},
    {"digest", &wire::KillPolicy::digests},
    {"except-user", &wire::KillPolicy::exceptUsers},
    {"except-client", &wire::KillPolicy::exceptHosts},
    {"except-database", &wire::KillPolicy::exceptDatabases},
    {"except-state", &wire::KillPolicy::exceptStates},
    {"except-digest", &wire::KillPolicy::exceptDigests},
};

struct Place
{
    KillScope kind = KillScope::Fleet;
    Uuid id;
};

Result<Place> placeOf(const Fleet &fleet, const Args &args)
{
    if (args.has("group") + args.has("instance") + args.flag("all") != 1)
        return fail(usageError("say where: --all, --group GROUP or --instance HOST/INSTANCE"));
    if (args.flag("all"))
        return Place{};
    if (args.has("group")) {
        const auto group = findGroup(fleet, args.option("group"));
        if (!group)
            return fail(group.error());
        return Place{KillScope::Group, group->id};
    }
    const InstanceRecord *record = fleet.instanceByPath(args.option("instance"));
    if (!record)
        return fail(errors::notFound, {{"what", "instance"}, {"name", args.option("instance")}});
    return Place{KillScope::Instance, record->instance.id};
}

std::string placeText(const Fleet &fleet, KillScope kind, const Uuid &id)
{
    return kind == KillScope::Fleet ? "(the whole fleet)" : killScopePath(fleet, kind, id);
}

Json placeJson(const Fleet &fleet, KillScope kind, const Uuid &id)
{
    static constexpr const char *kinds[] = {"fleet", "group", "instance"};
    return {{"kind", kinds[static_cast<int>(kind)]}, {"path", killScopePath(fleet, kind, id)}, {"id", kind == KillScope::Fleet ? Json() : Json(id.toString())}};
}

/// The policy with what the options say.
Result<wire::KillPolicy> changed(wire::KillPolicy policy, const Args &args)
{
    if (args.has("longer-than")) {
        const auto seconds = args.duration("longer-than");
        if (!seconds)
            return fail(seconds.error());
        policy.longerThanSeconds = static_cast<double>(seconds->value_or(0));
    }
    if (args.has("action"))
        policy.action = args.option("action");
    const auto perMinute = args.number("max-per-minute", policy.maxPerMinute, 1, 600);
    const auto rows = args.number("max-modified-rows", policy.maxModifiedRows, 0, 1'000'000'000);
    if (!perMinute || !rows)
        return fail(perMinute ? rows.error() : perMinute.error());
    policy.maxPerMinute = *perMinute;
    policy.maxModifiedRows = *rows;
    for (const auto &[name, list] : listOptions) {
        if (!args.has(name))
            continue;
        policy.*list = args.list(name);
        std::erase(policy.*list, std::string()); // --user= : all users again
    }
    if (args.flag("kill") && args.flag("dry-run"))
        return fail(usageError("either --kill or --dry-run"));
    if (args.flag("kill") || args.flag("dry-run"))
        policy.dryRun = !args.flag("kill");
    const auto problem = wire::problemOf(policy);
    if (problem == "longer_than")
        return fail(usageError("--longer-than is a time of at least one second, like 60s or 10m"));
    if (problem == "action")
        return fail(usageError("--action is query or connection"));
    if (problem == "digest")
        return fail(usageError("a digest is the checksum of a fingerprint: 32 hexadecimal digits"));
    if (problem == "command")
        return fail(usageError("--command is Query, Execute, Prepare or Fetch"));
    if (!problem.empty())
        return fail(usageError("this is no valid policy: " + std::string(problem)));
    return policy;
}

std::string filtersText(const wire::KillPolicy &policy)
{
    std::string text;
    for (const auto &[name, list] : listOptions) {
        std::string values;
        for (const std::string &one : policy.*list)
            values += (values.empty() ? "" : ",") + one;
        if (!values.empty())
            text += (text.empty() ? "" : " ") + std::string(name) + "=" + values;
    }
    return text.empty() ? "everything" : text;
}

std::vector<remote::HostAddress> addressesOf(const Fleet &fleet, const std::vector<Uuid> &instances, std::vector<Uuid> &hosts)
{
    std::vector<remote::HostAddress> addresses;
    for (const Uuid &id : instances) {
        const InstanceRecord *record = fleet.instance(id);
        const Host *host = record ? fleet.host(record->instance.hostId) : nullptr;
        if (!host || std::ranges::find(hosts, host->id) != hosts.end())
            continue;
        hosts.push_back(host->id);
        addresses.push_back(remote::addressOf(*host));
    }
    return addresses;
}

/// Tells the agents with the person's key, and what came of it.
Result<int> handOverTo(Context &context, const Fleet &fleet, const std::vector<Uuid> &instances, Json head)
{
    std::vector<Uuid> hosts;
    context.pool().setHosts(addressesOf(fleet, instances, hosts));
    const auto told = killer::handOver(context.session(), context.pool(), fleet, instances);
    if (!told)
        return fail(told.error());
    Json array = Json::array();
    Table table({"INSTANCE", "REVISION", "AGENT"}, {1});
    bool all = true;
    for (const auto &[id, revision, state] : *told) {
        all = all && state;
        array.push_back({{"instance", fleet.pathOf(id)}, {"revision", std::to_string(revision)}, {"told", state.has_value()},
                         {"error", state ? Json() : errorToJson(state.error())}});
        table.add({fleet.pathOf(id), std::to_string(revision), state ? "told" : errorLine(state.error())});
    }
    head["agents"] = array;
    context.print(head);
    if (!context.json() && !told->empty())
        table.print();
    if (!all)
        warnLine("Agents that were not told kill nothing new: the headless instance brings them the policies as a dry run. Tell them again with "
                 "zandbctl killer policy apply.");
    return all ? exitOk : exitFailed;
}

Result<int> listPolicies(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    const auto rows = killer::loadPolicies(context.session());
    if (!fleet || !rows)
        return fail(fleet ? rows.error() : fleet.error());
    if (!args.has("instance")) {
        Json array = Json::array();
        Table table({"WHERE", "POLICY", "DOES", "LONGER THAN", "A MINUTE", "MEANS", "REVISION", "BY", "SINCE"}, {4, 6});
        for (const KillPolicyRow &row : *rows) {
            array.push_back({{"scope", placeJson(*fleet, row.kind, row.scope)}, {"name", row.name}, {"policy", row.policy ? Json(*row.policy) : Json()},
                             {"revision", row.revision}, {"editor", row.editor}, {"edited", timeJson(row.editedAt)}});
            const auto &p = row.policy;
            table.add({placeText(*fleet, row.kind, row.scope), row.name, !p ? "does not hold here" : p->dryRun ? "dry run" : "kills the " + p->action,
                       p ? spanText(std::chrono::seconds(static_cast<std::int64_t>(p->longerThanSeconds))) : "-", p ? std::to_string(p->maxPerMinute) : "-",
                       p ? filtersText(*p) : "-", std::to_string(row.revision), row.editor, timeText(row.editedAt)});
        }
        context.print(array);
        if (!context.json())
            table.print();
        return exitOk;
    }
    // what holds for one instance, and what its agent says to it
    const InstanceRecord *record = fleet->instanceByPath(args.option("instance"));
    if (!record)
        return fail(errors::notFound, {{"what", "instance"}, {"name", args.option("instance")}});
    std::vector<Uuid> hosts;
    context.pool().setHosts(addressesOf(*fleet, {record->instance.id}, hosts));
    const auto states = killer::askStates(context.pool(), hosts);
    const auto &asked = states.at(record->instance.hostId);
    std::optional<wire::KillerState> state;
    for (const auto &one : asked ? *asked : std::vector<wire::KillerState>{}) {
        if (one.instance == record->instance.name)
            state = one;
    }
    Json array = Json::array();
    Table table({"POLICY", "FROM", "LONGER THAN", "MEANS", "ON THE AGENT"});
    for (const auto &holds : killPoliciesOf(*fleet, *rows, record->instance.id)) {
        std::string agent = asked ? "not told" : "unknown";
        for (const auto &held : state ? state->policies : std::vector<wire::HeldPolicy>{}) {
            if (Json(held.policy) == Json(holds.policy))
                agent = held.dryRunWhy.empty() ? "kills" : held.dryRunWhy == "policy" ? "dry run" : "dry run: " + held.dryRunWhy;
        }
        array.push_back({{"policy", holds.policy}, {"from", placeJson(*fleet, holds.kind, holds.from)}, {"agent", agent}});
        table.add({holds.policy.name, placeText(*fleet, holds.kind, holds.from),
                   spanText(std::chrono::seconds(static_cast<std::int64_t>(holds.policy.longerThanSeconds))), filtersText(holds.policy), agent});
    }
    context.print(Json{{"instance", args.option("instance")}, {"policies", array}, {"state", state ? Json(*state) : Json()},
                       {"error", asked ? Json() : errorToJson(asked.error())}});
    if (!context.json()) {
        table.print();
        if (state && !state->error.is_null())
            printLine(errorLine(errorFromJson(state->error)));
        if (!asked)
            warnLine(errorLine(asked.error()));
    }
    return asked ? exitOk : exitFailed;
}

Result<int> setPolicy(Context &context, const Args &args, const std::string &name)
{
    const auto fleet = context.fleet();
    const auto rows = fleet ? killer::loadPolicies(context.session()) : Result<std::vector<KillPolicyRow>>(fail(fleet.error()));
    if (!rows)
        return fail(rows.error());
    const auto place = placeOf(*fleet, args);
    if (!place)
        return fail(place.error());
    const auto before = std::ranges::find_if(*rows, [&](const KillPolicyRow &row) { return row.scope == place->id && row.name == name; });
    const bool isThere = before != rows->end();
    std::optional<wire::KillPolicy> policy;
    if (!args.flag("none")) {
        wire::KillPolicy begin = isThere && before->policy ? *before->policy : wire::KillPolicy();
        begin.name = name;
        const auto made = changed(std::move(begin), args);
        if (!made)
            return fail(made.error());
        policy = *made;
    }
    if (const auto set = killer::setPolicy(context.session(), place->kind, place->id, name, policy, isThere ? before->revision : 0); !set)
        return fail(set.error());
    if (!context.json())
        printLine(!policy ? name + " does not hold in " + placeText(*fleet, place->kind, place->id) + "."
                          : name + (policy->dryRun ? " notes" : " kills") + " what runs longer than "
                      + spanText(std::chrono::seconds(static_cast<std::int64_t>(policy->longerThanSeconds))) + " in " + placeText(*fleet, place->kind, place->id) + ": "
                      + filtersText(*policy) + ".");
    return handOverTo(context, *fleet, instancesBelow(*fleet, place->kind, place->id),
                      {{"name", name}, {"scope", placeJson(*fleet, place->kind, place->id)}, {"policy", policy ? Json(*policy) : Json()}});
}

Result<int> removePolicy(Context &context, const Args &args, const std::string &name)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto place = placeOf(*fleet, args);
    if (!place)
        return fail(place.error());
    if (const auto removed = killer::removePolicy(context.session(), place->id, name); !removed)
        return fail(removed.error());
    if (!context.json())
        printLine("Removed policy " + name + " of " + placeText(*fleet, place->kind, place->id) + ".");
    return handOverTo(context, *fleet, instancesBelow(*fleet, place->kind, place->id), {{"removed", name}, {"scope", placeJson(*fleet, place->kind, place->id)}});
}

Result<int> policyVerb(Context &context, const Args &args)
{
    const std::string what = args.word(0), name = args.word(1);
    if ((what == "set" || what == "remove") && name.empty())
        return fail(usageError("give the policy's name"));
    if (what == "list" && name.empty())
        return listPolicies(context, args);
    if (what == "set")
        return setPolicy(context, args, name);
    if (what == "remove")
        return removePolicy(context, args, name);
    if (what == "apply" && name.empty()) {
        const auto fleet = context.fleet();
        const auto place = fleet ? placeOf(*fleet, args) : Result<Place>(fail(fleet.error()));
        if (!place)
            return fail(place.error());
        return handOverTo(context, *fleet, instancesBelow(*fleet, place->kind, place->id), {{"scope", placeJson(*fleet, place->kind, place->id)}});
    }
    return fail(usageError("it is killer policy list, set NAME, remove NAME or apply"));
}

Result<int> preview(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    const auto rows = fleet ? killer::loadPolicies(context.session()) : Result<std::vector<KillPolicyRow>>(fail(fleet.error()));
    if (!rows)
        return fail(rows.error());
    const auto place = placeOf(*fleet, args);
    const auto last = args.duration("last");
    const auto limit = args.number("limit", 20, 1, 10'000);
    if (!place || !last || !limit)
        return fail(!place ? place.error() : !last ? last.error() : limit.error());
    wire::KillPolicy begin;
    begin.name = args.word(0).empty() ? "preview" : args.word(0);
    bool known = false;
    for (const KillPolicyRow &row : *rows) {
        if (row.scope == place->id && row.name == begin.name && row.policy) {
            begin = *row.policy;
            known = true;
        }
    }
    if (!known && !args.has("longer-than"))
        return fail(args.word(0).empty() ? usageError("--longer-than is missing") : makeError(errors::notFound, {{"what", "policy"}, {"name", args.word(0)}}));
    const auto policy = changed(std::move(begin), args);
    if (!policy)
        return fail(policy.error());
    killer::KilledFilter filter;
    filter.instances = instancesBelow(*fleet, place->kind, place->id);
    const std::chrono::seconds length{last->value_or(86'400)};
    filter.to = fleet->readAt + 1s;
    filter.from = fleet->readAt - length;
    const auto found = killer::previewPolicy(context.session(), *policy, filter, static_cast<std::size_t>(*limit));
    if (!found)
        return fail(found.error());
    Json array = Json::array();
    for (const Killed &killed : found->statements)
        array.push_back(killedJson(killed, *fleet));
    context.print(Json{{"policy", *policy}, {"scope", placeJson(*fleet, place->kind, place->id)}, {"from", timeJson(filter.from)}, {"to", timeJson(filter.to)},
                       {"matching", found->matching}, {"looked", found->looked}, {"statements", array}});
    if (!context.json()) {
        printLine("In the last " + spanText(length) + " this would have killed " + std::to_string(found->matching) + " of " + std::to_string(found->looked)
                  + " statements that policies noted.");
        if (!found->statements.empty())
            printKilled(found->statements, *fleet);
    }
    return exitOk;
}

} // namespace

std::vector<Verb> killerVerbs()
{
    Args::Spec policy{{"group", "instance", "longer-than", "action", "max-per-minute", "max-modified-rows"}, {"all", "kill", "dry-run", "none"}};
    for (const auto &[name, list] : listOptions)
        policy.options.insert(name);
    Args::Spec previewed = policy;
    previewed.options.insert({"last", "limit"});
    return {
        {"killer", "policy", "(list [--instance HOST/INSTANCE] | set NAME WHERE [--longer-than TIME] [--user U,...] [--kill] ... | remove NAME WHERE | apply WHERE)",
         "which statements are ended when they run too long; WHERE is --all, --group GROUP or --instance HOST/INSTANCE", policy, policyVerb, 1, 2},
        {"killer", "preview", "[NAME] WHERE [--longer-than TIME] [--user U,...] [--last 1d] [--limit N]",
         "what a policy would have killed, of what was noted", previewed, preview, 0, 1},
    };
}

} // namespace zandb::cli
