// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/backupscontroller.h"

#include "app/backups/backuprepository.h"
#include "app/workflow/runrepository.h"
#include "models/common/text.h"

#include <algorithm>

namespace zandb::console {

BackupsController::BackupsController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, QObject *parent)
    : QObject(parent), m_executor(executor), m_state(state), m_latest(this), m_reload([this] { load(); }, this)
{
    m_reload.setActive(active());
    connect(&watch, &StoreWatch::changed, this, [this](const QStringList &topics) {
        if (topics.contains(QLatin1String("run")) || topics.contains(QLatin1String("backup")) || topics.contains(QLatin1String("task")))
            m_reload.want();
    });
    connect(&state, &ConsoleState::locationChanged, this, [this](const Location &before) {
        const Location &now = m_state.location();
        m_reload.setActive(active());
        if (before.scope != now.scope || before.range != now.range) {
            showRange();
            showInstances();
            m_reload.restart();
        }
    });
    connect(&state, &ConsoleState::fleetChanged, this, [this] {
        m_reload.setActive(active());
        showInstances();
        m_attention.setRows(attentionOf(*m_state.fleet(), m_nightRows, m_state.now()));
        m_reload.want();
    });
    connect(&state, &ConsoleState::tasksChanged, this, [this] { m_reload.want(); });
    connect(&state, &ConsoleState::languageChanged, this, [this] {
        m_table.refreshTexts();
        m_attention.setRows(attentionOf(*m_state.fleet(), m_nightRows, m_state.now()));
        m_attention.refreshTexts();
        m_reload.restart();
    });
    // what runs grows, and the range moves along, without asking the store
    m_clock.setInterval(1000);
    connect(&m_clock, &QTimer::timeout, this, [this] {
        if (!active())
            return;
        m_table.setNow(m_state.now());
        m_timeline.setNow(m_state.now());
        showRange();
    });
    m_clock.start();
}

bool BackupsController::active() const
{
    return m_state.fleetKnown() && (m_state.location().page == QLatin1String("backups") || m_state.location().page == QLatin1String("today"));
}

void BackupsController::showRange()
{
    auto [from, until] = m_state.location().range.at(m_state.now());
    if (m_state.location().range.lastHours > 0) // room to see that "now" is now
        until += (until - from) / 60;
    Q_EMIT rangeChanged(from, until, m_state.zone());
}

void BackupsController::showInstances()
{
    const Fleet &fleet = *m_state.fleet();
    Instances instances;
    const ScopeContents contents = contentsOf(fleet, m_state.location().scope);
    for (const InstanceRecord &record : fleet.instances) {
        if (contents.instances.contains(record.instance.id) && record.state != "gone")
            instances.emplace_back(record.instance.id, qs(fleet.pathOf(record.instance.id)));
    }
    Q_EMIT instancesChanged(instances);
}

