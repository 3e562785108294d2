// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/checks/checkrepository.h"
#include "app/cli/command.h"
#include "app/cli/execution.h"
#include "app/cli/targets.h"
#include "app/workflow/newrun.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace zandb::cli {
namespace {

std::string percentText(std::int64_t ppm)
{
    // cut and not rounded: 100 % means that nothing is left
    char text[32];
    std::snprintf(text, sizeof text, "%lld.%02lld", static_cast<long long>(ppm / 10'000), static_cast<long long>(ppm % 10'000 / 100));
    return text;
}

std::string daysText(const KeyRecord &key)
{
    if (!key.daysLeft)
        return key.perDay ? "-" : "?"; // it does not grow; nobody knows yet
    return std::to_string(static_cast<std::int64_t>(std::min(*key.daysLeft, 1e9)));
}

std::string nameOf(const wire::KeyUsage &usage)
{
    return printable(usage.schema + '.' + usage.table + (usage.column.empty() ? "" : '.' + usage.column));
}

Json keyJson(const KeyRecord &key, const Fleet &fleet)
{
    const wire::KeyUsage &u = key.usage;
    return {{"instance", fleet.pathOf(key.instance)}, {"schema", u.schema}, {"table", u.table}, {"column", u.column}, {"type", u.type}, {"kind", u.kind},
            {"references", u.references.empty() ? Json() : Json(u.references)}, {"used", u.used}, {"limit", u.limit}, {"used_ppm", u.ppm},
            {"per_day", key.perDay ? Json(*key.perDay) : Json()}, {"days_left", key.daysLeft ? Json(*key.daysLeft) : Json()},
            {"table_rows", u.rows ? Json(*u.rows) : Json()}, {"table_bytes", u.bytes ? Json(*u.bytes) : Json()}, {"read", timeJson(u.at)}};
}

Json passJson(const CheckPass &pass, const Fleet &fleet)
{
    const wire::KeyCheckResult &r = pass.result;
    Json unchecked = Json::array();
    for (const wire::UncheckedTable &one : r.unchecked)
        unchecked.push_back({{"schema", one.schema}, {"table", one.table}, {"why", one.why}});
    return {{"instance", fleet.pathOf(pass.instance)}, {"at", timeJson(pass.at)}, {"tables", r.tables}, {"keys", r.keys}, {"read", r.read}, {"listed", r.usageCount},
            {"findings", r.findingCount}, {"unchecked", unchecked}, {"unchecked_count", r.uncheckedCount}, {"not_permitted", r.notPermitted}, {"took_ms", r.tookMs}};
}

/// Who was not looked at, and what of the others was not seen: silence must not look like health.
void warnOfGaps(const std::vector<Uuid> &instances, const std::vector<CheckPass> &passes, const Fleet &fleet)
{
    std::string never;
    for (const Uuid &instance : instances) {
        if (std::ranges::find(passes, instance, &CheckPass::instance) == passes.end())
            never += (never.empty() ? "" : ", ") + fleet.pathOf(instance);
    }
    if (!never.empty())
        warnLine("Never checked: " + never + ". Check with \"zandbctl check run HOST/INSTANCE\", or every day with a task of kind keycheck.");
    for (const CheckPass &pass : passes) {
        if (pass.result.uncheckedCount == 0)
            continue;
        std::string names;
        for (std::size_t i = 0; i < std::min<std::size_t>(pass.result.unchecked.size(), 5); ++i) {
            const auto &one = pass.result.unchecked[i];
            names += (names.empty() ? "" : ", ") + printable(one.schema + '.' + one.table + " (" + one.why + ')');
        }
        warnLine(fleet.pathOf(pass.instance) + ": " + std::to_string(pass.result.uncheckedCount) + " tables not checked: " + names
                 + (pass.result.uncheckedCount > 5 ? ", ..." : ""));
    }
}

Result<int> listKeys(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    const auto instances = fleet ? chosenInstances(*fleet, args.words()) : Result<std::vector<Uuid>>(fail(fleet.error()));
    const auto above = args.number("above", 0, 0, 100);
    const auto days = args.number("days", 0, 0, 36'500);
    const auto limit = args.number("limit", 1000, 1, 100'000);
    if (!instances)
        return fail(instances.error());
    for (const auto *number : {&above, &days, &limit}) {
        if (!*number)
            return fail(number->error());
    }
    checks::KeyFilter filter;
    if (!args.words().empty())
        filter.instances = *instances;
    filter.leastPpm = args.has("days") && !args.has("above") ? 1'000'000 : *above * 10'000;
    if (args.has("days"))
        filter.mostDaysLeft = static_cast<double>(*days);
    auto keys = checks::listKeys(context.session(), filter, static_cast<std::size_t>(*limit) + 1);
    const auto passes = checks::listPasses(context.session(), filter.instances);
    if (!keys || !passes)
        return fail(keys ? passes.error() : keys.error());
    if (keys->size() > static_cast<std::size_t>(*limit)) {
        keys->resize(static_cast<std::size_t>(*limit));
        warnLine("Only the fullest " + std::to_string(*limit) + " keys are listed; --limit N lists more.");
    }
    Json array = Json::array(), checked = Json::array();
    Table table({"USED %", "DAYS LEFT", "INSTANCE", "KEY", "TYPE", "KIND", "USED", "OF", "TABLE SIZE", "READ"}, {0, 1, 6, 7, 8});
    for (const KeyRecord &key : *keys) {
        array.push_back(keyJson(key, *fleet));
        table.add({percentText(key.usage.ppm), daysText(key), fleet->pathOf(key.instance), nameOf(key.usage), printable(key.usage.type), printable(key.usage.kind), key.usage.used,
                   key.usage.limit, key.usage.bytes ? sizeText(*key.usage.bytes) : "-", timeText(key.usage.at)});
    }
    for (const CheckPass &pass : *passes)
        checked.push_back(passJson(pass, *fleet));
    context.print(Json{{"keys", array}, {"passes", checked}});
    if (!context.json())
        table.print();
    warnOfGaps(*instances, *passes, *fleet);
    return exitOk;
}

Result<int> listFindings(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    const auto instances = fleet ? chosenInstances(*fleet, args.words()) : Result<std::vector<Uuid>>(fail(fleet.error()));
    const auto limit = args.number("limit", 1000, 1, 100'000);
    if (!instances || !limit)
        return fail(instances ? limit.error() : instances.error());
    const std::string kind = args.option("kind");
    const std::vector<std::string> kinds{"no_primary_key", "other_engine", "duplicate_index", "unused_index", "mixed_charsets", "no_password"};
    if (!kind.empty() && std::ranges::find(kinds, kind) == kinds.end()) {
        std::string names;
        for (const std::string &one : kinds)
            names += (names.empty() ? "" : ", ") + one;
        return fail(usageError("--kind is one of " + names));
    }
    const auto chosen = args.words().empty() ? std::nullopt : std::optional(*instances);
    auto findings = checks::listFindings(context.session(), chosen, kind, static_cast<std::size_t>(*limit) + 1);
    const auto passes = checks::listPasses(context.session(), chosen);
    if (!findings || !passes)
        return fail(findings ? passes.error() : findings.error());
    if (findings->size() > static_cast<std::size_t>(*limit)) {
        findings->resize(static_cast<std::size_t>(*limit));
        warnLine("Only the first " + std::to_string(*limit) + " findings are listed; --limit N lists more.");
    }
    Json array = Json::array();
    Table table({"INSTANCE", "KIND", "OBJECT", "NAME", "DETAIL", "SINCE"});
    for (const CheckFindingRecord &one : *findings) {
        const wire::CheckFinding &f = one.finding;
        array.push_back({{"instance", fleet->pathOf(one.instance)}, {"kind", f.kind}, {"schema", f.schema}, {"table", f.table}, {"name", f.name}, {"detail", f.detail},
                         {"first_seen", timeJson(one.firstAt)}, {"seen", timeJson(one.seenAt)}});
        table.add({fleet->pathOf(one.instance), printable(f.kind), printable(f.schema + (f.table.empty() ? "" : '.' + f.table)), printable(f.name), printable(dumpJson(f.detail)),
                   timeText(one.firstAt)});
    }
    context.print(array);
    if (!context.json())
        table.print();
    warnOfGaps(*instances, *passes, *fleet);
    return exitOk;
}

Result<int> runCheck(Context &context, const Args &args)
{
    const auto instance = findInstance(context, args.word(0));
    if (!instance)
        return fail(instance.error());
    workflow::ByHand wish;
    wish.kind = "keycheck";
    wish.hostId = instance->hostId;
    wish.targetId = instance->id;
    wish.args = {{"instance", instance->name}, {"full", args.flag("full")}};
    wish.author = context.settings().person;
    const auto begun = beginRun(context, workflow::makeRun(wish));
    if (!begun)
        return fail(begun.error());
    const auto ended = followBegun(context, *begun);
    if (!ended)
        return fail(ended.error());
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    if (ended->run.state != RunState::Succeeded) {
        context.print(runDetailJson(*ended, *fleet, {}));
        const auto &attempts = ended->attempts;
        if (!attempts.empty() && attempts.back().error)
            return fail(*attempts.back().error);
        return exitFailed;
    }
    const auto passes = checks::listPasses(context.session(), std::vector{instance->id});
    if (!passes)
        return fail(passes.error());
    for (const CheckPass &pass : *passes) {
        context.print(passJson(pass, *fleet));
        if (!context.json()) {
            const wire::KeyCheckResult &r = pass.result;
            printLine(std::to_string(r.keys) + " keys of " + std::to_string(r.tables) + " tables, " + std::to_string(r.usageCount) + " of them worth listing, "
                      + std::to_string(r.findingCount) + " findings; see \"zandbctl check keys\" and \"zandbctl check list\".");
        }
    }
    warnOfGaps({instance->id}, *passes, *fleet);
    return exitOk;
}

} // namespace

std::vector<Verb> checkVerbs()
{
    return {
        {"check", "keys", "[GROUP|HOST|HOST/INSTANCE ...] [--above PERCENT] [--days N] [--limit N]", "how full integer keys are and how long they last, the fullest first",
         {{"above", "days", "limit"}, {}}, listKeys, 0, 100},
        {"check", "list", "[GROUP|HOST|HOST/INSTANCE ...] [--kind KIND] [--limit N]",
         "tables without a primary key or not of InnoDB, needless indexes, mixed character sets, accounts without a password", {{"kind", "limit"}, {}}, listFindings, 0, 100},
        {"check", "run", "HOST/INSTANCE [--full]", "check an instance now, and wait for it; --full reads every key, not only those whose turn it is", {{}, {"full"}}, runCheck, 1, 1},
    };
}

} // namespace zandb::cli
