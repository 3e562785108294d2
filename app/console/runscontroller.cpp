// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/runscontroller.h"

#include "app/workflow/runrepository.h"
#include "models/common/text.h"

#include <algorithm>

namespace zandb::console {

RunRow nameRun(Run run, const Fleet &fleet, const std::map<Uuid, QString> &tasks, TimePoint now)
{
    RunRow row;
    row.look = lookOf(boardState(run, now, std::nullopt));
    if (const Host *host = fleet.host(run.hostId))
        row.host = qs(host->name);
    row.target = run.targetId == run.hostId ? row.host : qs(fleet.pathOf(run.targetId));
    if (run.taskId) {
        const auto it = tasks.find(*run.taskId);
        row.task = it == tasks.end() ? qs(run.taskId->toString()) : it->second;
    }
    row.run = std::move(run);
    return row;
}

RunsController::RunsController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, QObject *parent)
    : QObject(parent), m_executor(executor), m_state(state), m_latest(this), m_latestRunning(this), m_reload([this] { load(); }, this),
      m_reloadRunning([this] { loadRunning(); }, this)
{
    m_reload.setActive(false);
    m_reloadRunning.setActive(false);
    connect(&watch, &StoreWatch::changed, this, [this](const QStringList &topics) {
        if (topics.contains(QLatin1String("run")) || topics.contains(QLatin1String("task"))) {
            m_reload.want();
            m_reloadRunning.want();
        }
    });
    connect(&state, &ConsoleState::locationChanged, this, [this](const Location &before) {
        m_reload.setActive(m_state.fleetKnown() && m_state.location().page == QLatin1String("runs"));
        const Location &at = m_state.location();
        if (before.scope != at.scope || before.range != at.range || before.task != at.task)
            m_reload.restart();
    });
    const auto again = [this] {
        m_reload.setActive(m_state.fleetKnown() && m_state.location().page == QLatin1String("runs"));
        m_reloadRunning.setActive(m_state.fleetKnown());
        m_reload.want();
        m_reloadRunning.want();
    };
    connect(&state, &ConsoleState::fleetChanged, this, again);
    connect(&state, &ConsoleState::tasksChanged, this, again);
    connect(&state, &ConsoleState::languageChanged, &m_table, [this] { m_table.refreshTexts(); });
    m_clock.setInterval(1000);
    connect(&m_clock, &QTimer::timeout, this, [this] {
        if (m_state.location().page == QLatin1String("runs"))
            m_table.setNow(m_state.now());
    });
    m_clock.start();
}

void RunsController::load()
{
    workflow::RunFilter filter;
    const TimePoint now = m_state.now();
    const auto [from, until] = m_state.location().range.at(now);
    filter.from = from;
    if (m_state.location().range.lastHours <= 0)
        filter.until = until;
    filter.taskId = m_state.location().task;
    const Scope scope = m_state.location().scope;
    const auto fleet = m_state.fleet();
    ask<std::vector<RunRow>>(
        m_executor, m_latest,
        [filter, scope, fleet, tasks = m_state.tasks(), now](store::Session &session) -> Result<std::vector<RunRow>> {
            auto runs = workflow::listRuns(session, filter);
            if (!runs)
                return fail(runs.error());
            std::vector<RunRow> rows;
            const ScopeContents contents = contentsOf(*fleet, scope);
            for (Run &run : *runs) {
                if (scope.kind == Scope::Kind::All || contents.instances.contains(run.targetId)
                    || (scope.kind != Scope::Kind::Instance && contents.hosts.contains(run.targetId)))
                    rows.push_back(nameRun(std::move(run), *fleet, tasks, now));
            }
            return rows;
        },
        [this](Result<std::vector<RunRow>> result) {
            m_reload.finished();
            if (!result)
                return;
            m_table.setNow(m_state.now());
            m_table.setRows(std::move(*result));
            Q_EMIT loaded();
        });
}

void RunsController::loadRunning()
{
    const auto fleet = m_state.fleet();
    ask<std::vector<RunRow>>(
        m_executor, m_latestRunning,
        [fleet, tasks = m_state.tasks(), now = m_state.now()](store::Session &session) -> Result<std::vector<RunRow>> {
            auto open = workflow::openRuns(session, {});
            if (!open)
                return fail(open.error());
            std::vector<RunRow> rows;
            for (RunDetail &detail : *open) {
                if (detail.run.state == RunState::Running)
                    rows.push_back(nameRun(std::move(detail.run), *fleet, tasks, now));
            }
            std::ranges::sort(rows, {}, [](const RunRow &row) { return row.run.startedAt.value_or(row.run.due); });
            return rows;
        },
        [this](Result<std::vector<RunRow>> result) {
            m_reloadRunning.finished();
            if (result)
                Q_EMIT runningChanged(*result);
        });
}

} // namespace zandb::console
