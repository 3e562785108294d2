// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/alerts/alertrepository.h"
#include "app/backups/backuprepository.h"
#include "app/backups/coveragereading.h"
#include "app/cli/command.h"
#include "app/workflow/memberrepository.h"
#include "app/workflow/runrepository.h"
#include "app/workflow/unrunrepository.h"
#include "models/alerts/alerttext.h"
#include "models/common/errortext.h"
#include "models/fleet/statetext.h"
#include "models/workflow/board.h"
#include "models/workflow/schedulehealth.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <span>
#include <unistd.h>

namespace zandb::cli {
namespace {

ScheduleHealth healthOf(const workflow::MemberView &members, const std::vector<Alert> &alerts, const std::vector<Task> &tasks)
{
    int alive = 0;
    std::optional<TimePoint> lastAlive;
    for (const auto &member : members.members) {
        if (members.alive(member.id))
            ++alive;
        else if (member.expiresAt <= members.now)
            lastAlive = std::max(lastAlive.value_or(member.expiresAt), member.expiresAt);
    }
    const auto since = [&](std::string_view kind) -> std::optional<TimePoint> {
        const auto it = std::ranges::find(alerts, kind, &Alert::kind);
        return it == alerts.end() ? std::nullopt : std::optional(it->raisedAt);
    };
    return scheduleHealth(alive, lastAlive, since(clockBackAlert), since(clockForwardAlert),
                          static_cast<int>(std::ranges::count_if(tasks, [](const Task &task) { return task.enabled; })));
}

std::string healthLine(const ScheduleHealth &health)
{
    if (health.state == ScheduleHealth::State::NoHeadless)
        return "Schedules do not run: no headless instance is alive" + (health.since ? ", none since " + timeText(*health.since) : std::string())
            + ". Start one with \"zandbctl serve\".";
    return std::string("Schedules do not run: the store's clock ") + (health.state == ScheduleHealth::State::HeldBack ? "went back" : "jumped ahead")
        + ". They are held until it is believed again; check the time of the store's server.";
}

constexpr std::array states{BoardState::Done,    BoardState::Running,   BoardState::Failed, BoardState::Late,   BoardState::Unknown,
                           BoardState::Skipped, BoardState::Cancelled, BoardState::Missed, BoardState::Pending};

/// In red where a person reads it.
std::string red(const std::string &text)
{
    return isatty(STDOUT_FILENO) ? "\033[1;31m" + text + "\033[0m" : text;
}

/// How many were well when they were last asked, and of how many that still holds.
struct Answers
{
    std::int64_t all = 0;
    std::int64_t good = 0;  ///< now
    std::int64_t stale = 0; ///< were good, too long ago to be counted
    std::optional<TimePoint> newest; ///< when the last of the stale ones was asked

