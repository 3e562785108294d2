// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/killed.h"

#include "app/cli/command.h"
#include "app/cli/groups.h"
#include "app/cli/slowitems.h"
#include "app/killer/killedbyothers.h"
#include "app/killer/killedrepository.h"
#include "app/slowlog/slowrepository.h"
#include "models/fleet/scope.h"

#include <cstdio>

namespace zandb::cli {

using namespace std::chrono_literals;

namespace {

std::string secondsText(double seconds)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.1f s", seconds);
    return text;
}

std::string shortText(const std::string &text, std::size_t most)
{
    const std::string clean = printable(text);
    return clean.size() <= most ? clean : clean.substr(0, most) + "...";
}

/// What the options --last, --instance, --group, --digest, --policy and --outcome say.
Result<killer::KilledFilter> filterOf(const Fleet &fleet, const Args &args)
{
    killer::KilledFilter filter;
    const auto last = args.duration("last");
    if (!last)
        return fail(last.error());
    const std::chrono::seconds length{last->value_or(86'400)};
    if (length < 1s || length > std::chrono::days{400})
        return fail(usageError("--last is a time of at most 400d"));
    filter.to = fleet.readAt + 1s;
    filter.from = fleet.readAt - length;
    if (args.has("instance") && args.has("group"))
        return fail(usageError("either --instance or --group"));
    if (args.has("instance")) {
        const InstanceRecord *record = fleet.instanceByPath(args.option("instance"));
        if (!record)
            return fail(errors::notFound, {{"what", "instance"}, {"name", args.option("instance")}});
        filter.instances = std::vector{record->instance.id};
    }
    if (args.has("group")) {
        const auto group = findGroup(fleet, args.option("group"));
        if (!group)
            return fail(group.error());
        const auto contents = contentsOf(fleet, {Scope::Kind::Group, group->id});
        filter.instances = std::vector<Uuid>(contents.instances.begin(), contents.instances.end());
    }
    filter.checksum = args.option("digest");
    filter.policy = args.option("policy");
    filter.outcome = args.option("outcome");
    return filter;
}

Result<int> listKilled(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    const auto filter = fleet ? filterOf(*fleet, args) : Result<killer::KilledFilter>(fail(fleet.error()));
    const auto limit = args.number("limit", 100, 1, 100'000);
    if (!filter || !limit)
        return fail(filter ? limit.error() : filter.error());
    auto killed = killer::listKilled(context.session(), *filter, static_cast<std::size_t>(*limit) + 1);
    if (!killed)
        return fail(killed.error());
    cutTo(*killed, static_cast<std::size_t>(*limit), "statements");
    Json array = Json::array();
    for (const Killed &one : *killed)
        array.push_back(killedJson(one, *fleet));
    context.print(array);
    if (!context.json())
        printKilled(*killed, *fleet);
    return exitOk;
}

Result<int> topKilled(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    const auto filter = fleet ? filterOf(*fleet, args) : Result<killer::KilledFilter>(fail(fleet.error()));
    const auto limit = args.number("limit", 20, 1, 10'000);
    if (!filter || !limit)
        return fail(filter ? limit.error() : filter.error());
    const auto digests = killer::topKilled(context.session(), *filter, static_cast<std::size_t>(*limit));
    if (!digests)
        return fail(digests.error());
    // the same digests in the slow logs of these instances
    slowlog::Asked asked = slowlog::askFor(*fleet, {}, filter->from, filter->to);
    if (filter->instances) {
        asked.instances = *filter->instances;
        asked.subjects = *filter->instances;
        asked.whole = false;
    }
    const auto top = digests->empty() ? Result<SlowTop>(SlowTop{}) : slowlog::loadTop(context.session(), asked);
    if (!top)
        return fail(top.error());
    const auto slow = totalsByDigest(*top);
    Json array = Json::array();
    Table table({"KILLED", "DRY RUN", "OTHERS", "LONGEST", "SLOW CALLS", "SLOW TIME", "INSTANCES", "USERS", "LAST", "DIGEST", "STATEMENT"}, {0, 1, 2, 3, 4, 5, 6, 7});
    for (const KilledDigest &d : *digests) {
        const auto seen = slow.find(d.checksum);
        const bool isSlow = seen != slow.end();
        array.push_back({{"digest", d.checksum}, {"statement", d.statement}, {"killed", d.killed}, {"dry_run", d.dryRuns}, {"others", d.others}, {"seconds", d.seconds},
                         {"longest_s", d.longest}, {"instances", d.instances}, {"users", d.users}, {"first", timeJson(d.first)}, {"last", timeJson(d.last)},
                         {"slow", isSlow ? totalsJson(seen->second) : Json()}});
        table.add({std::to_string(d.killed), std::to_string(d.dryRuns), std::to_string(d.others), secondsText(d.longest), isSlow ? std::to_string(seen->second.events) : "-",
                   isSlow ? secondsText(static_cast<double>(seen->second.timeUs) / 1e6) : "-", std::to_string(d.instances),
                   std::to_string(d.users), timeText(d.last), printable(d.checksum), shortText(d.statement, 100)});
    }
    context.print(array);
    if (!context.json())
        table.print();
    return exitOk;
}

Result<int> series(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    const auto filter = fleet ? filterOf(*fleet, args) : Result<killer::KilledFilter>(fail(fleet.error()));
    const auto count = args.number("steps", 24, 1, 2'000);
    if (!filter || !count)
        return fail(filter ? count.error() : filter.error());
    const auto step = std::max(1s, std::chrono::ceil<std::chrono::seconds>(filter->to - filter->from) / *count);
    auto steps = killer::killedOverTime(context.session(), *filter, step);
    if (!steps)
        return fail(steps.error());
    // servers do not count by digest or policy
    KillCounters counters;
    if (filter->checksum.empty() && filter->policy.empty() && filter->outcome.empty()) {
        std::vector<Uuid> instances = filter->instances.value_or(std::vector<Uuid>{});
        for (const InstanceRecord &record : fleet->instances) {
            if (!filter->instances && record.state != "gone")
                instances.push_back(record.instance.id);
        }
        const auto counted = killer::addByOthers(context.session(), instances, *steps, step);
        if (!counted)
            return fail(counted.error());
        counters = *counted;
    }
    Json array = Json::array();
    Table table({"FROM", "KILLED", "DRY RUN", "OTHERS", "BY OTHERS", "TIMED OUT"}, {1, 2, 3, 4, 5});
    const auto text = [](const std::optional<std::int64_t> &number) { return number ? std::to_string(*number) : std::string("-"); };
    const auto json = [](const std::optional<std::int64_t> &number) { return number ? Json(*number) : Json(); };
    for (const KilledStep &one : *steps) {
        array.push_back({{"from", timeJson(one.begin)}, {"killed", one.killed}, {"dry_run", one.dryRuns}, {"others", one.others}, {"by_others", json(one.byOthers)}, {"timed_out", json(one.timedOut)}});
        table.add({timeText(one.begin), std::to_string(one.killed), std::to_string(one.dryRuns), std::to_string(one.others), text(one.byOthers), text(one.timedOut)});
    }
    context.print(Json{{"step_s", step.count()}, {"steps", array}, {"instances", counters.instances}, {"tell_killed", counters.tellKilled}, {"tell_timed_out", counters.tellTimedOut}});
    if (context.json())
        return exitOk;
    table.print();
    if (counters.tellKilled < counters.instances || counters.tellTimedOut < counters.instances)
        warnLine("By others: not told by " + std::to_string(counters.instances - counters.tellKilled) + " of " + std::to_string(counters.instances) + " servers; timed out: not told by "
                 + std::to_string(counters.instances - counters.tellTimedOut) + ". They are counted from samples, which a headless instance collects"
                 + (counters.instances > static_cast<std::int64_t>(killer::mostCounted) ? ", of at most " + std::to_string(killer::mostCounted) + " instances at once." : "."));
    return exitOk;
}

} // namespace

Json killedJson(const Killed &killed, const Fleet &fleet)
{
    const wire::KillRecord &r = killed.record;
    return {{"id", r.id.toString()}, {"instance", fleet.pathOf(killed.instance)}, {"at", timeJson(r.at)}, {"policy", r.policy}, {"revision", std::to_string(r.revision)},
            {"action", r.action}, {"outcome", r.outcome}, {"detail", r.detail}, {"digest", r.checksum}, {"statement", r.statement}, {"user", r.user},
            {"client", r.host}, {"database", r.schema}, {"command", r.command}, {"state", r.state}, {"connection", r.connection}, {"started", timeJson(r.startedAt)},
            {"seconds", r.seconds}, {"rows_examined", r.rowsExamined ? Json(*r.rowsExamined) : Json()}, {"rows_sent", r.rowsSent ? Json(*r.rowsSent) : Json()},
            {"rows_modified", r.rowsModified ? Json(*r.rowsModified) : Json()}};
}

void printKilled(const std::vector<Killed> &killed, const Fleet &fleet)
{
    Table table({"AT", "INSTANCE", "OUTCOME", "POLICY", "RAN", "USER", "CLIENT", "DATABASE", "DIGEST", "STATEMENT"}, {4});
    for (const Killed &one : killed) {
        const wire::KillRecord &r = one.record;
        table.add({timeText(r.at), fleet.pathOf(one.instance), r.detail.empty() ? r.outcome : r.outcome + " (" + printable(r.detail) + ")", printable(r.policy),
                   secondsText(r.seconds), printable(r.user), printable(r.host), printable(r.schema), printable(r.checksum), shortText(r.statement, 80)});
    }
    table.print();
}

std::vector<Verb> killedVerbs()
{
    const Args::Spec spec{{"last", "instance", "group", "digest", "policy", "outcome", "limit"}, {}};
    Args::Spec steps = spec;
    steps.options.erase("limit");
    steps.options.insert("steps");
    const std::string filters = "[--last 1d] [--instance HOST/INSTANCE | --group GROUP] [--digest D] [--policy NAME] [--outcome killed|dry_run|other]";
    return {
        {"killed", "list", filters + " [--limit N]", "statements that were killed or would have been, newest first", spec, listKilled},
        {"killed", "top", filters + " [--limit N]", "their digests, killed most often first", spec, topKilled},
        {"killed", "series", filters + " [--steps N]", "how many over time", steps, series},
    };
}

} // namespace zandb::cli