Result<BackupsController::Facts> BackupsController::read(store::Session &session, const Question &question)
{
    const ScopeContents contents = contentsOf(*question.fleet, question.scope);
    const auto [from, until] = question.range.at(question.now);
    Facts facts;
    facts.night = boardDayOf(question.now, question.zone);

    // one read for the range and the board day: they mostly overlap
    workflow::RunFilter filter;
    filter.from = std::min(from, facts.night.from);
    filter.until = std::max(until, facts.night.until);
    filter.kind = "backup";
    auto runs = workflow::listRuns(session, filter);
    if (!runs)
        return fail(runs.error());
    backups::BackupFilter backupFilter;
    backupFilter.from = filter.from;
    backupFilter.withExpired = true;
    auto backups = backups::listBackups(session, backupFilter);
    if (!backups)
        return fail(backups.error());
    std::vector<Run> open;
    std::ranges::copy_if(*runs, std::back_inserter(open), [](const Run &run) { return run.state == RunState::Running; });
    auto medians = workflow::medianDurations(session, open);
    if (!medians)
        return fail(medians.error());
    auto occurrences = workflow::listOccurrences(session, *filter.from, *filter.until);
    if (!occurrences)
        return fail(occurrences.error());

    std::map<Uuid, QString> hostNames;
    for (const Host &host : question.fleet->hosts)
        hostNames.emplace(host.id, qs(host.name));
    std::map<Uuid, QString> targets;
    BackupsController::Instances instances;
    for (const InstanceRecord &record : question.fleet->instances) {
        const QString path = hostNames[record.instance.hostId] + QLatin1Char('/') + qs(record.instance.name);
        targets.emplace(record.instance.id, path);
        if (contents.instances.contains(record.instance.id))
            instances.emplace_back(record.instance.id, path);
    }
    const bool whole = question.scope.kind == Scope::Kind::All;
    std::vector<RunRow> rows;
    rows.reserve(runs->size());
    for (Run &run : *runs) {
        if (!whole && !contents.instances.contains(run.targetId))
            continue;
        RunRow row;
        std::optional<Microseconds> median;
        if (const auto it = medians->find({run.taskId.value_or(Uuid{}), run.targetId}); it != medians->end())
            median = it->second;
        row.look = lookOf(boardState(run, question.now, median));
        if (const auto it = targets.find(run.targetId); it != targets.end())
            row.target = it->second;
        else
            row.target = qs(run.targetId.toString());
        row.host = hostNames[run.hostId];
        if (run.taskId) {
            const auto it = question.tasks.find(*run.taskId);
            row.task = it == question.tasks.end() ? qs(run.taskId->toString()) : it->second;
        }
        row.run = std::move(run);
        rows.push_back(std::move(row));
    }
    std::vector<BackupRow> all = joinBackups(std::move(rows), *backups);
    const auto countOf = [&](TimePoint a, TimePoint b) {
        BoardCounts counts;
        for (const BackupRow &row : all) {
            const Run &run = row.run.run;
            if (run.occurrence < a || run.occurrence >= b || run.occurrence > question.now)
                continue;
            std::optional<Microseconds> median;
            if (const auto it = medians->find({run.taskId.value_or(Uuid{}), run.targetId}); it != medians->end())
                median = it->second;
            counts.add(boardState(run, question.now, median));
        }
        if (whole) { // an occurrence that ended as a row only names no instance
            for (const workflow::Occurrence &occurrence : *occurrences) {
                if (occurrence.state == "missed")
                    counts.add(BoardState::Missed, workflow::missedWithin(occurrence, a, b) * occurrence.targets);
                else if (occurrence.state == "skipped" && occurrence.due >= a && occurrence.due < b)
                    counts.add(BoardState::Skipped, occurrence.targets);
            }
        }
        return counts;
    };
    const bool moving = question.range.lastHours > 0;
    facts.board = countOf(from, moving ? TimePoint::max() : until);
    facts.nightBoard = countOf(facts.night.from, facts.night.until);
    for (const BackupRow &row : all) {
        if (row.run.run.occurrence >= facts.night.from && row.run.run.occurrence < facts.night.until)
            facts.nightRows.push_back(row);
    }
    std::erase_if(all, [&](const BackupRow &row) {
        const Run &run = row.run.run;
        return isFinal(run.state) && ((run.endedAt.value_or(run.due) < from) || (!moving && run.due >= until));
    });
    facts.timeline = BackupTimelineModel::build(instances, all, question.now);
    facts.days = backupDays(all, from, until, question.zone);
    facts.rows = std::move(all);
    return facts;
}

void BackupsController::load()
{
    const Question question{m_state.fleet(), m_state.tasks(), m_state.location().scope, m_state.location().range, m_state.zone(), m_state.now()};
    ask<Facts>(
        m_executor, m_latest, [question](store::Session &session) { return read(session, question); },
        [this](Result<Facts> result) {
            m_reload.finished();
            if (!result)
                return;
            const TimePoint now = m_state.now();
            m_table.setNow(now);
            m_table.setRows(std::move(result->rows));
            m_timeline.setRows(std::move(result->timeline), now);
            m_nightRows = std::move(result->nightRows);
            m_attention.setRows(attentionOf(*m_state.fleet(), m_nightRows, now));
            showRange();
            Q_EMIT boardChanged(result->board);
            Q_EMIT nightChanged(result->night, result->nightBoard);
            Q_EMIT daysChanged(result->days);
            Q_EMIT loaded();
        });
}

} // namespace zandb::console