    void add(bool wasGood, const std::optional<TimePoint> &seenAt, TimePoint now)
    {
        ++all;
        if (!wasGood)
            return;
        if (!isStale(seenAt, now)) {
            ++good;
            return;
        }
        ++stale;
        if (seenAt && *seenAt <= now)
            newest = std::max(newest.value_or(*seenAt), *seenAt);
    }
};

/// Everything the verb tells, read at one moment.
struct Overview
{
    TimePoint now{};
    BoardDay day;
    BoardCounts counts;
    std::vector<Unrun> withoutTarget;
    CoverageCounts coverage;
    ScheduleHealth health;
    std::vector<Alert> alerts;
    BoardCounts others; ///< of all runs that are no backups
    Fleet fleet;
    std::int64_t headless = 0;
    Answers instances;
    Answers hosts;
};

void countFleet(Overview &told)
{
    const Fleet &fleet = told.fleet;
    for (const InstanceRecord &record : fleet.instances) {
        if (record.state != "gone")
            told.instances.add(record.state == "up", record.seenAt, told.now);
    }
    for (const Host &host : fleet.hosts) {
        const auto state = fleet.hostStates.find(host.id);
        const bool known = state != fleet.hostStates.end();
        told.hosts.add(known && state->second.state == "ok", known ? state->second.seenAt : std::nullopt, told.now);
    }
}

/// A backup that was found bad after its run had succeeded is counted as failed.
Result<void> countFoundBad(store::Session &session, Overview &told, const std::vector<Run> &runs)
{
    backups::BackupFilter filter;
    filter.from = told.day.from - std::chrono::hours{1}; // hosts' clocks may differ
    filter.limit = 1'000'000;
    const auto made = backups::listBackups(session, filter);
    if (!made)
        return fail(made.error());
    std::set<Uuid> bad;
    for (const Backup &backup : *made) {
        if (backup.finding)
            bad.insert(backup.runId);
    }
    const auto count = static_cast<int>(std::ranges::count_if(
        runs, [&](const Run &run) { return run.state == RunState::Succeeded && bad.contains(run.id); }));
    told.counts.done -= count;
    told.counts.failed += count;
    return {};
}

/// The board counts backups, as Today does; what else ran is counted apart.
Result<void> readBoard(store::Session &session, Overview &told, const Fleet &fleet)
{
    workflow::RunFilter filter;
    filter.from = told.day.from;
    filter.until = told.day.until;
    filter.limit = 1'000'000;
    auto runs = workflow::listRuns(session, filter);
    if (!runs)
        return fail(runs.error());
    // the filter brings older open runs too; a board day counts its own
    std::erase_if(*runs, [&](const Run &run) {
        return run.occurrence < told.day.from || run.occurrence >= told.day.until || run.occurrence > told.now;
    });
    const auto medians = workflow::medianDurations(session, *runs);
    if (!medians)
        return fail(medians.error());
    const auto backups = std::ranges::partition(*runs, [](const Run &run) { return run.kind == "backup"; }).begin();
    told.counts = countBoard(std::span(runs->begin(), backups), told.now, *medians);
    told.others = countBoard(std::span(backups, runs->end()), told.now, *medians);
    if (auto done = countFoundBad(session, told, *runs); !done)
        return done;
    auto unrun = workflow::loadUnrun(session, fleet, told.day.from, told.day.until, told.now);
    if (!unrun)
        return fail(unrun.error());
    for (Unrun &row : *unrun) {
        (row.kind.empty() || row.kind == "backup" ? told.counts : told.others)
            .add(row.state, static_cast<int>(countWithin(row, told.day.from, told.day.until) * row.targetCount));
        if (row.reason == "no_target")
            told.withoutTarget.push_back(std::move(row));
    }
    return {};
}

Result<Overview> readOverview(Context &context)
{
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    auto &session = context.session();
    const auto zone = session.query("SELECT board_zone FROM store_info WHERE id = 1");
    if (!zone)
        return fail(zone.error());
    Overview told;
    told.now = fleet->readAt;
    told.day = boardDayOf(told.now, zone->empty() ? "UTC" : zone->front().text(0));
    if (auto read = readBoard(session, told, *fleet); !read)
        return fail(read.error());
    const auto tasks = workflow::loadTasks(session);
    if (!tasks)
        return fail(tasks.error());
    const auto coverage = backups::loadCoverage(session, *fleet, *tasks);
    if (!coverage)
        return fail(coverage.error());
    told.coverage = countCoverage(*coverage, told.now);
    const auto members = workflow::loadMembers(session);
    if (!members)
        return fail(members.error());
    told.headless = std::ranges::count_if(members->members, [&](const auto &m) { return members->alive(m.id); });
    auto alerts = alerts::list(session);
    if (!alerts)
        return fail(alerts.error());
    told.alerts = std::move(*alerts);
    told.health = healthOf(*members, told.alerts, *tasks);
    told.fleet = *fleet;
    countFleet(told);
    return told;
}

Json overviewJson(const Overview &told)
{
    Json json{{"schedules", {{"state", toString(told.health.state)}, {"since", timeJson(told.health.since)}, {"tasks", told.health.tasks}}},
              {"total", told.counts.total},
              {"instances", told.instances.all},
              {"instances_up", told.instances.good},
              {"instances_stale", told.instances.stale},
              {"hosts", told.hosts.all},
              {"hosts_ok", told.hosts.good},
              {"hosts_stale", told.hosts.stale},
              {"hosts_last_seen", timeJson(told.hosts.newest)},
              {"headless", told.headless},
              {"coverage",
               {{"instances", told.coverage.instances},
                {"too_old", told.coverage.tooOld},
                {"never", told.coverage.never},
                {"in_no_task", told.coverage.inNoTask},
                {"never_proved", told.coverage.neverProved}}},
              {"no_target", Json::array()},
              {"alerts", Json::array()},
              {"day_from", timeJson(told.day.from)},
              {"day_until", timeJson(told.day.until)},
              {"zone", told.day.zone},
              {"now", timeJson(told.now)}};
    json["other_runs"] = Json{{"total", told.others.total}};
    for (const BoardState state : states) {
        json[std::string(toString(state))] = told.counts.of(state);
        json["other_runs"][std::string(toString(state))] = told.others.of(state);
    }
    json["replication_stopped"] = Json::array();
    for (const InstanceRecord &record : told.fleet.instances) {
        if (record.state == "up" && replicationStopped(record))
            json["replication_stopped"].push_back(instanceJson(record, told.fleet));
    }
    for (const Unrun &row : told.withoutTarget)
        json["no_target"].push_back({{"task_id", row.taskId.toString()}, {"task", row.task}, {"due", timeJson(row.last)}});
    for (const Alert &alert : told.alerts)
        json["alerts"].push_back(alertJson(alert));
    return json;
}

void printCounts(const Overview &told)
{
    printLine("Board day " + timeText(told.day.from) + " to " + timeText(told.day.until) + " (" + told.day.zone + ")");
    std::vector<std::string> heads{"", "TOTAL"};
    std::set<std::size_t> right{1};
    for (const BoardState state : states) {
        right.insert(heads.size());
        std::string head(toString(state));
        std::ranges::transform(head, head.begin(), [](char c) { return static_cast<char>(std::toupper(static_cast<unsigned char>(c))); });
        heads.push_back(std::move(head));
    }
    Table table(std::move(heads), std::move(right));
    const auto add = [&table](const char *what, const BoardCounts &counts) {
        std::vector<std::string> row{what, std::to_string(counts.total)};
        for (const BoardState state : states)
            row.push_back(std::to_string(counts.of(state)));
        table.add(std::move(row));
    };
    add("backups", told.counts);
    if (told.others.total > 0)
        add("other runs", told.others);
    table.print();
}

/// "2 of 3 hosts answer, 1 not asked since 2026-03-01 02:30:00Z"
std::string answersText(const Answers &answers, const char *what, const char *are, const char *were)
{
    std::string text = std::to_string(answers.good) + " of " + std::to_string(answers.all) + ' ' + what + ' ' + are;
    if (answers.stale > 0)
        text += ", " + std::to_string(answers.stale) + ' ' + were + " when last asked"
            + (answers.newest ? " (" + timeText(answers.newest) + "), which is too long ago to know" : std::string(", which nobody knows the time of"));
    return text;
}

void printFleet(const Overview &told)
{
    printLine(answersText(told.instances, "instances", "up", "were up"));
    printLine(answersText(told.hosts, "hosts", "answer", "answered"));
    printLine(std::to_string(told.headless) + " headless alive");
    if (told.headless == 0 && !told.health.isBad())
        warnLine("Nobody watches the hosts: no headless instance is alive, and no schedule runs. Start one with \"zandbctl serve\".");
    constexpr int most = 20;
    int bad = 0;
    for (const InstanceRecord &record : told.fleet.instances) {
        const Condition condition = instanceCondition(record, told.now);
        if (condition.look != Look::Failed || ++bad > most)
            continue;
        const QString why = record.detail && record.detail->error ? errorSummary(*record.detail->error) : replicationTrouble(record);
        warnLine(told.fleet.pathOf(record.instance.id) + ": " + condition.text.toStdString() + (why.isEmpty() ? "" : " (" + why.toStdString() + ")"));
    }
    if (bad > most)
        warnLine("... and " + std::to_string(bad - most) + " more instances (zandbctl instance list)");
}

Result<int> overview(Context &context, const Args &)
{
    const auto read = readOverview(context);
    if (!read)
        return fail(read.error());
    const Overview &told = *read;
    context.print(overviewJson(told));
    if (context.json())
        return exitOk;
    // before all figures: they mean little when nobody schedules
    if (told.health.isBad())
        printBytes(red(healthLine(told.health)) + '\n'); // printLine() takes colours for noise
    printCounts(told);
    printFleet(told);
    if (told.coverage.tooOld + told.coverage.inNoTask + told.coverage.neverProved > 0)
        printLine(std::to_string(told.coverage.tooOld) + " of " + std::to_string(told.coverage.instances) + " instances have no recent good backup, "
                  + std::to_string(told.coverage.inNoTask) + " are in no backup task, " + std::to_string(told.coverage.neverProved)
                  + " have none that was proved (zandbctl backup coverage)");
    for (const Unrun &one : told.withoutTarget)
        warnLine("Task " + one.task + " had no target at " + timeText(one.last) + ": it did nothing.");
    for (const Alert &alert : told.alerts) {
        if (alert.ackedBy.empty())
            warnLine("Alert since " + timeText(alert.raisedAt) + ": " + alertTitle(alert, told.fleet).toStdString() + ". " + alertDetail(alert).toStdString());
    }
    return exitOk;
}

} // namespace

std::vector<Verb> overviewVerbs()
{
    return {{"overview", "", "", "today's board: which backups ran, failed, are late, and how the fleet is", {}, overview}};
}

} // namespace zandb::cli
