// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/backupscontroller.h"

#include "app/backups/backuprepository.h"
#include "app/workflow/runrepository.h"
#include "models/common/text.h"

#include <algorithm>
#include <iterator>

namespace zandb::console {
namespace {

/// A failure stays on the Today page until the instance has a good backup, or for a week: then a weekly task's next
/// one has been due.
constexpr std::chrono::days troubleRemembered{7};

} // namespace

BackupsController::BackupsController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, QObject *parent)
    : QObject(parent), m_executor(executor), m_state(state), m_latest(this), m_reload([this] { load(); }, this)
{
    m_reload.setActive(active());
    connect(&watch, &StoreWatch::changed, this, [this](const QStringList &topics, bool all) {
        if (topics.contains(QLatin1String("run")) || topics.contains(QLatin1String("backup")) || topics.contains(QLatin1String("task")))
            all ? m_reload.wantNow() : m_reload.want();
    });
    connect(&state, &ConsoleState::locationChanged, this, [this](const Location &before) {
        const Location &now = m_state.location();
        m_reload.setActive(active());
        if (before.scope != now.scope || before.range != now.range) {
            showRange();
            showInstances();
            Q_EMIT asked();
            m_reload.restart();
        }
    });
    connect(&state, &ConsoleState::fleetChanged, this, [this] {
        m_reload.setActive(active());
        showInstances();
        m_attention.setRows(attentionOf(*m_state.fleet(), m_troubled, m_state.now()));
        m_reload.want();
    });
    connect(&state, &ConsoleState::tasksChanged, this, [this] { m_reload.want(); });
    connect(&state, &ConsoleState::languageChanged, this, [this] {
        m_table.refreshTexts();
        m_attention.setRows(attentionOf(*m_state.fleet(), m_troubled, m_state.now()));
        m_attention.refreshTexts();
        m_reload.restart();
    });
    // what runs grows, and the range moves along, without asking the store
    m_clock.setInterval(1000);
    connect(&m_clock, &QTimer::timeout, this, [this] {
        if (!active())
            return;
        showRange();
        if (m_state.away()) // nobody knows whether it still runs
            return;
        m_table.setNow(m_state.now());
        m_timeline.setNow(m_state.now());
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

/// The runs and backups of one span of time in the question's scope, with the names lists show.
class BackupsController::Reading
{
public:
    Reading(store::Session &session, const Question &question) : m_session(session), m_question(question), m_contents(contentsOf(*question.fleet, question.scope))
    {
        for (const Host &host : question.fleet->hosts)
            m_hosts.emplace(host.id, qs(host.name));
        for (const InstanceRecord &record : question.fleet->instances) {
            const QString path = m_hosts[record.instance.hostId] + QLatin1Char('/') + qs(record.instance.name);
            m_targets.emplace(record.instance.id, path);
            if (m_contents.instances.contains(record.instance.id))
                m_instances.emplace_back(record.instance.id, path);
        }
    }
    const Instances &instances() const { return m_instances; }

    struct Span
    {
        std::vector<BackupRow> rows;  ///< newest first
        std::vector<workflow::Occurrence> occurrences;
        std::optional<TimePoint> cut; ///< there are more before this one
    };
    /// Runs due in [from, until) and open ones from before; without `until` all from there on.
    Result<Span> span(TimePoint from, std::optional<TimePoint> until)
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
        auto occurrences = workflow::listOccurrences(m_session, from, until.value_or(m_question.now + std::chrono::hours{1}));
        if (!occurrences)
            return fail(occurrences.error());
        span.occurrences = std::move(*occurrences);
        std::vector<RunRow> rows;
        rows.reserve(runs->size());
        for (Run &run : *runs)
            rows.push_back(named(std::move(run)));
        span.rows = joinBackups(std::move(rows), *backups);
        return span;
    }
    BoardCounts count(const Span &span, TimePoint from, TimePoint until) const
    {
        BoardCounts counts;
        for (const BackupRow &row : span.rows) {
            const Run &run = row.run.run;
            if (run.occurrence >= from && run.occurrence < until && run.occurrence <= m_question.now)
                counts.add(state(run));
        }
        if (!whole()) // an occurrence that ended as a row only names no instance
            return counts;
        for (const workflow::Occurrence &occurrence : span.occurrences) {
            if (occurrence.state == "missed")
                counts.add(BoardState::Missed, workflow::missedWithin(occurrence, from, until) * occurrence.targets);
            else if (occurrence.state == "skipped" && occurrence.due >= from && occurrence.due < until)
                counts.add(BoardState::Skipped, occurrence.targets);
        }
        return counts;
    }

private:
    bool whole() const { return m_question.scope.kind == Scope::Kind::All; }
    BoardState state(const Run &run) const
    {
        const auto median = m_medians.find({run.taskId.value_or(Uuid{}), run.targetId});
        return boardState(run, m_question.now, median == m_medians.end() ? std::nullopt : std::optional(median->second));
    }
    RunRow named(Run run) const
    {
        RunRow row;
        row.look = lookOf(state(run));
        const auto target = m_targets.find(run.targetId);
        row.target = target == m_targets.end() ? qs(run.targetId.toString()) : target->second;
        if (const auto host = m_hosts.find(run.hostId); host != m_hosts.end())
            row.host = host->second;
        if (run.taskId) {
            const auto task = m_question.tasks.find(*run.taskId);
            row.task = task == m_question.tasks.end() ? qs(run.taskId->toString()) : task->second;
        }
        row.run = std::move(run);
        return row;
    }

    store::Session &m_session;
    const Question &m_question;
    ScopeContents m_contents;
    std::map<Uuid, QString> m_hosts;
    std::map<Uuid, QString> m_targets;
    Instances m_instances;
    Medians m_medians;
};

Result<BackupsController::Facts> BackupsController::read(store::Session &session, const Question &question)
{
    const auto [from, until] = question.range.at(question.now);
    const bool moving = question.range.lastHours > 0;
    Facts facts;
    // what the night brought is worked off until the next evening, not until noon
    facts.night = boardDayOf(question.now - std::chrono::hours{6}, question.zone);
    const TimePoint since = facts.night.from - troubleRemembered;
    Reading reading(session, question);
    auto range = reading.span(from, moving ? std::nullopt : std::optional(until));
    if (!range)
        return fail(range.error());
    // one read where the range holds the nights too
    std::optional<Reading::Span> nights;
    if (!moving || from > since || range->cut) {
        auto read = reading.span(since, std::nullopt);
        if (!read)
            return fail(read.error());
        nights = std::move(*read);
    }
    const Reading::Span &recent = nights ? *nights : *range;
    facts.nightBoard = reading.count(recent, facts.night.from, facts.night.until);
    Troubled troubled = troubledOf(recent.rows, since, facts.night);
    facts.troubled = std::move(troubled.rows);
    facts.nightHealed = troubled.healed;

    facts.board = reading.count(*range, from, moving ? TimePoint::max() : until);
    facts.cut = range->cut && *range->cut > from;
    std::vector<BackupRow> all = std::move(range->rows);
    std::erase_if(all, [&](const BackupRow &row) {
        const Run &run = row.run.run;
        return (!moving && run.due >= until) || (isFinal(run.state) && run.endedAt.value_or(run.due) < from);
    });
    facts.timeline = BackupTimelineModel::build(reading.instances(), all, question.now);
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
            if (!result) {
                m_reload.failed();
                Q_EMIT failed(result.error());
                return;
            }
            m_reload.finished();
            const TimePoint now = m_state.now();
            m_table.setNow(now);
            m_table.setRows(std::move(result->rows));
            m_timeline.setRows(std::move(result->timeline), now);
            m_troubled = std::move(result->troubled);
            m_attention.setRows(attentionOf(*m_state.fleet(), m_troubled, now));
            showRange();
            Q_EMIT boardChanged(result->board);
            Q_EMIT nightChanged(result->night, result->nightBoard, result->nightHealed);
            Q_EMIT cutTo(result->cut ? rowLimit : 0);
            Q_EMIT daysChanged(result->days);
            Q_EMIT loaded();
        });
}

} // namespace zandb::console
