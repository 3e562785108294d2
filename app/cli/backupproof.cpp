// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/backupproof.h"

#include "app/backups/backuprepository.h"
#include "models/fleet/groupsettings.h"

#include <algorithm>
#include <cstdio>

namespace zandb::cli {
namespace {

constexpr int proofsShown = 10;

double secondsOf(const Backup &backup)
{
    return std::chrono::duration<double>(backup.restoreDuration.value_or(Microseconds{0})).count();
}

double medianOf(std::vector<double> values)
{
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// The median of the newer half against that of the older one; none with fewer than four.
std::optional<double> trendOf(const std::vector<Backup> &proofs)
{
    std::vector<double> newer, older;
    for (std::size_t i = 0; i < proofs.size(); ++i) {
        if (proofs[i].restoreDuration)
            (i < proofs.size() / 2 ? newer : older).push_back(secondsOf(proofs[i]));
    }
    if (newer.size() < 2 || older.size() < 2 || medianOf(older) <= 0)
        return std::nullopt;
    return medianOf(newer) / medianOf(older) - 1;
}

std::string trendText(const std::optional<double> &trend)
{
    char text[32] = "-";
    if (trend)
        std::snprintf(text, sizeof text, "%+.0f %%", *trend * 100);
    return text;
}

Result<int> showProof(Context &context, const Args &args)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto provable = backups::provableBackups(context.session());
    if (!provable)
        return fail(provable.error());
    const auto proved = backups::provedBackups(context.session(), proofsShown);
    if (!proved)
        return fail(proved.error());
    const TimePoint now = fleet->readAt;
    auto records = fleet->instances;
    std::ranges::sort(records, {}, [&](const InstanceRecord &record) { return fleet->pathOf(record.instance.id); });
    Json array = Json::array();
    Table table({"INSTANCE", "CORE", "NEWEST", "ITS LEVEL", "LAST PROVED", "RESTORE TOOK", "TREND"}, {5, 6});
    for (const InstanceRecord &record : records) {
        const Uuid &id = record.instance.id;
        const std::string path = fleet->pathOf(id);
        if (record.state == "gone" || (!args.word(0).empty() && args.word(0) != path))
            continue;
        const auto newest = provable->find(id);
        const auto history = proved->find(id);
        const std::vector<Backup> proofs = history == proved->end() ? std::vector<Backup>() : history->second;
        const auto trend = trendOf(proofs);
        Json evidence = Json::array();
        for (const Backup &one : proofs)
            evidence.push_back({{"backup", one.id.toString()}, {"made", timeJson(one.endedAt)}, {"proved", timeJson(one.verifiedAt)}, {"level", one.level},
                                {"restore_s", one.restoreDuration ? Json(secondsOf(one)) : Json()}, {"bytes", one.bytes}, {"finding", errorsJson(one.finding)}});
        array.push_back({{"instance", path}, {"instance_id", id.toString()}, {"core", isCore(*fleet, id)},
                         {"newest", newest == provable->end() ? Json() : Json(newest->second.backup.id.toString())},
                         {"newest_level", newest == provable->end() ? Json() : Json(newest->second.backup.level)},
                         {"last_proved", timeJson(proofs.empty() ? std::nullopt : proofs.front().verifiedAt)},
                         {"restore_s", proofs.empty() || !proofs.front().restoreDuration ? Json() : Json(secondsOf(proofs.front()))},
                         {"restore_trend", trend ? Json(*trend) : Json()}, {"proofs", evidence}});
        table.add({path, isCore(*fleet, id) ? "yes" : "no", newest == provable->end() ? "none" : timeText(newest->second.backup.endedAt),
                   newest == provable->end() ? "-" : std::to_string(newest->second.backup.level),
                   proofs.empty() ? "never" : agoText(proofs.front().verifiedAt.value_or(now), now),
                   proofs.empty() || !proofs.front().restoreDuration ? "-" : spanText(std::chrono::duration_cast<std::chrono::seconds>(*proofs.front().restoreDuration)),
                   trendText(trend)});
    }
    context.print(array);
    if (!context.json())
        table.print();
    return exitOk;
}

} // namespace

Verb backupProofVerb()
{
    return {"backup", "proof", "[HOST/INSTANCE]", "what was proved by restoring it, how long that took and where it is going; level 2: a server was started on it and all tables were checked",
            {}, showProof, 0, 1};
}

Result<void> readProofArgs(const Args &args, const Fleet &fleet, Task &task)
{
    if (!args.has("within") && !args.has("proof-host"))
        return {};
    if (task.kind != "verify")
        return fail(usageError("--within and --proof-host go with --kind verify"));
    const auto within = args.duration("within");
    if (!within)
        return fail(within.error());
    if (*within) {
        const std::int64_t days = **within / 86400;
        if (days < 1 || days > 3650)
            return fail(usageError("--within is a number of days, like 7d"));
        task.args["withinDays"] = days;
    }
    if (args.has("proof-host")) {
        task.args["on"] = Json::array();
        for (const std::string &name : args.list("proof-host")) {
            const Host *host = fleet.hostByName(name);
            if (!host && !name.empty()) // --proof-host= : where each backup lies, again
                return fail(errors::notFound, {{"what", "host"}, {"name", name}});
            if (host)
                task.args["on"].push_back(host->id);
        }
    }
    return {};
}

} // namespace zandb::cli
