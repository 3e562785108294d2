// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/alerts/alertrepository.h"
#include "app/cli/channels.h"
#include "app/cli/command.h"
#include "models/alerts/alerttext.h"

#include <algorithm>

namespace zandb::cli {
namespace {

Result<int> listAlerts(Context &context, const Args &args)
{
    const auto alerts = alerts::list(context.session(), args.flag("cleared"));
    if (!alerts)
        return fail(alerts.error());
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    Json array = Json::array();
    Table table({"SINCE", "KIND", "ABOUT", "ALERT", "TIMES", "ACKNOWLEDGED", "CLEARED", "ID"}, {4});
    for (const Alert &alert : *alerts) {
        array.push_back(alertJson(alert));
        table.add({timeText(alert.raisedAt), alert.kind, alertSubject(alert, *fleet).toStdString(), alertTitle(alert, *fleet).toStdString(),
                   std::to_string(alert.count),
                   alert.ackedBy.empty() ? "-" : alert.ackedBy + " " + timeText(alert.ackedAt), timeText(alert.clearedAt), alert.id.toString()});
    }
    context.print(array);
    if (!context.json())
        table.print();
    return exitOk;
}

/// The id, its beginning, or the kind, as long as only one alert that holds is meant.
Result<Alert> findAlert(Context &context, const std::string &word)
{
    const auto alerts = alerts::list(context.session());
    if (!alerts)
        return fail(alerts.error());
    std::vector<Alert> found;
    std::ranges::copy_if(*alerts, std::back_inserter(found),
                         [&](const Alert &alert) { return alert.kind == word || (word.size() >= 4 && alert.id.toString().starts_with(word)); });
    if (found.size() > 1)
        return fail(usageError(std::to_string(found.size()) + " alerts are called " + printable(word) + "; give the id, see zandbctl alert list"));
    if (found.empty())
        return fail(errors::notFound, {{"what", "alert"}, {"name", word}});
    return found.front();
}

Result<int> acknowledge(Context &context, const Args &args)
{
    const auto alert = findAlert(context, args.word(0));
    if (!alert)
        return fail(alert.error());
    if (const auto done = alerts::acknowledge(context.session(), alert->id, context.settings().person); !done)
        return fail(done.error());
    const auto after = findAlert(context, alert->id.toString());
    if (!after)
        return fail(after.error());
    context.print(alertJson(*after));
    if (!context.json())
        printLine("Alert " + after->kind + " is acknowledged by " + after->ackedBy + ". It stays until what it tells of has ended.");
    return exitOk;
}

} // namespace

std::vector<Verb> alertVerbs()
{
    return {
        {"alert", "list", "[--cleared]", "alerts that hold; with --cleared those of the past too", {{}, {"cleared"}}, listAlerts},
        {"alert", "ack", "(ID | KIND)", "say that you look after an alert", {}, acknowledge, 1, 1},
        alertRuleVerb(),
    };
}

} // namespace zandb::cli
