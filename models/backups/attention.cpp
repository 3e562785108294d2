// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/backups/attention.h"

#include "models/common/errortext.h"
#include "models/common/format.h"
#include "models/common/text.h"
#include "models/fleet/statetext.h"

#include <QCoreApplication>

#include <algorithm>
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

Attention ofRun(const BackupRow &row, TimePoint now)
{
    const Run &run = row.run.run;
    Attention item;
    item.look = row.run.look;
    item.since = run.endedAt.value_or(run.startedAt.value_or(run.due));
    item.leadsTo.page = QStringLiteral("run");
    item.leadsTo.run = run.id;
    item.leadsTo.scope = {Scope::Kind::Instance, run.targetId};
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
        item.what = AttentionText::tr("%1: nobody knows how the backup ended").arg(row.run.target);
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
        if (run.state == RunState::Succeeded)
            remember(good, run.targetId, run.occurrence);
        else if (isTrouble(row.run.look))
            remember(bad, taskOf(run), run.occurrence);
    }
    Troubled troubled;
    for (const BackupRow &row : rows) {
        const Run &run = row.run.run;
        if (!isTrouble(row.run.look) || run.occurrence < since)
            continue;
        const auto it = good.find(run.targetId);
        // what is late is still under way, whatever came after it
        if (row.run.look != Look::Late && it != good.end() && it->second > run.occurrence)
            troubled.healed += run.occurrence >= night.from && run.occurrence < night.until ? 1 : 0;
        else if (bad[taskOf(run)] == run.occurrence)
            troubled.rows.push_back(row);
    }
    return troubled;
}

std::vector<Attention> attentionOf(const Fleet &fleet, const std::vector<BackupRow> &troubled, TimePoint now)
{
    std::vector<Attention> items;
    for (const BackupRow &row : troubled) {
        if (isTrouble(row.run.look))
            items.push_back(ofRun(row, now));
    }
    std::set<Uuid> silent;
    for (const Host &host : fleet.hosts) {
        const Condition condition = hostCondition(fleet, host, now);
        const auto state = fleet.hostStates.find(host.id);
        Location place;
        place.page = QStringLiteral("fleet");
        place.scope = {Scope::Kind::Host, host.id};
        if (condition.look != Look::Ok) {
            silent.insert(host.id);
            Attention item{condition.look, qs(host.name) + QStringLiteral(": ") + condition.text, {}, {}, place};
            if (state != fleet.hostStates.end()) {
                item.since = state->second.seenAt.value_or(TimePoint{});
                if (state->second.error)
                    item.detail = errorSummary(*state->second.error);
            }
            if (item.detail.isEmpty())
                item.detail = AttentionText::tr("What is shown of it is old.");
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
                             state->second.facts->sampledAt, place});
        }
    }
    for (const InstanceRecord &record : fleet.instances) {
        if (silent.contains(record.instance.hostId) || record.state == "gone")
            continue; // the host's own line says it
        const Condition condition = instanceCondition(record, now);
        if (condition.look == Look::Ok)
            continue;
        Location place;
        place.page = QStringLiteral("fleet");
        place.scope = {Scope::Kind::Instance, record.instance.id};
        Attention item{condition.look, qs(fleet.pathOf(record.instance.id)) + QStringLiteral(": ") + condition.text, {},
                       record.seenAt.value_or(TimePoint{}), place};
        if (record.detail && record.detail->error)
            item.detail = errorSummary(*record.detail->error);
        else if (record.detail) {
            for (const wire::ReplicationState &source : record.detail->replication) {
                if (!source.errorText.empty())
                    item.detail = qs(source.errorText).simplified();
            }
            if (item.detail.isEmpty() && lagSeconds(record))
                item.detail = AttentionText::tr("Lag %1 s.").arg(*lagSeconds(record));
        }
        items.push_back(std::move(item));
    }
    const auto rank = [](Look look) { return look == Look::Failed ? 0 : look == Look::Unknown ? 1 : look == Look::Late ? 2 : 3; };
    std::ranges::stable_sort(items, [&](const Attention &a, const Attention &b) {
        return std::tuple(rank(a.look), b.since) < std::tuple(rank(b.look), a.since);
    });
    return items;
}

} // namespace zandb
