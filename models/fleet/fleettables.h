// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/tablemodel.h"
#include "models/fleet/scope.h"
#include "models/fleet/statetext.h"
#include "models/fleet/zabbix.h"

#include <QString>

namespace zandb {

/// One host as a table shows it.
struct HostRow
{
    Host host;
    HostState state;
    Condition condition;
    QString group;
    int instances = 0;
    std::optional<wire::Disk> fullestDisk; ///< the one with the least share free
    std::shared_ptr<const ZabbixRecord> zabbix; ///< what Zabbix says of it; null: nobody has asked
};

class HostTableModel final : public TableModel<HostRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { State, Name, GroupColumn, Address, Instances, Cores, Memory, DiskFree, Os, Agent, Uptime, Seen, ColumnCount };
    explicit HostTableModel(QObject *parent = nullptr);
    /// The scope's hosts of a fleet at an instant of the store's clock.
    static std::vector<HostRow> rowsOf(const Fleet &fleet, const Scope &scope, TimePoint now);

    Uuid key(const HostRow &row) const override { return row.host.id; }
    bool same(const HostRow &a, const HostRow &b) const override;

protected:
    QVariant cell(const HostRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

/// What a table says of an instance's last good backup.
struct BackupAge
{
    std::optional<TimePoint> lastGood; ///< none: never
    bool tooOld = false;               ///< for its group, or never
    QString by;                        ///< the instance it is of, where that is another one of the same replication
    bool operator==(const BackupAge &) const = default;
};
/// By instance; those that are absent are not known.
using BackupAges = std::map<Uuid, BackupAge>;

/// Statements of an instance in the last 24 hours.
struct StatementCounts
{
    std::int64_t slow = 0;   ///< in its slow log
    std::int64_t killed = 0; ///< by policies
    bool operator==(const StatementCounts &) const = default;
};
/// By instance; those that are absent had none.
using StatementCountsOf = std::map<Uuid, StatementCounts>;

/// One instance as a table shows it.
struct InstanceRow
{
    InstanceRecord record;
    Condition condition;
    QString host;
    QString role;
    std::optional<BackupAge> backup;
    std::optional<Microseconds> backupAge; ///< how old the last good one is
    std::optional<StatementCounts> statements; ///< none: not known
};

class InstanceTableModel final : public TableModel<InstanceRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { State, HostColumn, Name, Version, RoleColumn, Lag, LastBackup, Slow, Killed, ReadOnly, DataSize, LogSize, Uptime, Seen, ColumnCount };
    explicit InstanceTableModel(QObject *parent = nullptr);
    /// `statements` null: they are not known.
    static std::vector<InstanceRow> rowsOf(const Fleet &fleet, const Scope &scope, TimePoint now, const BackupAges &backups = {}, const StatementCountsOf *statements = nullptr);

    Uuid key(const InstanceRow &row) const override { return row.record.instance.id; }
    bool same(const InstanceRow &a, const InstanceRow &b) const override;

protected:
    QVariant cell(const InstanceRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

} // namespace zandb
