// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/consolestate.h"
#include "app/console/reload.h"
#include "app/console/storewatch.h"
#include "models/fleet/fleettables.h"
#include "models/fleet/fleettreemodel.h"

namespace zandb::console {

/// Keeps the tree and the Fleet page's tables at what the store says.
class FleetController final : public QObject
{
    Q_OBJECT
public:
    FleetController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, QObject *parent = nullptr);
    FleetTreeModel *tree() { return &m_tree; }
    HostTableModel *hosts() { return &m_hosts; }
    InstanceTableModel *instances() { return &m_instances; }

Q_SIGNALS:
    void loaded();
    /// It is tried again by itself.
    void failed(const zandb::Error &error);
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
        std::shared_ptr<std::vector<Coverage>> coverage; ///< null: not asked for
    };
    void load();
    void loadStates();
    void loadCounts();
    void show();
    BackupAges backupAges(TimePoint now) const;

    store::Executor &m_executor;
    ConsoleState &m_state;
    Latest<Facts> m_latest;
    Latest<std::shared_ptr<const Fleet>> m_latestStates;
    Latest<StatementCountsOf> m_latestCounts;
    Reload m_reload;
    Reload m_reloadStates;
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
