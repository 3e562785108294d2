// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/backups/attention.h"

#include "models/common/errortext.h"
#include "models/common/format.h"
#include "models/common/text.h"
#include "models/fleet/statetext.h"

#include <QCoreApplication>

#include <algorithm>
#include <iterator>
#include <map>

namespace zandb {
namespace {

struct AttentionText
{
    Q_DECLARE_TR_FUNCTIONS(AttentionText)
};

/// Below this share a disk is called running out.
constexpr double leastFreeShare = 0.15;

bool isTrouble(Look look)
{
    return look == Look::Failed || look == Look::Late || look == Look::Unknown || look == Look::Missed;
}

bool isTrouble(const BackupRow &row)
{
    return isTrouble(row.run.look) || wasFoundBad(row);
}

Attention ofRun(const BackupRow &row, TimePoint now)
{
    const Run &run = row.run.run;
    Attention item;
    item.look = row.run.look;
    item.since = run.endedAt.value_or(run.startedAt.value_or(run.due));
    item.leadsTo.page = QStringLiteral("run");
    item.leadsTo.subject = Subject(runSubject, run.id);
    item.leadsTo.scope = {Scope::Kind::Instance, run.targetId};
    if (wasFoundBad(row)) {
        item.look = Look::Failed;
        item.since = row.backup->foundAt.value_or(item.since);
        item.what = AttentionText::tr("%1: backup was found bad").arg(row.run.target);
        item.detail = errorSummary(*row.backup->finding);
        return item;
    }
    switch (row.run.look) {
    case Look::Failed:
        item.what = AttentionText::tr("%1: backup failed").arg(row.run.target);
        break;
    case Look::Late:
        item.what = run.state == RunState::Running ? AttentionText::tr("%1: backup is taking too long").arg(row.run.target)
                                                   : AttentionText::tr("%1: backup has not started").arg(row.run.target);
        break;
    case Look::Missed:
        item.what = AttentionText::tr("%1: backup was missed").arg(row.run.target);
        break;
    default:
        item.what = AttentionText::tr("%1: outcome of the backup is unknown").arg(row.run.target);
    }
    if (run.error)
        item.detail = errorSummary(*run.error);
    else if (const auto duration = runDuration(run, now))
        item.detail = AttentionText::tr("Running for %1.").arg(durationText(*duration));
    else
        item.detail = AttentionText::tr("Due %1.").arg(localTimeText(run.due));
    return item;
}

} // namespace

QString coverageText(const CoverageCounts &counts)
{
    QStringList parts;
    if (counts.tooOld > 0)
        parts << AttentionText::tr("%n instance(s) with no recent good backup", nullptr, counts.tooOld);
    if (counts.inNoTask > 0)
        parts << AttentionText::tr("%n in no backup task", nullptr, counts.inNoTask);
    if (counts.neverProved > 0)
        parts << AttentionText::tr("%n never proved", nullptr, counts.neverProved);
    return parts.join(QStringLiteral(" \u00b7 "));
}

Troubled troubledOf(const std::vector<BackupRow> &rows, TimePoint since, const BoardDay &night)
{
    const auto remember = [](auto &newest, const auto &of, TimePoint at) {
        const auto [it, fresh] = newest.emplace(of, at);
        it->second = std::max(it->second, at);
    };
    const auto taskOf = [](const Run &run) { return std::pair(run.taskId.value_or(Uuid{}), run.targetId); };
    std::map<Uuid, TimePoint> good;
    std::map<std::pair<Uuid, Uuid>, TimePoint> bad;
    for (const BackupRow &row : rows) {
        const Run &run = row.run.run;
        if (run.state == RunState::Succeeded && !wasFoundBad(row))
            remember(good, run.targetId, run.occurrence);
        else if (isTrouble(row))
            remember(bad, taskOf(run), run.occurrence);
    }
    Troubled troubled;
    for (const BackupRow &row : rows) {
        const Run &run = row.run.run;
        if (!isTrouble(row) || run.occurrence < since)
            continue;
        const auto it = good.find(run.targetId);
        // what is late is still under way, whatever came after it
        if (row.run.look != Look::Late && it != good.end() && it->second > run.occurrence)
            troubled.healed += run.occurrence >= night.from && run.occurrence < night.until ? 1 : 0;
        else if (bad[taskOf(run)] == run.occurrence)
            troubled.rows.push_back(row);
        else // of another night it is that night's own trouble
            troubled.repeated += run.occurrence >= night.from && bad[taskOf(run)] < night.until ? 1 : 0;
    }
    return troubled;
}

namespace {

Location placeOf(const char *page, Scope::Kind kind, const Uuid &id)
{
    Location place;
    place.page = QLatin1String(page);
    if (!id.isNull())
        place.scope = {kind, id};
    return place;
}

/// Occurrences that nobody wrote down have one cause: as many as this are told one by one, more of a task in one line.
constexpr std::size_t oneByOne = 3;

void addRuns(std::vector<Attention> &items, const std::vector<BackupRow> &troubled, TimePoint now)
{
    std::map<std::pair<QString, Look>, std::vector<const BackupRow *>> unwritten;
    for (const BackupRow &row : troubled) {
        if (!isTrouble(row))
            continue;
        if (!row.run.exists && row.run.run.error && row.run.run.error->is(errors::scheduleUnwritten))
            unwritten[{row.run.task, row.run.look}].push_back(&row);
        else
            items.push_back(ofRun(row, now));
    }
    for (const auto &[of, rows] : unwritten) {
        if (rows.size() <= oneByOne) {
            for (const BackupRow *row : rows)
                items.push_back(ofRun(*row, now));
            continue;
        }
        const auto &[task, look] = of;
        const int count = static_cast<int>(rows.size());
        Attention item;
        item.look = look;
        item.what = look == Look::Missed ? AttentionText::tr("%1: %n backup(s) were missed", nullptr, count).arg(task)
                                         : AttentionText::tr("%1: %n backup(s) have not started", nullptr, count).arg(task);
        item.detail = errorSummary(*rows.front()->run.run.error);
        for (const BackupRow *row : rows)
            item.since = std::max(item.since, row->run.run.due);
        item.leadsTo = placeOf("backups", {}, {});
        item.leadsTo.subject = Subject(look);
        items.push_back(std::move(item));
    }
}

/// Those of any age that are no line of their run's own already: a newer backup does not make them good.
void addFoundBad(std::vector<Attention> &items, const std::vector<BackupRow> &troubled, const std::vector<Backup> &foundBad, const Fleet &fleet)
{
    constexpr std::size_t most = 8;
    std::vector<const Backup *> others;
    for (const Backup &backup : foundBad) {
        if (std::ranges::none_of(troubled, [&](const BackupRow &row) { return row.backup && row.backup->id == backup.id; }))
            others.push_back(&backup);
    }
    const auto line = [](const QString &what, const Backup &backup) {
        Attention item;
        item.what = what;
        item.detail = errorSummary(*backup.finding);
        item.since = backup.foundAt.value_or(backup.endedAt);
        item.leadsTo.page = QStringLiteral("run");
        item.leadsTo.subject = Subject(runSubject, backup.runId);
        item.leadsTo.scope = {Scope::Kind::Instance, backup.instanceId};
        return item;
    };
    for (std::size_t at = 0; at < others.size() && (at < most || others.size() == most + 1); ++at)
        items.push_back(line(AttentionText::tr("%1: the backup of %2 was found bad").arg(qs(fleet.pathOf(others[at]->instanceId)), localTimeText(others[at]->endedAt)),
                             *others[at]));
    if (others.size() > most + 1)
        items.push_back(line(AttentionText::tr("%n more backup(s) were found bad", nullptr, static_cast<int>(others.size() - most)), *others[most]));
}

void addCoverage(std::vector<Attention> &items, const std::vector<Coverage> &coverage, TimePoint now)
{
    std::vector<const Coverage *> old, inNoTask;
    int unproved = 0;
    for (const Coverage &one : coverage) {
        if (one.isTooOld(now))
            old.push_back(&one);
        else if (!one.inTask)
            inNoTask.push_back(&one);
        unproved += one.lastGood && !one.lastProved;
    }
    const auto detailOf = [&](const Coverage &one) {
        const QString age = one.lastGood ? AttentionText::tr("The last good backup is %1 old; %n day(s) are allowed.", nullptr, static_cast<int>(one.maxAgeDays))
                                               .arg(durationText(std::chrono::duration_cast<std::chrono::seconds>(now - *one.lastGood)))
                                         : AttentionText::tr("It has never been backed up.");
        return one.inTask ? age : age + QLatin1Char(' ') + AttentionText::tr("It is in no backup task.");
    };
    constexpr std::size_t most = 8;
    for (std::size_t at = 0; at < old.size() && (at < most || old.size() == most + 1); ++at)
        items.push_back({Look::Failed, AttentionText::tr("%1: no good backup").arg(qs(old[at]->path)), detailOf(*old[at]), old[at]->lastGood.value_or(TimePoint{}),
                         placeOf("backups", Scope::Kind::Instance, old[at]->instance), {}, false});
    if (old.size() > most + 1)
        items.push_back({Look::Failed, AttentionText::tr("%n more instance(s) have no good backup", nullptr, static_cast<int>(old.size() - most)),
                         AttentionText::tr("None, or none younger than their group allows. The Fleet page lists the last one of each."), {},
                         placeOf("fleet", {}, {}), {}, false});
    for (std::size_t at = 0; at < inNoTask.size() && inNoTask.size() <= oneByOne; ++at)
        items.push_back({Look::Late, AttentionText::tr("%1: in no backup task").arg(qs(inNoTask[at]->path)), AttentionText::tr("Its last good backup was made by hand."),
                         {}, placeOf("backups", Scope::Kind::Instance, inNoTask[at]->instance), {}, false});
    if (inNoTask.size() > oneByOne)
        items.push_back({Look::Late, AttentionText::tr("%n instance(s) are in no backup task", nullptr, static_cast<int>(inNoTask.size())),
                         AttentionText::tr("Nothing backs them up by itself."), {}, placeOf("fleet", {}, {}), {}, false});
    if (unproved > 0)
        items.push_back({Look::Late, AttentionText::tr("%n instance(s) have never had a backup proved", nullptr, unproved),
                         AttentionText::tr("Only a backup that was restored and checked is known to be worth something. Verify one of each."), {},
                         placeOf("backups", {}, {}), {}, false});
}

/// Says only that nobody has asked it for a while: it was well when it was last asked.
bool isMerelyOld(const Condition &condition, bool wasWell)
{
    return condition.stale && wasWell;
}

/// `silent` gets the hosts that are not known to be well, and of each whether it was when it was last asked.
void addHosts(std::vector<Attention> &items, std::map<Uuid, bool> &silent, const Fleet &fleet, TimePoint now, bool nobodyAsks)
{
    for (const Host &host : fleet.hosts) {
        const Condition condition = hostCondition(fleet, host, now);
        const auto state = fleet.hostStates.find(host.id);
        const Location place = placeOf("fleet", Scope::Kind::Host, host.id);
        const bool wasWell = state != fleet.hostStates.end() && state->second.state == "ok";
        if (condition.look != Look::Ok)
            silent.emplace(host.id, isMerelyOld(condition, wasWell));
        if (condition.look != Look::Ok && !(nobodyAsks && isMerelyOld(condition, wasWell))) {
            Attention item{condition.look, qs(host.name) + QStringLiteral(": ") + condition.text, {}, {}, place, {}, false};
            if (state != fleet.hostStates.end()) {
                item.since = state->second.seenAt.value_or(TimePoint{});
                if (state->second.error)
                    item.detail = errorSummary(*state->second.error);
            }
            if (item.detail.isEmpty())
                item.detail = AttentionText::tr("Its data may be out of date.");
            items.push_back(std::move(item));
        }
        if (state == fleet.hostStates.end() || !state->second.facts)
            continue;
        for (const wire::Disk &disk : state->second.facts->disks) {
            if (disk.totalBytes <= 0)
                continue;
            const double share = static_cast<double>(disk.freeBytes) / static_cast<double>(disk.totalBytes);
            if (share >= leastFreeShare)
                continue;
            items.push_back({share < leastFreeShare / 3 ? Look::Failed : Look::Late,
                             AttentionText::tr("%1: %2 of %3 left").arg(qs(host.name), percentText(100 * share), qs(disk.mount)),
                             AttentionText::tr("%1 free of %2.").arg(bytesText(disk.freeBytes), bytesText(disk.totalBytes)),
                             state->second.facts->sampledAt, place, {}, false});
        }
    }
}

void addInstances(std::vector<Attention> &items, const std::map<Uuid, bool> &silent, const Fleet &fleet, TimePoint now)
{
    for (const InstanceRecord &record : fleet.instances) {
        const Condition condition = instanceCondition(record, now);
        if (condition.look == Look::Ok || record.state == "gone")
            continue;
        // the host's own line says it, or that nobody asks does; what was bad when it was last asked is told by neither
        const auto host = silent.find(record.instance.hostId);
        if (host != silent.end() && !(host->second && condition.look == Look::Failed))
            continue;
        Attention item{condition.look, qs(fleet.pathOf(record.instance.id)) + QStringLiteral(": ") + condition.text, {},
                       record.seenAt.value_or(TimePoint{}), placeOf("fleet", Scope::Kind::Instance, record.instance.id), {}, false};
        if (record.detail && record.detail->error)
            item.detail = errorSummary(*record.detail->error);
        else if (record.detail) {
            item.detail = replicationTrouble(record);
            if (item.detail.isEmpty() && lagSeconds(record))
                item.detail = AttentionText::tr("Lag %1 s.").arg(*lagSeconds(record));
        }
        items.push_back(std::move(item));
    }
}

} // namespace

std::vector<Attention> attentionOf(const Fleet &fleet, const std::vector<BackupRow> &troubled, TimePoint now, const AttentionFacts &facts)
{
    std::vector<Attention> items;
    addRuns(items, troubled, now);
    addFoundBad(items, troubled, facts.foundBad, fleet);
    for (const Unrun &row : facts.withoutTarget) {
        Location place = placeOf("runs", {}, {});
        place.subject = Subject(taskSubject, row.taskId);
        items.push_back({Look::Failed, AttentionText::tr("%1: backed up nothing").arg(qs(row.task)), errorSummary(unrunError(row.reason)), row.last, place, {}, false});
    }
    addCoverage(items, facts.coverage, now);
    items.insert(items.end(), facts.statements.begin(), facts.statements.end());
    const bool nobodyAsks = facts.health.state == ScheduleHealth::State::NoHeadless;
    std::map<Uuid, bool> silent;
    addHosts(items, silent, fleet, now, nobodyAsks);
    addInstances(items, silent, fleet, now);
    const auto rank = [](Look look) { return look == Look::Failed ? 0 : look == Look::Unknown ? 1 : look == Look::Late ? 2 : 3; };
    std::ranges::stable_sort(items, [&](const Attention &a, const Attention &b) {
        return std::tuple(rank(a.look), b.since) < std::tuple(rank(b.look), a.since);
    });
    // what stands above everything else, newest first; what somebody knows of goes to the end
    std::vector<Attention> all;
    const bool alerted = std::ranges::any_of(facts.alerts, &Attention::ofSchedules); // which says it, and can be acknowledged
    if (facts.health.isBad() && !alerted)
        all.push_back({Look::Failed, healthText(facts.health), healthDetail(facts.health), facts.health.since.value_or(TimePoint{}), {}, {}, false});
    else if (!facts.health.isBad() && nobodyAsks && std::ranges::any_of(silent, [](const auto &host) { return host.second; }))
        all.push_back({Look::Unknown, AttentionText::tr("Nobody watches the hosts: no headless instance is alive"),
                       AttentionText::tr("How they are now is not known. Start one with \"zandbctl serve\"."), facts.health.since.value_or(TimePoint{}), {}, {}, false});
    for (const bool acknowledged : {false, true}) {
        for (const Attention &alert : facts.alerts) {
            if (alert.acknowledged == acknowledged)
                all.push_back(alert);
        }
        if (!acknowledged)
            all.insert(all.end(), std::make_move_iterator(items.begin()), std::make_move_iterator(items.end()));
    }
    return all;
}

} // namespace zandb
