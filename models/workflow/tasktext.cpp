// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/workflow/tasktext.h"

#include "models/common/format.h"
#include "models/common/text.h"
#include "models/fleet/scope.h"
#include "models/schedule/schedule.h"
#include "models/workflow/runtext.h"

#include <QCoreApplication>
#include <QLocale>

#include <array>

namespace zandb {
namespace {

struct TaskText
{
    Q_DECLARE_TR_FUNCTIONS(TaskText)
};

QString dayText(const Json &day)
{
    static constexpr std::array<std::string_view, 7> names{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    if (const auto number = integerIn(day, 1, 31))
        return QString::number(*number);
    const std::string word = day.is_string() ? day.get<std::string>() : std::string();
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (word == names[i])
            return QLocale().dayName(static_cast<int>(i) + 1, QLocale::ShortFormat);
    }
    return word == "last" ? TaskText::tr("the last day") : qs(word);
}

QString joined(const Json &value, QString (*text)(const Json &))
{
    QStringList parts;
    for (const Json &one : value.is_array() ? value : Json::array({value}))
        parts << text(one);
    return parts.join(TaskText::tr(", "));
}

/// In the largest unit that leaves nothing over.
QString spanText(std::int64_t seconds)
{
    if (seconds % 86'400 == 0)
        return TaskText::tr("%n day(s)", nullptr, static_cast<int>(seconds / 86'400));
    if (seconds % 3600 == 0)
        return TaskText::tr("%n hour(s)", nullptr, static_cast<int>(seconds / 3600));
    if (seconds % 60 == 0)
        return TaskText::tr("%n minute(s)", nullptr, static_cast<int>(seconds / 60));
    return durationText(std::chrono::seconds{seconds});
}

QString plain(const Json &value)
{
    return value.is_string() ? qs(value.get<std::string>()) : qs(dumpJson(value));
}

QString joinedNames(const std::vector<std::string> &names)
{
    QStringList parts;
    for (const std::string &name : names)
        parts << qs(name);
    return parts.join(TaskText::tr(", "));
}

} // namespace

QString scheduleText(const Json &stored)
{
    const auto schedule = Schedule::fromJson(stored);
    if (!schedule)
        return TaskText::tr("cannot be read");
    const Json json = schedule->toJson();
    const std::string every = json["every"].get<std::string>();
    if (every == "interval")
        return TaskText::tr("every %1").arg(spanText(integerIn(json["seconds"], 1, std::int64_t{1} << 40).value_or(0)));
    const QString at = joined(json["at"], plain);
    const QString on = json.contains("on") ? joined(json["on"], dayText) : QString();
    QString text = every == "day" ? TaskText::tr("daily at %1").arg(at)
        : every == "once"         ? TaskText::tr("once, at %1").arg(QString(at).replace(QLatin1Char('T'), QLatin1Char(' ')))
        : every == "week"         ? TaskText::tr("%1 at %2").arg(on, at)
                                  : TaskText::tr("monthly on %1 at %2").arg(on, at);
    const std::string zone = json["zone"].get<std::string>();
    if (zone != systemZone())
        text += QStringLiteral(" (%1)").arg(qs(zone));
    return text;
}

QString selectorText(const Selector &selector, const Fleet &fleet)
{
    QStringList where;
    for (const Uuid &id : selector.groups)
        where << groupPath(fleet, id);
    for (const Uuid &id : selector.hosts)
        where << (fleet.host(id) ? qs(fleet.host(id)->name) : qs(id.toString()));
    for (const Uuid &id : selector.instances)
        where << qs(fleet.pathOf(id));
    QStringList parts{selector.all || (where.isEmpty() && selector.hasConditions()) ? TaskText::tr("whole fleet") : where.join(TaskText::tr(", "))};
    if (!selector.role.empty())
        parts << (selector.role == "primary" ? TaskText::tr("primaries") : selector.role == "replica" ? TaskText::tr("replicas") : TaskText::tr("replicas with the least lag"));
    for (const std::string &flavour : selector.flavours)
        parts << (flavour == "mysql" ? QStringLiteral("MySQL") : flavour == "mariadb" ? QStringLiteral("MariaDB") : qs(flavour));
    if (!selector.labels.empty())
        parts << TaskText::tr("labelled %1").arg(joinedNames(selector.labels));
    if (!selector.names.empty())
        parts << TaskText::tr("named %1").arg(joinedNames(selector.names));
    if (selector.core)
        parts << (*selector.core ? TaskText::tr("core") : TaskText::tr("not core"));
    if (!selector.except.empty()) {
        QStringList except;
        for (const Uuid &id : selector.except)
            except << qs(fleet.pathOf(id));
        parts << TaskText::tr("but not %1").arg(except.join(TaskText::tr(", ")));
    }
    return parts.join(TaskText::tr("; "));
}

QString missText(const std::string &reason)
{
    if (reason == "not_named")
        return TaskText::tr("not named");
    if (reason == "except")
        return TaskText::tr("left out by name");
    if (reason == "label")
        return TaskText::tr("lacks a label");
    if (reason == "flavour")
        return TaskText::tr("other server");
    if (reason == "role")
        return TaskText::tr("other role");
    if (reason == "name")
        return TaskText::tr("other name");
    if (reason == "core")
        return TaskText::tr("by the core mark");
    return TaskText::tr("another of its replication set is read");
}

QString taskFieldText(const std::string &field)
{
    static constexpr std::array<std::pair<std::string_view, const char *>, 26> words{{
        {"name", QT_TRANSLATE_NOOP("TaskText", "Name")},
        {"enabled", QT_TRANSLATE_NOOP("TaskText", "Runs")},
        {"schedule", QT_TRANSLATE_NOOP("TaskText", "Schedule")},
        {"schedule/every", QT_TRANSLATE_NOOP("TaskText", "Every")},
        {"schedule/at", QT_TRANSLATE_NOOP("TaskText", "At")},
        {"schedule/on", QT_TRANSLATE_NOOP("TaskText", "On")},
        {"schedule/zone", QT_TRANSLATE_NOOP("TaskText", "Time zone")},
        {"schedule/seconds", QT_TRANSLATE_NOOP("TaskText", "Seconds between")},
        {"selector/all", QT_TRANSLATE_NOOP("TaskText", "Whole fleet")},
        {"selector/groups", QT_TRANSLATE_NOOP("TaskText", "Groups")},
        {"selector/hosts", QT_TRANSLATE_NOOP("TaskText", "Hosts")},
        {"selector/instances", QT_TRANSLATE_NOOP("TaskText", "Instances")},
        {"selector/except", QT_TRANSLATE_NOOP("TaskText", "But not")},
        {"selector/labels", QT_TRANSLATE_NOOP("TaskText", "Labels")},
        {"selector/role", QT_TRANSLATE_NOOP("TaskText", "Role")},
        {"policies/keep", QT_TRANSLATE_NOOP("TaskText", "Backups to keep")},
        {"policies/catchUp", QT_TRANSLATE_NOOP("TaskText", "Made up for")},
        {"policies/overlap", QT_TRANSLATE_NOOP("TaskText", "While it still runs")},
        {"policies/windowFrom", QT_TRANSLATE_NOOP("TaskText", "Window from")},
        {"policies/windowTo", QT_TRANSLATE_NOOP("TaskText", "Window until")},
        {"policies/maxRetries", QT_TRANSLATE_NOOP("TaskText", "Retries")},
        {"policies/perHost", QT_TRANSLATE_NOOP("TaskText", "At once on a host")},
        {"policies/perTask", QT_TRANSLATE_NOOP("TaskText", "At once of the task")},
        {"policies/perRepository", QT_TRANSLATE_NOOP("TaskText", "At once in a repository")},
        {"args/method", QT_TRANSLATE_NOOP("TaskText", "Method")},
        {"args/repository", QT_TRANSLATE_NOOP("TaskText", "Repository")},
    }};
    for (const auto &[word, shown] : words) {
        if (word == field)
            return TaskText::tr(shown);
    }
    return qs(field);
}

QString taskValueText(const Json &value, const Fleet &fleet)
{
    if (value.is_null())
        return QStringLiteral("\u2013");
    if (value.is_boolean())
        return value.get<bool>() ? TaskText::tr("yes") : TaskText::tr("no");
    if (value.is_array()) {
        QStringList parts;
        for (const Json &one : value)
            parts << taskValueText(one, fleet);
        return parts.isEmpty() ? QStringLiteral("\u2013") : parts.join(TaskText::tr(", "));
    }
    if (value.is_string()) {
        const std::string text = value.get<std::string>();
        if (const auto id = Uuid::parse(text)) {
            if (fleet.instance(*id))
                return qs(fleet.pathOf(*id));
            if (const Host *host = fleet.host(*id))
                return qs(host->name);
            if (const QString group = groupPath(fleet, *id); !group.isEmpty())
                return group;
        }
        return text.empty() ? QStringLiteral("\u2013") : qs(text);
    }
    return qs(dumpJson(value));
}

QString lastRunsText(const LastRuns &last)
{
    QStringList parts;
    for (const auto &[state, count] : last.runs)
        parts << QStringLiteral("%1 %2").arg(count).arg(lookText(lookOf(state)));
    if (!parts.isEmpty())
        return parts.join(TaskText::tr(", "));
    return last.state.empty() ? QString() : lookText(lastRunsLook(last));
}

Look lastRunsLook(const LastRuns &last)
{
    for (const RunState state : {RunState::Failed, RunState::Unknown, RunState::Running, RunState::Pending, RunState::Cancelled, RunState::Missed}) {
        if (last.runs.contains(state))
            return lookOf(state);
    }
    if (last.runs.contains(RunState::Succeeded))
        return Look::Ok;
    return last.state == "missed" ? Look::Missed : last.state == "skipped" || last.runs.contains(RunState::Skipped) ? Look::Skipped : Look::Unknown;
}

} // namespace zandb
