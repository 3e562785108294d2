// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/alerts/alertrepository.h"
#include "app/cli/channels.h"
#include "app/workflow/memberrepository.h"
#include "models/alerts/alerttext.h"
#include "models/alerts/severity.h"

#include <algorithm>

namespace zandb::cli {
namespace {

constexpr int exitWarning = 1;
constexpr int exitCritical = 2;

/// For an outside monitor: what it cannot ask the store, it learns from the exit status.
Result<int> health(Context &context, const Args &args)
{
    store::Session &session = context.session();
    if (const auto fits = session.checkSchema(); !fits)
        return fail(fits.error());
    const auto members = workflow::loadMembers(session);
    if (!members)
        return fail(members.error());
    const auto open = alerts::list(session);
    if (!open)
        return fail(open.error());
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const auto alive = std::ranges::count_if(members->members, [&](const workflow::Member &member) { return members->alive(member.id); });
    // without a headless instance nobody schedules, and nobody says so either
    Severity worst = alive == 0 ? Severity::Critical : Severity::Info;
    Json array = Json::array();
    std::vector<std::string> lines;
    std::int64_t acknowledged = 0;
    for (const Alert &alert : *open) {
        const Severity severity = severityOf(alert.kind, alert.detail);
        const bool lookedAfter = !alert.ackedBy.empty() && !args.flag("all");
        acknowledged += lookedAfter;
        Json json = alertJson(alert);
        json["severity"] = toString(severity);
        array.push_back(std::move(json));
        if (lookedAfter)
            continue;
        worst = std::max(worst, severity);
        lines.push_back(std::string(toString(severity)) + ": " + alertTitle(alert, *fleet).toStdString());
    }
    const char *word = worst == Severity::Critical ? "critical" : worst == Severity::Warning ? "warning" : "ok";
    context.print(Json{{"state", word}, {"headless", alive}, {"acknowledged", acknowledged}, {"alerts", array}, {"at", timeJson(members->now)}});
    if (!context.json()) {
        printLine(std::string(word) + ": " + std::to_string(alive) + " headless, " + std::to_string(lines.size()) + " alerts"
                  + (acknowledged > 0 ? ", " + std::to_string(acknowledged) + " acknowledged" : ""));
        if (alive == 0)
            printLine("critical: no headless instance is alive; schedules do not run and nobody watches");
        for (const std::string &line : lines)
            printLine(line);
    }
    return worst == Severity::Critical ? exitCritical : worst == Severity::Warning ? exitWarning : exitOk;
}

} // namespace

Verb healthVerb()
{
    return {"health", "", "[--all]", "for a monitor: exit status 0 all is well, 1 warning, 2 critical (also: no headless instance), 3 the store does not answer; "
            "acknowledged alerts do not count but with --all", {{}, {"all"}}, health};
}

} // namespace zandb::cli
