// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/taskscontroller.h"

#include "app/backups/kinds.h"
#include "app/headless/programkinds.h"
#include "app/scripts/kinds.h"
#include "app/schedule/calendar.h"
#include "app/schedule/decide.h"
#include "app/schedule/targets.h"
#include "app/workflow/runrepository.h"
#include "app/workflow/taskservice.h"
#include "models/common/errortext.h"
#include "models/common/text.h"
#include "models/fleet/scope.h"
#include "widgets/workflow/taskhistorydialog.h"

#include <algorithm>
#include <set>

namespace zandb::console {
namespace {

const QLatin1String page("tasks");
constexpr int calendarHours = 24;
constexpr int shownDues = 10;
constexpr int shownRevisions = 100;

} // namespace

TasksController::TasksController(const Settings &settings, const Ui &ui, store::Executor &executor, ConsoleState &state, StoreWatch &watch, QWidget *window, QObject *parent)
    : ListController(executor, state, watch, parent), m_settings(settings), m_ui(ui), m_window(window),
      m_list(this, [this] { return question(); }, [this](Facts facts) { show(std::move(facts)); }), m_preview(this), m_runs(this), m_history(this)
{
    wantOn({QStringLiteral("task"), QStringLiteral("run")}, {&m_list});
    connect(&state, &ConsoleState::locationChanged, this, [this](const Location &before) {
        m_list.setActive(shows(page));
        if (before.scope != m_state.location().scope) {
            Q_EMIT asked();
            m_list.restart();
        } else if (before.page != m_state.location().page && shows(page)) {
            m_list.want(); // the hour may have changed
        }
    });
    const auto again = [this] {
        m_list.setActive(shows(page));
        m_list.want();
    };
    connect(&state, &ConsoleState::fleetChanged, this, again);
    connect(&state, &ConsoleState::languageChanged, this, [this, again] {
        m_table.refreshTexts();
        again();
    });
}

Result<TasksController::Facts> TasksController::read(store::Session &session, const Question &question)
{
    const auto tasks = workflow::loadTasks(session);
    if (!tasks)
        return fail(tasks.error());
    const auto now = session.now();
    if (!now)
        return fail(now.error());
    const auto last = workflow::lastRuns(session, *now);
    if (!last)
        return fail(last.error());
    const Fleet &fleet = *question.fleet;
    const ScopeContents contents = contentsOf(fleet, question.scope);
    const bool whole = question.scope.kind == Scope::Kind::All;
    Facts facts;
    for (const Task &task : *tasks) {
        TaskRow row;
        row.task = task;
        row.wrong = schedule::whyUnreadable(task);
        const auto targets = row.wrong ? std::vector<schedule::Target>() : schedule::expandTargets(task.selector, task.policies.source, fleet);
        if (!whole && std::ranges::none_of(targets, [&](const schedule::Target &target) { return contents.instances.contains(target.instance); }))
            continue;
        row.count = static_cast<int>(targets.size());
        row.targets = row.wrong ? QString() : selectorText(task.selector, fleet);
        if (const auto schedule = Schedule::fromJson(task.schedule); schedule && task.enabled && !row.wrong)
            row.next = schedule::nextOf(*schedule, task.skips, *now);
        if (const auto found = last->find(task.id); found != last->end())
            row.last = found->second;
        facts.rows.push_back(std::move(row));
    }
    facts.calendar = schedule::calendar(*tasks, *last, fleet, contents.instances, *now, calendarHours);
    return facts;
}

Reading<TasksController::Facts>::Job TasksController::question() const
{
    const Question question{m_state.fleet(), m_state.location().scope};
    return [question](store::Session &session) { return read(session, question); };
}

void TasksController::show(Facts facts)
{
    m_table.setRows(std::move(facts.rows));
    Q_EMIT calendarShown(facts.calendar);
    Q_EMIT loaded();
}

void TasksController::create()
{
    Task task;
    task.id = Uuid::v7();
    task.kind = "backup";
    const Scope scope = m_state.location().scope;
    switch (scope.kind) {
    case Scope::Kind::All:
        task.selector.all = true;
        break;
    case Scope::Kind::Group:
        task.selector.groups = {scope.id};
        break;
    case Scope::Kind::Host:
        task.selector.hosts = {scope.id};
        break;
    case Scope::Kind::Instance:
        task.selector.instances = {scope.id};
        break;
    }
    task.policies.keep = 7;
    open(task, true);
}

void TasksController::edit(const Uuid &task)
{
    if (const TaskRow *found = row(task); found && !found->wrong)
        open(found->task, false);
}

void TasksController::open(const Task &task, bool fresh)
{
    TaskDialog::Question question;
    question.profile = qs(m_settings.profile);
    question.production = m_settings.production;
    question.fresh = fresh;
    question.task = task;
    question.fleet = *m_state.fleet();
    for (const auto &[name, kind] : headless::programKinds()) {
        if (kind.mayBeScheduled || name == task.kind)
            question.kinds.push_back(name);
        question.fields[name] = backups::taskFields(name);
        question.fields[name].merge(scripts::taskFields(name));
        if (kind.eachInstance)
            question.eachInstance.push_back(name);
    }
    std::set<std::string> repositories;
    for (const auto &[host, state] : question.fleet.hostStates) {
        if (state.facts)
            repositories.insert(state.facts->repositories.begin(), state.facts->repositories.end());
    }
    for (const std::string &name : repositories)
        question.repositories << qs(name);
    delete m_dialog;
    m_dialog = new TaskDialog(question, m_window);
    connect(m_dialog, &TaskDialog::previewRequested, this, &TasksController::preview);
    connect(m_dialog, &TaskDialog::saveRequested, this, [this, fresh, person = m_settings.person](Task made) {
        const QString name = qs(made.name);
        write(fresh ? tr("Task %1 created").arg(name) : tr("Task %1 changed").arg(name), [made, fresh, person](store::Session &session) -> Result<void> {
            const auto now = session.now();
            if (!now)
                return fail(now.error());
            Task complete = made;
            if (auto completed = workflow::completeTask(complete, person, *now); !completed)
                return completed;
            return fresh ? workflow::addTask(session, complete) : workflow::updateTask(session, complete, person);
        });
    });
    m_dialog->open();
    if (const auto made = m_dialog->task())
        preview(*made);
}

void TasksController::preview(const Task &task)
{
    ask<TaskPreview>(
        m_executor, m_preview,
        [task, fleet = m_state.fleet(), now = m_state.now(), person = m_settings.person](store::Session &) -> Result<TaskPreview> {
            TaskPreview shown = schedule::preview(task, *fleet, now, shownDues);
            Task completed = task;
            if (const auto done = workflow::completeTask(completed, person, now); !done)
                shown.wrong = done.error();
            return shown;
        },
        [this](const Result<TaskPreview> &shown) {
            if (!m_dialog)
                return;
            if (shown)
                m_dialog->setPreview(*shown, shown->wrong ? errorSummary(*shown->wrong) : QString());
            else
                m_dialog->setPreview({}, errorSummary(shown.error()));
        });
}

void TasksController::runNow(const Uuid &id)
{
    const TaskRow *found = row(id);
    if (!found)
        return;
    const QString name = qs(found->task.name);
    ask<std::vector<RunDetail>>(
        m_executor, m_runs,
        [task = found->task, fleet = m_state.fleet(), person = m_settings.person](store::Session &session) {
            return workflow::runsNow(session, headless::programKinds(), task, *fleet, person);
        },
        [this, name](const Result<std::vector<RunDetail>> &runs) {
            if (!runs)
                return refuse(tr("Run %1 now").arg(name), runs.error());
            if (runs->empty())
                return m_ui.dialogs.message(m_window, tr("Nothing to do"), tr("Task %1 has nothing to do now.").arg(name));
            constexpr std::size_t most = 8;
            QStringList targets;
            for (std::size_t at = 0; at < std::min(runs->size(), most); ++at)
                targets << qs(m_state.fleet()->pathOf((*runs)[at].run.targetId));
            if (runs->size() > most)
                targets << QStringLiteral("\u2026");
            const int count = static_cast<int>(runs->size());
            Dialogs::Question question;
            question.title = tr("Run now \u2014 %1").arg(qs(m_settings.profile));
            question.text = tr("%1 does once what it does on its schedule, on %2.").arg(name, targets.join(tr(", ")));
            question.accept = tr("Begin %n run(s)", nullptr, count);
            if (m_settings.production && runs->size() > 4)
                question.typeToConfirm = name;
            m_ui.dialogs.confirm(m_window, question, [this, name, runs = *runs, count] {
                Q_EMIT runsAgreed(tr("%n run(s) of %1 requested", nullptr, count).arg(name), runs);
            });
        });
}

void TasksController::pause(const Uuid &id, bool paused)
{
    if (const TaskRow *found = row(id)) {
        write((paused ? tr("Task %1 rests") : tr("Task %1 runs again")).arg(qs(found->task.name)), [task = found->task, paused, person = m_settings.person](store::Session &session) {
            return workflow::setEnabled(session, task, !paused, person);
        });
    }
}

void TasksController::skip(const Uuid &id, bool skip)
{
    if (const TaskRow *found = row(id)) {
        write((skip ? tr("Task %1 leaves its next occurrence out") : tr("Task %1 leaves nothing out")).arg(qs(found->task.name)),
              [task = found->task, skip, person = m_settings.person](store::Session &session) -> Result<void> {
                  if (skip) {
                      const auto done = workflow::skipNext(session, task, person);
                      return done ? Result<void>{} : fail(done.error());
                  }
                  const auto done = workflow::unskip(session, task, person);
                  return done ? Result<void>{} : fail(done.error());
              });
    }
}

void TasksController::showHistory(const Uuid &id)
{
    const TaskRow *found = row(id);
    if (!found)
        return;
    ask<std::vector<TaskRevision>>(
        m_executor, m_history, [id](store::Session &session) { return workflow::taskHistory(session, id, shownRevisions + 1); },
        [this, name = qs(found->task.name)](Result<std::vector<TaskRevision>> revisions) {
            if (!revisions)
                return refuse(tr("History of %1").arg(name), revisions.error());
            const bool cut = revisions->size() > shownRevisions;
            if (cut)
                revisions->resize(shownRevisions);
            auto *dialog = new TaskHistoryDialog(qs(m_settings.profile), name, *revisions, cut, *m_state.fleet(), m_window);
            dialog->open();
        });
}

void TasksController::remove(const Uuid &id)
{
    const TaskRow *found = row(id);
    if (!found)
        return;
    const QString name = qs(found->task.name);
    Dialogs::Question question;
    question.title = tr("Delete a task \u2014 %1").arg(qs(m_settings.profile));
    question.text = tr("%1 will not run any more. Its runs and backups stay, and its history.").arg(name);
    if (found->task.enabled && found->count > 0)
        question.text += QLatin1Char(' ') + tr("It is for %n instance(s) now.", nullptr, found->count);
    question.accept = tr("Delete %1").arg(name);
    // a backup that silently stops is what hurts
    if (m_settings.production || (found->task.enabled && backups::taskFields(found->task.kind).contains("keep")))
        question.typeToConfirm = name;
    m_ui.dialogs.confirm(m_window, question, [this, id, name] {
        write(tr("Task %1 deleted").arg(name), [id, person = m_settings.person](store::Session &session) { return workflow::removeTask(session, id, person); });
    });
}

void TasksController::write(const QString &what, std::function<Result<void>(store::Session &)> job)
{
    deliver<bool>(
        this,
        [&](Answer<bool> answer) {
            m_executor.post([answer, job = std::move(job)](store::Session &session) {
                const auto done = job(session);
                answer(done ? Result<bool>(true) : fail(done.error()));
            });
        },
        [this, what](const Result<bool> &done) {
            if (!done)
                return refuse(what, done.error());
            m_list.wantNow();
            Q_EMIT accepted(what);
        });
}

void TasksController::refuse(const QString &what, const Error &error)
{
    m_ui.dialogs.message(m_window, tr("Not done"), what + QStringLiteral(":\n") + errorText(error));
}

} // namespace zandb::console
