// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/alerts/alertrepository.h"
#include "app/cli/command.h"
#include "app/workflow/memberrepository.h"
#include "app/workflow/runrepository.h"
#include "models/workflow/board.h"

#include <algorithm>

namespace zandb::cli {
namespace {

Result<int> overview(Context &context, const Args &)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    auto &session = context.session();
    const auto zoneRow = session.query("SELECT board_zone FROM store_info WHERE id = 1");
    if (!zoneRow)
        return fail(zoneRow.error());
    const std::string zone = zoneRow->empty() ? "UTC" : zoneRow->front().text(0);
    const TimePoint now = fleet->readAt;
    const BoardDay day = boardDayOf(now, zone);
    workflow::RunFilter filter;
    filter.from = day.from;
    filter.until = day.until;
    filter.limit = 1'000'000;
    auto runs = workflow::listRuns(session, filter);
    if (!runs)
        return fail(runs.error());
    // the filter brings older open runs too; a board day counts its own
    std::erase_if(*runs, [&](const Run &run) { return run.occurrence < day.from || run.occurrence >= day.until || run.occurrence > now; });
    const auto medians = workflow::medianDurations(session, *runs);
    if (!medians)
        return fail(medians.error());
    const auto occurrences = workflow::listOccurrences(session, day.from, day.until);
    if (!occurrences)
        return fail(occurrences.error());
    int missed = 0;
    int skipped = 0;
    for (const auto &occurrence : *occurrences) {
        if (occurrence.state == "missed")
            missed += workflow::missedWithin(occurrence, day.from, day.until) * occurrence.targets;
        else if (occurrence.state == "skipped") // never a series, so always of this day
            skipped += occurrence.targets;
    }
    const BoardCounts counts = countBoard(*runs, now, *medians, missed, skipped);
    const auto members = workflow::loadMembers(session);
    if (!members)
        return fail(members.error());
    const auto alive = std::count_if(members->members.begin(), members->members.end(), [&](const auto &m) { return members->alive(m.id); });
    const auto present = std::count_if(fleet->instances.begin(), fleet->instances.end(), [](const auto &r) { return r.state != "gone"; });
    const auto up = std::count_if(fleet->instances.begin(), fleet->instances.end(), [](const auto &r) { return r.state == "up"; });
    const auto hostsOk = std::count_if(fleet->hosts.begin(), fleet->hosts.end(), [&](const Host &h) {
        const auto state = fleet->hostStates.find(h.id);
        return state != fleet->hostStates.end() && state->second.state == "ok";
    });
    const auto alerts = alerts::list(session);
    if (!alerts)
        return fail(alerts.error());
    Json alertsJson = Json::array();
    for (const alerts::Alert &alert : *alerts)
        alertsJson.push_back(Json{{"kind", alert.kind}, {"subject", alert.subject}, {"since", timeJson(alert.raisedAt)}, {"detail", alert.detail}});
    context.print(Json{{"total", counts.total},
                       {"done", counts.done},
                       {"running", counts.running},
                       {"failed", counts.failed},
                       {"late", counts.late},
                       {"unknown", counts.unknown},
                       {"skipped", counts.skipped},
                       {"cancelled", counts.cancelled},
                       {"missed", counts.missed},
                       {"pending", counts.pending},
                       {"instances", present},
                       {"instances_up", up},
                       {"hosts", fleet->hosts.size()},
                       {"hosts_ok", hostsOk},
                       {"headless", alive},
                       {"alerts", std::move(alertsJson)},
                       {"day_from", timeJson(day.from)},
                       {"day_until", timeJson(day.until)},
                       {"zone", zone},
                       {"now", timeJson(now)}});
    if (context.json())
        return exitOk;
    printLine("Board day " + timeText(day.from) + " to " + timeText(day.until) + " (" + zone + ")");
    Table table({"TOTAL", "DONE", "RUNNING", "FAILED", "LATE", "UNKNOWN", "SKIPPED", "CANCELLED", "MISSED", "PENDING"},
                {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    std::vector<std::string> row;
    for (const int n : {counts.total, counts.done, counts.running, counts.failed, counts.late, counts.unknown, counts.skipped, counts.cancelled,
                        counts.missed, counts.pending})
        row.push_back(std::to_string(n));
    table.add(std::move(row));
    table.print();
    printLine(std::to_string(up) + " of " + std::to_string(present) + " instances up, " + std::to_string(hostsOk) + " of "
              + std::to_string(fleet->hosts.size()) + " hosts answer, " + std::to_string(alive) + " headless alive");
    for (const alerts::Alert &alert : *alerts)
        warnLine("Alert " + alert.kind + " (" + alert.subject + ") since " + timeText(alert.raisedAt));
    if (alive == 0)
        warnLine("No headless instance is alive: no schedule runs. Start one with \"zandbctl serve\".");
    return exitOk;
}

} // namespace

std::vector<Verb> overviewVerbs()
{
    return {{"overview", "", "", "today's board: what ran, failed, is late", {}, overview}};
}

} // namespace zandb::cli
