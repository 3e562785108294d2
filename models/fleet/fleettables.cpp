// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fleet/fleettables.h"

#include "models/common/cell.h"
#include "models/common/format.h"
#include "models/common/roles.h"
#include "models/common/text.h"
#include "models/fleet/fleetindex.h"

#include <QCoreApplication>

#include <algorithm>

namespace zandb {
namespace {

struct FleetStateText
{
    Q_DECLARE_TR_FUNCTIONS(FleetStateText)
};

bool sameCondition(const Condition &a, const Condition &b)
{
    return a.look == b.look && a.text == b.text && a.stale == b.stale
        && (a.age ? ageText(*a.age) : QString()) == (b.age ? ageText(*b.age) : QString());
}

Cell seenCell(const std::optional<TimePoint> &seenAt, const Condition &condition)
{
    if (!seenAt)
        return {};
    if (!condition.age)
        return {FleetStateText::tr("clock ahead"), static_cast<qlonglong>(toMicros(*seenAt)), qs(toIso(*seenAt)),
                exactTimeText(*seenAt) + QLatin1Char('\n') + FleetStateText::tr("The clock that wrote this was ahead: how old it is nobody knows."), true};
    return {ageText(*condition.age), static_cast<qlonglong>(toMicros(*seenAt)), qs(toIso(*seenAt)), exactTimeText(*seenAt), true};
}

QVariant conditionAnswer(const Condition &condition, int role)
{
    return lookAnswer(condition.look, [&] { return condition.text; }, role);
}

} // namespace

HostTableModel::HostTableModel(QObject *parent) : TableModel(ColumnCount, parent) {}

std::vector<HostRow> HostTableModel::rowsOf(const Fleet &fleet, const Scope &scope, TimePoint now)
{
    const ScopeContents contents = contentsOf(fleet, scope);
    std::map<Uuid, int> instances;
    for (const InstanceRecord &record : fleet.instances)
        ++instances[record.instance.hostId];
    std::vector<HostRow> rows;
    for (const Host &host : fleet.hosts) {
        if (!contents.hosts.contains(host.id))
            continue;
        HostRow row;
        row.host = host;
        if (const auto it = fleet.hostStates.find(host.id); it != fleet.hostStates.end())
            row.state = it->second;
        row.condition = hostCondition(fleet, host, now);
        if (host.groupId)
            row.group = groupPath(fleet, *host.groupId);
        row.instances = instances[host.id];
        if (row.state.facts) {
            const auto share = [](const wire::Disk &disk) {
                return disk.totalBytes > 0 ? static_cast<double>(disk.freeBytes) / static_cast<double>(disk.totalBytes) : 1.0;
            };
            const auto &disks = row.state.facts->disks;
            const auto least = std::ranges::min_element(disks, {}, share);
            if (least != disks.end() && least->totalBytes > 0)
                row.fullestDisk = *least;
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

bool HostTableModel::same(const HostRow &a, const HostRow &b) const
{
    const auto sampled = [](const HostRow &row) { return row.state.facts ? row.state.facts->sampledAt : TimePoint{}; };
    return a.host.revision == b.host.revision && a.state.seenAt == b.state.seenAt && a.state.state == b.state.state
        && sampled(a) == sampled(b) && sameCondition(a.condition, b.condition) && a.group == b.group && a.instances == b.instances
        && a.state.error.has_value() == b.state.error.has_value() && a.zabbix == b.zabbix;
}

QVariant HostTableModel::cell(const HostRow &row, int column, int role) const
{
    if (role == IdRole)
        return QVariant::fromValue(row.host.id);
    if (role == StaleRole)
        return row.condition.stale;
    const auto &facts = row.state.facts;
    switch (column) {
    case State:
        return conditionAnswer(row.condition, role);
    case Name:
        return answer(textCell(row.host.name), role);
    case GroupColumn:
        return answer({row.group, {}, {}, {}, false}, role);
    case Address:
        return answer(textCell(row.host.address + ':' + std::to_string(row.host.sshPort)), role);
    case Instances:
        return integerAnswer(row.instances, role);
    case Cores:
        return facts ? integerAnswer(facts->cores, role) : answer({}, role);
    case Memory:
        return facts ? bytesAnswer(facts->memoryBytes, role) : answer({}, role);
    case DiskFree: {
        if (!row.fullestDisk)
            return answer({}, role);
        const wire::Disk &disk = *row.fullestDisk;
        const double percent = 100.0 * static_cast<double>(disk.freeBytes) / static_cast<double>(disk.totalBytes);
        return answer({tr("%1 free (%2)").arg(percentText(percent), bytesText(disk.freeBytes)), percent,
                       static_cast<qlonglong>(disk.freeBytes),
                       tr("%1: %2 free of %3").arg(qs(disk.mount), exactBytesText(disk.freeBytes), exactBytesText(disk.totalBytes)), true},
                      role);
    }
    case Os:
        return facts ? answer({qs(facts->os), {}, {}, qs(facts->os + ", Linux " + facts->kernel), false}, role) : answer({}, role);
    case Agent:
        return facts ? answer(textCell(facts->agentVersion), role) : answer({}, role);
    case Uptime:
        return facts ? durationAnswer(std::chrono::seconds{facts->uptimeSeconds}, role) : answer({}, role);
    case Seen:
        return answer(seenCell(row.state.seenAt, row.condition), role);
    default:
        return {};
    }
}

QVariant HostTableModel::header(int column, int role) const
{
    const bool number = column == Instances || column == Cores || column == Memory || column == DiskFree || column == Uptime || column == Seen;
    const QLatin1String unit = column == Memory || column == DiskFree ? inBytes : column == Uptime ? inSeconds : column == Seen ? inUtc : QLatin1String();
    const auto title = [&](const QString &text) { return headerAnswer(text, number, role, unit); };
    switch (column) {
    case State:
        return title(tr("State"));
    case Name:
        return title(tr("Host"));
    case GroupColumn:
        return title(tr("Group"));
    case Address:
        return title(tr("Address"));
    case Instances:
        return title(tr("Instances"));
    case Cores:
        return title(tr("Cores"));
    case Memory:
        return title(tr("Memory"));
    case DiskFree:
        return title(tr("Fullest disk"));
    case Os:
        return title(tr("System"));
    case Agent:
        return title(tr("Agent"));
    case Uptime:
        return title(tr("Up for"));
    case Seen:
        return title(tr("Last seen"));
    default:
        return {};
    }
}

InstanceTableModel::InstanceTableModel(QObject *parent) : TableModel(ColumnCount, parent) {}

std::vector<InstanceRow> InstanceTableModel::rowsOf(const Fleet &fleet, const Scope &scope, TimePoint now, const BackupAges &backups,
                                                     const StatementCountsOf *statements)
{
    const ScopeContents contents = contentsOf(fleet, scope);
    const SourceNames names = sourceNames(fleet);
    const FleetIndex index(fleet);
    std::vector<InstanceRow> rows;
    rows.reserve(contents.instances.size());
    for (const InstanceRecord &record : fleet.instances) {
        if (!contents.instances.contains(record.instance.id))
            continue;
        const Host *host = index.host(record.instance.hostId);
        InstanceRow row{record, instanceCondition(record, now), host ? qs(host->name) : QString(), roleText(record, names), {}, {}, {}};
        if (const auto it = backups.find(record.instance.id); it != backups.end() && record.state != "gone") {
            row.backup = it->second;
            if (it->second.lastGood)
                row.backupAge = std::max(now - *it->second.lastGood, Microseconds{0});
        }
        if (statements) {
            const auto it = statements->find(record.instance.id);
            row.statements = it == statements->end() ? StatementCounts{} : it->second;
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

namespace {

QVariant countAnswer(std::int64_t count, int role)
{
    return numberAnswer(static_cast<qlonglong>(count), static_cast<qlonglong>(count), role, true, [&] { return countText(count); }, [&] { return QString::number(count); });
}

QString ageShown(const InstanceRow &row)
{
    return row.backupAge ? ageText(*row.backupAge) : QString();
}

} // namespace

bool InstanceTableModel::same(const InstanceRow &a, const InstanceRow &b) const
{
    const auto sampled = [](const InstanceRow &row) { return row.record.detail ? row.record.detail->sampledAt : TimePoint{}; };
    return a.record.instance.revision == b.record.instance.revision && a.record.state == b.record.state
        && a.record.seenAt == b.record.seenAt && sampled(a) == sampled(b) && sameCondition(a.condition, b.condition) && a.host == b.host
        && a.role == b.role && a.backup == b.backup && ageShown(a) == ageShown(b) && a.statements == b.statements;
}

QVariant InstanceTableModel::cell(const InstanceRow &row, int column, int role) const
{
    if (role == IdRole)
        return QVariant::fromValue(row.record.instance.id);
    if (role == StaleRole)
        return row.condition.stale;
    const auto &detail = row.record.detail;
    const auto permitted = [&](const char *figure, const std::optional<std::int64_t> &bytes) -> QVariant {
        if (bytes)
            return bytesAnswer(*bytes, role);
        if (detail && std::ranges::find(detail->notPermitted, figure) != detail->notPermitted.end())
            return answer({tr("not permitted"), {}, {}, tr("The agent's account may not read this."), true}, role);
        return answer({}, role);
    };
    switch (column) {
    case State:
        return conditionAnswer(row.condition, role);
    case HostColumn:
        return answer({row.host, {}, {}, {}, false}, role);
    case Name: // as it is called everywhere else
        return answer({row.host + QLatin1Char('/') + qs(row.record.instance.name), {}, {}, {}, false}, role);
    case Version:
        return answer({versionText(row.record), {}, {}, detail ? qs(detail->version) : QString(), false}, role);
    case RoleColumn:
        return answer({row.role, {}, {}, {}, false}, role);
    case Lag:
        if (const auto lag = lagSeconds(row.record))
            return answer({tr("%1 s").arg(*lag), static_cast<qlonglong>(*lag), static_cast<qlonglong>(*lag), {}, true}, role);
        if (detail && !detail->replication.empty())
            return answer({tr("unknown"), {}, {}, tr("The server cannot tell how far it is behind."), true}, role);
        return answer({}, role);
    case LastBackup: {
        if (!row.backup)
            return answer({}, role);
        const std::optional<TimePoint> &last = row.backup->lastGood;
        if (role == LookRole)
            return row.backup->tooOld ? QVariant(static_cast<int>(Look::Failed)) : QVariant();
        QString tip = last ? exactTimeText(*last) : tr("It has never been backed up.");
        if (!row.backup->by.isEmpty())
            tip += QLatin1Char('\n') + tr("Of %1, from which or to which it replicates.").arg(row.backup->by);
        return answer({last ? ageShown(row) : tr("never"), last ? static_cast<qlonglong>(toMicros(*last)) : 0LL,
                       last ? QVariant(qs(toIso(*last))) : QVariant(), tip, true}, role);
    }
    case Slow:
        return row.statements ? countAnswer(row.statements->slow, role) : answer({}, role);
    case Killed:
        return row.statements ? countAnswer(row.statements->killed, role) : answer({}, role);
    case ReadOnly:
        if (!detail || !detail->readOnly)
            return answer({}, role);
        return answer({*detail->readOnly ? (detail->superReadOnly.value_or(false) ? tr("yes, also for SUPER") : tr("yes")) : tr("no"),
                       static_cast<qlonglong>(*detail->readOnly), {}, {}, false, *detail->readOnly},
                      role);
    case DataSize:
        return permitted("dataBytes", detail ? detail->dataBytes : std::nullopt);
    case LogSize:
        return permitted("logBytes", detail ? detail->logBytes : std::nullopt);
    case Uptime:
        return detail && detail->uptimeSeconds > 0 ? durationAnswer(std::chrono::seconds{detail->uptimeSeconds}, role) : answer({}, role);
    case Seen:
        return answer(seenCell(row.record.seenAt, row.condition), role);
    default:
        return {};
    }
}

QVariant InstanceTableModel::header(int column, int role) const
{
    const bool number = column == Lag || column == LastBackup || column == Slow || column == Killed || column == DataSize || column == LogSize || column == Uptime || column == Seen;
    const QLatin1String unit = column == DataSize || column == LogSize ? inBytes
        : column == Lag || column == Uptime                            ? inSeconds
        : column == Seen || column == LastBackup                       ? inUtc
                                                                       : QLatin1String();
    const auto title = [&](const QString &text) { return headerAnswer(text, number, role, unit); };
    switch (column) {
    case State:
        return title(tr("State"));
    case HostColumn:
        return title(tr("Host"));
    case Name:
        return title(tr("Instance"));
    case Version:
        return title(tr("Version"));
    case RoleColumn:
        return title(tr("Role"));
    case Lag:
        return title(tr("Lag"));
    case LastBackup:
        return title(tr("Last good backup"));
    case Slow:
        return title(tr("Slow, 24 h"));
    case Killed:
        return title(tr("Killed, 24 h"));
    case ReadOnly:
        return title(tr("Read-only"));
    case DataSize:
        return title(tr("Data"));
    case LogSize:
        return title(tr("Logs"));
    case Uptime:
        return title(tr("Up for"));
    case Seen:
        return title(tr("Last seen"));
    default:
        return {};
    }
}

} // namespace zandb
