// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/backups/backuptimelinemodel.h"

#include "models/common/errortext.h"
#include "models/common/format.h"
#include "models/common/natural.h"
#include "models/common/roles.h"

#include <algorithm>
#include <unordered_map>

namespace zandb {
namespace {

constexpr quintptr rowId = 0; ///< internalId of a row; of a bar: its row + 1

BackupTimelineModel::Bar barOf(const BackupRow &row, TimePoint now)
{
    const Run &run = row.run.run;
    BackupTimelineModel::Bar bar;
    bar.runId = run.id;
    bar.start = run.startedAt.value_or(run.due);
    bar.open = run.state == RunState::Running;
    bar.end = bar.open ? std::max(now, bar.start) : run.endedAt && run.startedAt ? *run.endedAt : bar.start;
    bar.look = row.run.look;
    if (run.progress && bar.open)
        bar.percent = run.progress->percent;
    QStringList text{row.run.target + QStringLiteral(": ") + runStateText(row.run, now), localTimeText(bar.start)};
    if (const auto duration = runDuration(run, now))
        text.back() += QStringLiteral(", ") + durationText(*duration);
    if (row.backup)
        text << BackupTimelineModel::tr("%1, stored %2").arg(bytesText(row.backup->bytes), bytesText(row.backup->storedBytes));
    if (wasFoundBad(row))
        text << errorSummary(*row.backup->finding);
    else if (run.error && run.state != RunState::Succeeded)
        text << errorSummary(*run.error);
    bar.text = text.join(QLatin1Char('\n'));
    return bar;
}

} // namespace

BackupTimelineModel::BackupTimelineModel(QObject *parent) : QAbstractItemModel(parent) {}

QModelIndex BackupTimelineModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, parent.isValid() ? static_cast<quintptr>(parent.row()) + 1 : rowId);
}

QModelIndex BackupTimelineModel::parent(const QModelIndex &child) const
{
    if (!child.isValid() || child.internalId() == rowId)
        return {};
    return createIndex(static_cast<int>(child.internalId()) - 1, 0, rowId);
}

int BackupTimelineModel::rowCount(const QModelIndex &parent) const
{
    if (!parent.isValid())
        return static_cast<int>(m_rows.size());
    if (parent.column() > 0 || parent.internalId() != rowId)
        return 0;
    return static_cast<int>(m_rows[static_cast<std::size_t>(parent.row())].bars.size());
}

int BackupTimelineModel::columnCount(const QModelIndex &) const
{
    return 1;
}

QVariant BackupTimelineModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    if (index.internalId() == rowId) {
        const Row &row = m_rows[static_cast<std::size_t>(index.row())];
        if (role == Qt::DisplayRole)
            return row.title;
        return role == IdRole ? QVariant::fromValue(row.instanceId) : QVariant();
    }
    const Bar &bar = m_rows[index.internalId() - 1].bars[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole:
        return bar.text;
    case LookRole:
        return static_cast<int>(bar.look);
    case IdRole:
        return QVariant::fromValue(bar.runId);
    case PercentRole:
        return bar.percent ? QVariant(*bar.percent) : QVariant();
    case StartRole:
        return static_cast<qlonglong>(toMicros(bar.start));
    case EndRole:
        return static_cast<qlonglong>(toMicros(bar.end));
    default:
        return {};
    }
}

void BackupTimelineModel::setBackups(const std::vector<std::pair<Uuid, QString>> &instances, const std::vector<BackupRow> &backups,
                                     TimePoint now)
{
    setRows(build(instances, backups, now), now);
}

std::vector<BackupTimelineModel::Row> BackupTimelineModel::build(const std::vector<std::pair<Uuid, QString>> &instances,
                                                                 const std::vector<BackupRow> &backups, TimePoint now)
{
    std::vector<Row> next;
    std::unordered_map<Uuid, std::size_t> rowOf;
    for (const auto &[id, title] : instances)
        next.push_back({id, title, {}});
    std::ranges::stable_sort(next, [](const Row &a, const Row &b) { return compareNaturally(a.title, b.title) < 0; });
    for (std::size_t at = 0; at < next.size(); ++at)
        rowOf.emplace(next[at].instanceId, at);
    for (const BackupRow &backup : backups) {
        const auto it = rowOf.find(backup.run.run.targetId);
        if (it != rowOf.end())
            next[it->second].bars.push_back(barOf(backup, now));
    }
    for (Row &row : next)
        std::ranges::sort(row.bars, [](const Bar &a, const Bar &b) { return std::tie(a.start, a.runId) < std::tie(b.start, b.runId); });
    return next;
}

void BackupTimelineModel::setRows(std::vector<Row> next, TimePoint now)
{
    m_now = now;
    const bool sameRows = std::ranges::equal(next, m_rows, [](const Row &a, const Row &b) {
        return a.instanceId == b.instanceId && a.title == b.title
            && std::ranges::equal(a.bars, b.bars, {}, &Bar::runId, &Bar::runId);
    });
    if (!sameRows) {
        beginResetModel();
        m_rows = std::move(next);
        endResetModel();
        return;
    }
    for (std::size_t at = 0; at < next.size(); ++at) {
        if (next[at].bars == m_rows[at].bars)
            continue;
        m_rows[at].bars = std::move(next[at].bars);
        const QModelIndex row = index(static_cast<int>(at), 0);
        Q_EMIT dataChanged(index(0, 0, row), index(rowCount(row) - 1, 0, row));
    }
}

} // namespace zandb
