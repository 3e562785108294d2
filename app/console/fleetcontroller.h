// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/listcontroller.h"
#include "models/fleet/fleettables.h"
#include "models/fleet/fleettreemodel.h"

namespace zandb::console {

/// Keeps the tree and the Fleet page's tables at what the store says.
class FleetController final : public ListController
{
    Q_OBJECT
public:
    FleetController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, QObject *parent = nullptr);
    FleetTreeModel *tree() { return &m_tree; }
    HostTableModel *hosts() { return &m_hosts; }
    InstanceTableModel *instances() { return &m_instances; }

Q_SIGNALS:
    void agentsCounted(int answering, int all);
    /// Of the instance that is shown in full.
    void instanceShown(const zandb::InstanceRow &row);
    void instanceGone();

private:
    struct Facts
    {
        std::shared_ptr<const Fleet> fleet;
        std::map<Uuid, QString> tasks;
        std::string zone;
        std::vector<Alert> alerts;
        int enabledTasks = 0;
        bool withCoverage = false;                       ///< it was asked for
        std::shared_ptr<std::vector<Coverage>> coverage; ///< null: not asked for, or not read
    };
    /// Every ten seconds: when hosts were heard of, and what has changed of what they say.
    struct States
    {
        std::shared_ptr<const Fleet> known; ///< what they were read for
        std::shared_ptr<const Fleet> fleet;
    };
    static Result<Facts> read(store::Session &session, bool withCoverage);
    Reading<Facts>::Job question();
    Reading<States>::Job statesQuestion() const;
    void take(Facts facts);
    void takeStates(States states);
    void loadCounts();
    void show();
    BackupAges backupAges(TimePoint now) const;

    Reading<Facts> m_reading;
    Reading<States> m_states;
    /// By host; shared with the rows that show it.
    using ZabbixOf = std::map<Uuid, std::shared_ptr<const ZabbixRecord>>;
    Reading<ZabbixOf> m_zabbixReading;
    ZabbixOf m_zabbix;
    Latest<StatementCountsOf> m_latestCounts;
    FleetTreeModel m_tree;
    HostTableModel m_hosts;
    InstanceTableModel m_instances;
    bool m_coverageWanted = true;  ///< backups or tasks changed since it was read
    Elapsed m_coverageRead;
    std::optional<StatementCountsOf> m_counts; ///< none: not read yet
    Elapsed m_countsRead;
    QTimer m_clock;
};

} // namespace zandb::console
