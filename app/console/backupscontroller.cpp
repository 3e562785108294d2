// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/backupscontroller.h"

#include "app/slowlog/slowregression.h"
#include "app/workflow/runrepository.h"
#include "models/alerts/alerttext.h"
#include "models/alerts/slowalert.h"
#include "models/common/text.h"
#include "models/fleet/fleetindex.h"
#include "models/slowlog/findingtext.h"

#include <algorithm>

namespace zandb::console {
namespace {

/// A failure stays on the Today page until the instance has a good backup, or for a week: then a weekly task's next
/// one has been due.
constexpr std::chrono::days troubleRemembered{7};

} // namespace

BackupsController::BackupsController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, QObject *parent)
    : ListController(executor, state, watch, parent), m_list(this, [this] { return question(); }, [this](Facts facts) { show(std::move(facts)); }),
      m_findingsList(this, [] { return Findings([](store::Session &session) { return slowlog::loadFindings(session, {}); }); },
                     [this](std::vector<SlowFinding> findings) {
                         m_findings = std::move(findings);
                         showAttention();
                     },
                     [](const Error &) {}) // the page's own reading says what is wrong
{
    wantOn({QStringLiteral("run"), QStringLiteral("backup"), QStringLiteral("task")}, {&m_list});
    wantOn({QStringLiteral("slow")}, {&m_findingsList});
    m_findingsList.setActive(active());
    m_findingsList.want();
    connect(&state, &ConsoleState::locationChanged, this, [this](const Location &before) {
        const Location &now = m_state.location();
        m_list.setActive(active());
        m_findingsList.setActive(active());
        if (before.scope != now.scope || before.range != now.range) {
            showRange();
            showInstances();
            Q_EMIT asked();
            m_list.restart();
        }
    });
    connect(&state, &ConsoleState::fleetChanged, this, [this] {
        m_list.setActive(active());
        m_findingsList.setActive(active());
        showInstances();
        showAttention();
        m_list.want();
    });
    connect(&state, &ConsoleState::tasksChanged, this, [this] { m_list.want(); });
    for (const auto changed : {&ConsoleState::alertsChanged, &ConsoleState::healthChanged, &ConsoleState::coverageChanged})
        connect(&state, changed, this, &BackupsController::showAttention);
    connect(&state, &ConsoleState::languageChanged, this, [this] {
        m_table.refreshTexts();
        showAttention();
        m_attention.refreshTexts();
        m_list.restart();
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

void BackupsController::showAttention()
{
    if (!m_state.fleetKnown())
        return;
    AttentionFacts facts;
    facts.health = m_state.health();
    facts.withoutTarget = m_withoutTarget;
    facts.foundBad = m_foundBad;
    for (const Alert &alert : m_state.alerts()) {
        if (alert.kind == slowRegressionAlert) // its finding is a line, with what can be done about it
            continue;
        Attention line;
        line.look = Look::Failed;
        line.what = alertTitle(alert, *m_state.fleet());
        line.detail = alertDetail(alert);
        line.since = alert.raisedAt;
        if (alert.count > 0)
            line.alert = alert.id;
        line.acknowledged = !alert.ackedBy.empty();
        line.ofSchedules = alert.kind == clockBackAlert || alert.kind == clockForwardAlert;
        if (alert.kind == taskUnreadableAlert) {
            line.leadsTo.page = QStringLiteral("runs");
            line.leadsTo.subject = Subject(taskSubject, qs(alert.subject));
        }
        facts.alerts.push_back(std::move(line));
    }
    const ScopeContents contents = contentsOf(*m_state.fleet(), m_state.location().scope);
    for (const Coverage &one : *m_state.coverage()) {
        if (contents.instances.contains(one.instance))
            facts.coverage.push_back(one);
    }
    facts.statements = statementsOf(contents);
    Q_EMIT coverageCounted(countCoverage(facts.coverage, m_state.now()));
    m_attention.setRows(attentionOf(*m_state.fleet(), m_troubled, m_state.now(), facts));
}

std::vector<Attention> BackupsController::statementsOf(const ScopeContents &contents) const
{
    constexpr std::size_t oneByOne = 5; // more new ones of an instance are one line: somebody has deployed something
    std::map<Uuid, std::vector<const SlowFinding *>> fresh;
    std::vector<Attention> lines;
    const auto lineOf = [&](const SlowFinding &finding) {
        Attention line;
        line.look = finding.isRegression() ? Look::Failed : Look::Late;
        line.what = findingTitle(finding, qs(m_state.fleet()->pathOf(finding.instance)));
        line.detail = findingDetail(finding);
        line.since = finding.since;
        line.digest = finding.checksum;
        line.leadsTo.page = QStringLiteral("digest");
        line.leadsTo.scope = {Scope::Kind::Instance, finding.instance};
        line.leadsTo.subject = Subject(digestSubject, finding.checksum);
        return line;
    };
    for (const SlowFinding &finding : m_findings) {
        if (!contents.instances.contains(finding.instance))
            continue;
        if (finding.isRegression())
            lines.push_back(lineOf(finding));
        else
            fresh[finding.instance].push_back(&finding);
    }
    for (const auto &[instance, findings] : fresh) {
        if (findings.size() <= oneByOne) {
            for (const SlowFinding *finding : findings)
                lines.push_back(lineOf(*finding));
            continue;
        }
        Attention line = lineOf(*findings.front());
        line.what = tr("%1: %n new slow statement(s)", nullptr, static_cast<int>(findings.size())).arg(qs(m_state.fleet()->pathOf(instance)));
        line.detail = tr("The Slow queries page lists them.");
        line.digest.reset();
        line.leadsTo.page = QStringLiteral("slow");
        line.leadsTo.subject.reset();
        lines.push_back(std::move(line));
    }
    return lines;
}

bool BackupsController::active() const
{
    return shows(QLatin1String("backups")) || shows(QLatin1String("today"));
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
    const FleetIndex index(fleet);
    for (const InstanceRecord &record : fleet.instances) {
        if (contents.instances.contains(record.instance.id) && record.state != "gone")
            instances.emplace_back(record.instance.id, qs(index.pathOf(record)));
    }
    Q_EMIT instancesChanged(instances);
}

Result<BackupsController::Facts> BackupsController::read(store::Session &session, const BackupsQuestion &question)
{
    const auto [from, until] = question.range.at(question.now);
    const bool moving = question.range.lastHours > 0;
    Facts facts;
    // what the night brought is worked off until the next evening, not until noon; a range with an end shows its own last night
    const BoardDay newest = boardDayOf(question.now - std::chrono::hours{6}, question.zone);
    facts.night = moving ? newest : std::min(newest, boardDayOf(until - Microseconds{1}, question.zone));
    const TimePoint since = std::min(facts.night.from, newest.from - troubleRemembered);
    BackupsReading reading(session, question);
    auto range = reading.span(from, moving ? std::nullopt : std::optional(until));
    if (!range)
        return fail(range.error());
    // one read where the range holds the nights too
    std::optional<BackupsReading::Span> nights;
    if (!moving || from > since || range->cut) {
        auto read = reading.span(since, std::nullopt);
        if (!read)
            return fail(read.error());
        nights = std::move(*read);
    }
    const BackupsReading::Span &recent = nights ? *nights : *range;
    // only the newest rows are read: an older night may lie before them, but not before those of a range that was read in full
    const auto lacks = [&](const BackupsReading::Span &span) { return span.cut && *span.cut > facts.night.from; };
    const bool inRange = !moving && from <= facts.night.from && until >= facts.night.until && !range->cut;
    const BackupsReading::Span &ofNight = lacks(recent) && inRange ? *range : recent;
    facts.nightBoard = reading.count(ofNight, facts.night.from, facts.night.until);
    facts.nightCut = lacks(ofNight);
    Troubled troubled = troubledOf(recent.rows, newest.from - troubleRemembered, facts.night);
    facts.withoutTarget = BackupsReading::withoutTarget(recent);
    facts.troubled = std::move(troubled.rows);
    if (&ofNight != &recent)
        troubled = troubledOf(ofNight.rows, newest.from - troubleRemembered, facts.night);
    facts.nightHealed = troubled.healed;
    facts.nightRepeated = troubled.repeated;

    auto bad = reading.foundBad();
    if (!bad)
        return fail(bad.error());
    facts.foundBad = std::move(*bad);

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

Reading<BackupsController::Facts>::Job BackupsController::question() const
{
    const BackupsQuestion question{m_state.fleet(), m_state.tasks(), m_state.location().scope, m_state.location().range, m_state.zone(), m_state.now()};
    return [question](store::Session &session) { return read(session, question); };
}

void BackupsController::show(Facts facts)
{
    const TimePoint now = m_state.now();
    m_table.setNow(now);
    m_table.setRows(std::move(facts.rows));
    m_timeline.setRows(std::move(facts.timeline), now);
    m_troubled = std::move(facts.troubled);
    m_withoutTarget = std::move(facts.withoutTarget);
    m_foundBad = std::move(facts.foundBad);
    showAttention();
    showRange();
    Q_EMIT boardChanged(facts.board);
    Q_EMIT nightChanged(facts.night, facts.nightBoard, facts.nightHealed, facts.nightCut, facts.nightRepeated);
    Q_EMIT cutTo(facts.cut ? rowLimit : 0);
    Q_EMIT daysChanged(facts.days);
    Q_EMIT loaded();
}

} // namespace zandb::console
