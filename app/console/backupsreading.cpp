// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/backupsreading.h"

#include "app/backups/backuprepository.h"
#include "app/console/consolestate.h"
#include "app/workflow/unrunrepository.h"

#include <algorithm>
#include <iterator>

namespace zandb::console {

BackupsReading::BackupsReading(store::Session &session, const BackupsQuestion &question)
    : m_session(session), m_question(question), m_contents(contentsOf(*question.fleet, question.scope)), m_names(*question.fleet, question.tasks)
{
    for (const InstanceRecord &record : question.fleet->instances) {
        if (m_contents.instances.contains(record.instance.id))
            m_instances.emplace_back(record.instance.id, m_names.target(record.instance.id));
    }
}

Result<BackupsReading::Span> BackupsReading::span(TimePoint from, std::optional<TimePoint> until)
{
    Span span;
    if (!whole() && m_contents.instances.empty())
        return span;
    workflow::RunFilter filter;
    filter.from = from;
    filter.until = until;
    filter.kind = "backup";
    filter.limit = rowLimit + 1; // one more than shown tells whether there are more
    if (!whole())
        filter.instances.assign(m_contents.instances.begin(), m_contents.instances.end());
    auto runs = workflow::listRuns(m_session, filter);
    if (!runs)
        return fail(runs.error());
    if (runs->size() > static_cast<std::size_t>(rowLimit)) {
        runs->resize(rowLimit);
        span.cut = runs->back().occurrence;
    }
    backups::BackupFilter good;
    good.withExpired = true;
    good.limit = 3 * rowLimit; // what ended later than it was due is among them too
    good.instances = filter.instances;
    good.from = span.cut.value_or(from) - std::chrono::hours{1}; // hosts' clocks may differ
    if (until) {
        good.until = *until;
        for (const Run &run : *runs)
            good.until = std::max(*good.until, run.endedAt.value_or(*until));
        *good.until += std::chrono::hours{1};
    }
    const auto backups = backups::listBackups(m_session, good);
    if (!backups)
        return fail(backups.error());
    std::vector<Run> open;
    std::ranges::copy_if(*runs, std::back_inserter(open), [](const Run &run) { return run.state == RunState::Running; });
    auto medians = workflow::medianDurations(m_session, open);
    if (!medians)
        return fail(medians.error());
    m_medians.merge(*medians);
    auto unrun = workflow::loadUnrun(m_session, *m_question.fleet, from, until.value_or(TimePoint::max()), m_question.now, "backup");
    if (!unrun)
        return fail(unrun.error());
    span.unrun = std::move(*unrun);
    std::vector<RunRow> rows;
    rows.reserve(runs->size());
    for (Run &run : *runs) {
        const auto median = medianOf(run);
        rows.push_back(m_names.row(std::move(run), m_question.now, median));
    }
    if (auto done = explainWaiting(m_session, *m_question.fleet, m_names, rows); !done)
        return fail(done.error());
    addUnrun(span, rows);
    span.rows = joinBackups(std::move(rows), *backups);
    return span;
}

Result<std::vector<Backup>> BackupsReading::foundBad()
{
    if (!whole() && m_contents.instances.empty())
        return std::vector<Backup>{};
    backups::BackupFilter filter;
    filter.foundBad = true;
    filter.limit = 1000;
    if (!whole())
        filter.instances.assign(m_contents.instances.begin(), m_contents.instances.end());
    return backups::listBackups(m_session, filter);
}

BoardCounts BackupsReading::count(const Span &span, TimePoint from, TimePoint until) const
{
    BoardCounts counts;
    for (const BackupRow &row : span.rows) {
        const Run &run = row.run.run;
        if (row.run.exists && run.occurrence >= from && run.occurrence < until && run.occurrence <= m_question.now)
            counts.add(wasFoundBad(row) ? BoardState::Failed : boardState(run, m_question.now, medianOf(run)));
    }
    for (const Unrun &row : span.unrun) {
        // the whole fleet counts also those that are not in it any more
        const auto targets = whole() ? row.targetCount
                                     : std::ranges::count_if(row.targets, [&](const Unrun::Target &t) { return m_contents.instances.contains(t.instance); });
        counts.add(row.state, static_cast<int>(countWithin(row, from, until) * targets));
    }
    return counts;
}

void BackupsReading::addUnrun(const Span &span, std::vector<RunRow> &rows) const
{
    const auto mine = [this](const Unrun::Target &target) { return whole() || m_contents.instances.contains(target.instance); };
    auto more = rowsOf(span.unrun, mine, rowLimit);
    std::erase_if(more, [&](const RunRow &row) { return span.cut && row.run.occurrence < *span.cut; });
    if (more.empty())
        return;
    for (RunRow &row : more)
        m_names.name(row);
    std::ranges::move(more, std::back_inserter(rows));
    std::ranges::stable_sort(rows, [](const RunRow &a, const RunRow &b) { return a.run.occurrence > b.run.occurrence; });
}

std::vector<Unrun> BackupsReading::withoutTarget(const Span &span)
{
    std::map<Uuid, Unrun> newest;
    for (const Unrun &row : span.unrun) {
        if (row.reason == "no_target" && row.last >= newest[row.taskId].last)
            newest[row.taskId] = row;
    }
    std::vector<Unrun> rows;
    for (auto &[task, row] : newest) {
        if (!row.taskId.isNull())
            rows.push_back(std::move(row));
    }
    return rows;
}

std::optional<Microseconds> BackupsReading::medianOf(const Run &run) const
{
    const auto it = m_medians.find({run.taskId.value_or(Uuid{}), run.targetId});
    return it == m_medians.end() ? std::nullopt : std::optional(it->second);
}

} // namespace zandb::console
