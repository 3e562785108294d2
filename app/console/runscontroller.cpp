// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/runscontroller.h"

#include "app/console/runnames.h"
#include "app/workflow/runrepository.h"
#include "app/workflow/unrunrepository.h"
#include "models/common/text.h"

#include <algorithm>

namespace zandb::console {
namespace {

/// How far runs are changes all the time: lists follow more slowly than the run's own page.
constexpr std::chrono::seconds progressEvery{5};
const QLatin1String page("runs");

} // namespace

RunsController::RunsController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, QObject *parent)
    : ListController(executor, state, watch, parent), m_list(this, [this] { return question(); }, [this](Facts facts) { show(std::move(facts)); }),
      m_running(this, [this] { return runningQuestion(); }, [this](const std::vector<RunRow> &rows) { Q_EMIT runningChanged(rows); },
                [](const Error &) {}) // the store's own line says it
{
    wantOn({QStringLiteral("run"), QStringLiteral("task")}, {&m_list, &m_running});
    connect(&watch, &StoreWatch::changed, this, [this](const QStringList &topics) {
        if (topics.contains(QLatin1String("run_progress")) && (!m_progressRead.isStarted() || m_progressRead.passed() > progressEvery)) {
            m_progressRead.start();
            m_list.want();
            m_running.want();
        }
    });
    connect(&state, &ConsoleState::locationChanged, this, [this](const Location &before) {
        m_list.setActive(shows(page));
        const Location &at = m_state.location();
        if (before.scope != at.scope || before.range != at.range || before.idOf(taskSubject) != at.idOf(taskSubject)) {
            Q_EMIT asked();
            m_list.restart();
        }
    });
    const auto again = [this] {
        m_list.setActive(shows(page));
        m_running.setActive(m_state.fleetKnown());
        m_list.want();
        m_running.want();
    };
    connect(&state, &ConsoleState::fleetChanged, this, again);
    connect(&state, &ConsoleState::tasksChanged, this, again);
    connect(&state, &ConsoleState::languageChanged, &m_table, [this] { m_table.refreshTexts(); });
    m_clock.setInterval(1000);
    connect(&m_clock, &QTimer::timeout, this, [this] {
        if (m_state.location().page == page && !m_state.away())
            m_table.setNow(m_state.now());
    });
    m_clock.start();
}

Result<RunsController::Facts> RunsController::read(store::Session &session, const Question &question)
{
    const ScopeContents contents = contentsOf(*question.fleet, question.scope);
    const bool whole = question.scope.kind == Scope::Kind::All;
    const bool ofHosts = !whole && question.scope.kind != Scope::Kind::Instance;
    const auto [from, until] = question.range.at(question.now);
    workflow::RunFilter filter;
    filter.from = from;
    if (question.range.lastHours <= 0)
        filter.until = until;
    filter.taskId = question.task;
    filter.limit = rowLimit + 1; // one more than shown tells whether there are more
    std::vector<Run> found;
    const auto list = [&]() -> Result<void> {
        auto runs = workflow::listRuns(session, filter);
        if (!runs)
            return fail(runs.error());
        std::ranges::move(*runs, std::back_inserter(found));
        return {};
    };
    if (whole || !contents.instances.empty()) {
        filter.instances.assign(contents.instances.begin(), contents.instances.end());
        if (whole)
            filter.instances.clear();
        if (auto listed = list(); !listed)
            return fail(listed.error());
    }
    if (ofHosts && !contents.hosts.empty()) { // what runs on a host of the scope is of the scope, whatever it is about
        filter.instances.clear();
        filter.hosts.assign(contents.hosts.begin(), contents.hosts.end());
        if (auto listed = list(); !listed)
            return fail(listed.error());
    }
    std::ranges::sort(found, [](const Run &a, const Run &b) { return std::tie(b.occurrence, a.id) < std::tie(a.occurrence, b.id); });
    const auto twice = std::ranges::unique(found, {}, &Run::id);
    found.erase(twice.begin(), twice.end());
    Facts facts;
    facts.cut = found.size() > static_cast<std::size_t>(rowLimit);
    if (facts.cut)
        found.resize(rowLimit);
    facts.rows.reserve(found.size());
    const RunNames names(*question.fleet, question.tasks);
    for (Run &run : found)
        facts.rows.push_back(names.row(std::move(run), question.now));
    if (auto done = explainWaiting(session, *question.fleet, names, facts.rows); !done)
        return fail(done.error());
    // what was due and made no run has its row too
    const TimePoint oldest = facts.cut ? facts.rows.back().run.occurrence : from;
    auto unrun = workflow::loadUnrun(session, *question.fleet, oldest, filter.until.value_or(TimePoint::max()), question.now);
    if (!unrun)
        return fail(unrun.error());
    std::erase_if(*unrun, [&](const Unrun &row) { return question.task && row.taskId != *question.task; });
    auto more = rowsOf(*unrun, [&](const Unrun::Target &target) { return whole || contents.instances.contains(target.instance); }, rowLimit);
    for (RunRow &row : more)
        names.name(row);
    std::ranges::move(more, std::back_inserter(facts.rows));
    if (!more.empty())
        std::ranges::stable_sort(facts.rows, [](const RunRow &a, const RunRow &b) { return a.run.occurrence > b.run.occurrence; });
    return facts;
}

Reading<RunsController::Facts>::Job RunsController::question() const
{
    const Location &at = m_state.location();
    const Question question{m_state.fleet(), m_state.tasks(), at.scope, at.range, at.idOf(taskSubject), m_state.now()};
    return [question](store::Session &session) { return read(session, question); };
}

void RunsController::show(Facts facts)
{
    m_table.setNow(m_state.now());
    m_table.setRows(std::move(facts.rows));
    Q_EMIT cutTo(facts.cut ? rowLimit : 0);
    Q_EMIT loaded();
}

Reading<std::vector<RunRow>>::Job RunsController::runningQuestion() const
{
    return [fleet = m_state.fleet(), tasks = m_state.tasks(), now = m_state.now()](store::Session &session) -> Result<std::vector<RunRow>> {
        auto open = workflow::openRuns(session, {});
        if (!open)
            return fail(open.error());
        const RunNames names(*fleet, tasks);
        std::vector<RunRow> rows;
        for (RunDetail &detail : *open) {
            if (detail.run.state == RunState::Running)
                rows.push_back(names.row(std::move(detail.run), now));
        }
        std::ranges::sort(rows, {}, [](const RunRow &row) { return row.run.startedAt.value_or(row.run.due); });
        return rows;
    };
}

} // namespace zandb::console
