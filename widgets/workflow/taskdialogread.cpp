// SPDX-License-Identifier: GPL-3.0-or-later
// What the task dialog's fields say.
#include "models/schedule/schedule.h"
#include "widgets/workflow/taskdialog.h"
#include "widgets/workflow/taskfields.h"

#include <QCheckBox>
#include <QSpinBox>
#include <QToolButton>
#include <QTreeWidget>
#include <QTreeWidgetItemIterator>

namespace zandb {

using namespace taskfields;

bool TaskDialog::takes(const std::string &kind, const char *field) const
{
    const auto found = m_question.fields.find(kind);
    return found != m_question.fields.end() && found->second.contains(field);
}

Result<Json> TaskDialog::schedule() const
{
    const std::string every = chosen(m_every);
    const QStringList at = wordsOf(m_at);
    Json json{{"every", every}};
    if (every == "interval") {
        json["seconds"] = static_cast<std::int64_t>(m_number->value()) * m_length->currentData().toInt();
        const Json &before = m_question.task.schedule;
        json["anchor"] = before.is_object() && before.contains("anchor") ? before["anchor"]
                                                                         : Json(toIso(std::chrono::floor<std::chrono::minutes>(m_question.fleet.readAt)));
    } else {
        if (at.isEmpty())
            return fail(wrong(tr("Say at what time.")));
        json["zone"] = m_zone->currentText().trimmed().toStdString();
        if (every == "once") {
            if (at.size() > 1)
                return fail(wrong(tr("Once is one date and time.")));
            json["at"] = QString(at.front()).replace(QLatin1Char(' '), QLatin1Char('T')).toStdString();
        } else if (at.size() == 1) {
            json["at"] = at.front().toStdString();
        } else {
            json["at"] = Json::array();
            for (const QString &one : at)
                json["at"].push_back(one.toStdString());
        }
        if (every == "week" || every == "month")
            json["on"] = Json::array();
        for (int day = 0; every == "week" && day < m_day.size(); ++day) {
            if (m_day[day]->isChecked())
                json["on"].push_back(dayWords[static_cast<std::size_t>(day)]);
        }
        for (const QString &day : every == "month" ? wordsOf(m_monthDays) : QStringList()) {
            bool number = false;
            const int value = day.toInt(&number);
            json["on"].push_back(number ? Json(value) : Json(day.toStdString()));
        }
        if (json.contains("on") && json["on"].empty())
            return fail(wrong(tr("Choose at least one day.")));
    }
    const auto read = Schedule::fromJson(json);
    return read ? Result<Json>(json) : fail(read.error());
}

Result<Selector> TaskDialog::selector() const
{
    Selector selector;
    for (QTreeWidgetItemIterator it(m_tree, QTreeWidgetItemIterator::Checked); *it; ++it) {
        const QString kind = (*it)->data(0, kindRole).toString();
        const Uuid id = (*it)->data(0, idRole).value<Uuid>();
        if (kind == QLatin1String("all"))
            selector.all = true;
        else
            (kind == QLatin1String("group") ? selector.groups : kind == QLatin1String("host") ? selector.hosts : selector.instances).push_back(id);
    }
    for (const QString &path : wordsOf(m_except)) {
        const InstanceRecord *record = m_question.fleet.instanceByPath(path.toStdString());
        if (!record)
            return fail(wrong(tr("There is no instance %1.").arg(path)));
        selector.except.push_back(record->instance.id);
    }
    selector.labels = stringsOf(m_labels);
    selector.names = stringsOf(m_names);
    // two flavours, as zandbctl may say, stay while nobody chooses another
    if (m_flavour->currentIndex() > 0)
        selector.flavours = {chosen(m_flavour)};
    else if (m_question.task.selector.flavours.size() > 1)
        selector.flavours = m_question.task.selector.flavours;
    selector.role = chosen(m_role);
    if (m_core->currentIndex() > 0)
        selector.core = m_core->currentIndex() == 1;
    if (!selector.all && selector.groups.empty() && selector.hosts.empty() && selector.instances.empty() && !selector.hasConditions())
        return fail(wrong(tr("Say under “For what” which instances it is for.")));
    return selector;
}

Result<Task> TaskDialog::task() const
{
    Task task = m_question.task;
    task.unreadable.reset();
    task.name = m_name->text().trimmed().toStdString();
    if (task.name.empty())
        return fail(wrong(tr("The name is missing.")));
    task.kind = chosen(m_kind);
    task.enabled = m_enabled->isChecked();
    auto when = schedule();
    if (!when)
        return fail(when.error());
    task.schedule = std::move(*when);
    auto whom = selector();
    if (!whom)
        return fail(whom.error());
    task.selector = std::move(*whom);
    Policies &p = task.policies;
    p.windowFrom = m_windowFrom->text().trimmed().toStdString();
    p.windowTo = m_windowTo->text().trimmed().toStdString();
    if (p.windowFrom.empty() != p.windowTo.empty())
        return fail(wrong(tr("A window has two ends.")));
    p.windowZone = p.windowFrom.empty() ? std::string() : m_zone->currentText().trimmed().toStdString();
    p.catchUp = chosen(m_catchUp);
    p.overlap = chosen(m_overlap);
    p.atWindowEnd = chosen(m_windowEnd);
    // seconds that are no whole minutes stay while nobody chooses another time
    if (m_deadline->value() != p.startDeadlineSeconds.value_or(0) / 60)
        p.startDeadlineSeconds = m_deadline->value() == 0 ? std::nullopt : std::optional<std::int64_t>(m_deadline->value() * 60);
    p.maxRetries = m_retries->value();
    p.perTask = m_perTask->value();
    p.perHost = m_perHost->value();
    p.perRepository = m_perRepository->value();
    const bool each = std::ranges::find(m_question.eachInstance, task.kind) != m_question.eachInstance.end();
    p.source = each ? "as_named" : chosen(m_source);
    if (!task.args.is_object())
        task.args = Json::object();
    if (takes(task.kind, "keep"))
        p.keep = m_keep->value();
    // what was not said stays unsaid while it is the default
    if (const std::string method = chosen(m_method); takes(task.kind, "method") && (method != "auto" || task.args.contains("method")))
        task.args["method"] = method;
    if (const std::string name = m_repository->currentText().trimmed().toStdString();
        takes(task.kind, "repository") && (name != "local" || task.args.contains("repository")))
        task.args["repository"] = name;
    if (takes(task.kind, "within"))
        task.args["withinDays"] = m_within->value();
    if (takes(task.kind, "script")) {
        const QString name = m_script->text().trimmed();
        if (name.isEmpty())
            return fail(wrong(tr("A task of this kind needs the name of a script.")));
        auto values = valuesOf(m_values);
        if (!values)
            return fail(values.error());
        task.args["script"] = name.toStdString();
        task.args["parameters"] = std::move(*values);
        task.args["each"] = chosen(m_each);
    }
    return task;
}

} // namespace zandb
