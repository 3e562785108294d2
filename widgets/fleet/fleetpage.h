// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleet/fleettables.h"
#include "widgets/common/page.h"
#include "widgets/common/ui.h"

class QLabel;
class QPushButton;

namespace zandb {

class HistoryView;
class Inspector;
class TablePane;

/// Hosts and instances of the scope as tables, and what is known of the selected one.
class FleetPage final : public Page
{
    Q_OBJECT
public:
    FleetPage(const Ui &ui, HostTableModel *hosts, InstanceTableModel *instances, QWidget *parent = nullptr);
    QString title() const override;
    QString help() const override;
    void setLoading(bool loading) override;
    void focusFilter() override;
    bool escape() override;
    void setAway(bool away) override;
    /// The figures of the inspected instance.
    HistoryView *history() { return m_history; }

Q_SIGNALS:
    void backupRequested(const std::vector<zandb::Uuid> &instances);
    void hostAddRequested();
    void hostsEditRequested(const std::vector<zandb::Uuid> &hosts);
    void hostRetireRequested(const zandb::Uuid &host);
    /// What the inspector shows; none: no single instance.
    void instanceInspected(const std::optional<zandb::Uuid> &instance);

protected:
    void changeEvent(QEvent *event) override;
    void showForbidden() override { showInspector(); }

private:
    void retranslate();
    void showInspector();
    void inspect(const std::optional<Uuid> &instance);
    void marked(bool instances);
    void showInstances(const std::vector<const InstanceRow *> &rows, int chosen);
    void showHost(const HostRow &row);
    void showHosts(const std::vector<const HostRow *> &rows, int chosen);
    /// The buttons of instances, or those of hosts.
    void offerActs(bool instances, bool single);
    void showInstance(const InstanceRow &row);

    HostTableModel *m_hosts;
    InstanceTableModel *m_instances;
    QLabel *m_hostsTitle;
    QLabel *m_instancesTitle;
    TablePane *m_hostPane;
    TablePane *m_instancePane;
    Inspector *m_inspector;
    QPushButton *m_backup;
    QPushButton *m_open;
    QPushButton *m_edit;
    QPushButton *m_retire;
    QPushButton *m_addHost;
    QPushButton *m_inFull;
    HistoryView *m_history;
    std::optional<Uuid> m_inspected;
    bool m_ofInstance = true; ///< the marked rows are instances
};

} // namespace zandb
