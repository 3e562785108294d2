// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/fleet/fleetpage.h"

#include "models/common/errortext.h"
#include "models/common/format.h"
#include "models/common/text.h"
#include "widgets/common/inspector.h"
#include "widgets/common/parts.h"
#include "widgets/common/tablepane.h"
#include "widgets/common/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace zandb {

FleetPage::FleetPage(const Ui &ui, HostTableModel *hosts, InstanceTableModel *instances, QWidget *parent)
    : Page(parent), m_hosts(hosts), m_instances(instances), m_hostsTitle(new QLabel(this)), m_instancesTitle(new QLabel(this)),
      m_hostPane(new TablePane(ui, QStringLiteral("hosts"), this)), m_instancePane(new TablePane(ui, QStringLiteral("instances"), this)),
      m_inspector(new Inspector(this))
{
    setObjectName(QStringLiteral("fleetPage"));
    m_backup = m_inspector->addAction(QStringLiteral("fleetBackup"), QStringLiteral("backup"), true);
    m_open = m_inspector->addAction(QStringLiteral("fleetShowBackups"), QStringLiteral("page-backups"));
    // what a host is made of stands in the inspector; the table is for what changes
    m_hostPane->setHiddenByDefault({HostTableModel::Cores, HostTableModel::Memory, HostTableModel::Os, HostTableModel::Agent, HostTableModel::Uptime});
    m_hostPane->setModel(hosts, HostTableModel::State, HostTableModel::Name, Qt::AscendingOrder);
    m_instancePane->setHiddenByDefault({InstanceTableModel::HostColumn, InstanceTableModel::ReadOnly, InstanceTableModel::LogSize,
                                        InstanceTableModel::Uptime, InstanceTableModel::Seen});
    m_instancePane->setModel(instances, InstanceTableModel::State, InstanceTableModel::Name, Qt::AscendingOrder);

    const auto section = [this](QLabel *title, TablePane *pane) {
        auto *area = new QFrame(this);
        area->setObjectName(QStringLiteral("card"));
        auto *box = new QVBoxLayout(area);
        box->setContentsMargins(1, unit, 1, 1);
        box->setSpacing(0);
        title->setProperty("section", true);
        title->setContentsMargins(2 * unit, 0, unit, 0);
        box->addWidget(title);
        box->addWidget(pane, 1);
        return area;
    };
    auto *tables = new QSplitter(Qt::Vertical, this);
    tables->addWidget(section(m_hostsTitle, m_hostPane));
    tables->addWidget(section(m_instancesTitle, m_instancePane));
    tables->setStretchFactor(0, 2);
    tables->setStretchFactor(1, 3);
    tables->setHandleWidth(unit);
    auto *inspector = new QFrame(this);
    inspector->setObjectName(QStringLiteral("card"));
    auto *inspectorBox = new QVBoxLayout(inspector);
    inspectorBox->setContentsMargins(1, 1, 1, 1);
    inspectorBox->addWidget(m_inspector);
    auto *split = new QSplitter(Qt::Horizontal, this);
    split->addWidget(tables);
    split->addWidget(inspector);
    split->setStretchFactor(0, 1);
    split->setSizes({800, 288});
    split->setHandleWidth(unit);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(2 * unit, unit, 2 * unit, 2 * unit);
    layout->addWidget(split);

    connect(m_hostPane, &TablePane::currentChanged, this, [this] {
        if (m_hostPane->view()->hasFocus())
            m_ofInstance = false;
        showInspector();
    });
    connect(m_instancePane, &TablePane::currentChanged, this, [this] {
        if (m_instancePane->view()->hasFocus())
            m_ofInstance = true;
        showInspector();
    });
    connect(m_hostPane, &TablePane::activated, this, [this](const Uuid &id) {
        Location to;
        to.page = QStringLiteral("fleet");
        to.scope = {Scope::Kind::Host, id};
        Q_EMIT goToRequested(to);
    });
    const auto toBackups = [this](const Uuid &id) {
        Location to;
        to.page = QStringLiteral("backups");
        to.scope = {Scope::Kind::Instance, id};
        Q_EMIT goToRequested(to);
    };
    connect(m_instancePane, &TablePane::activated, this, toBackups);
    connect(m_open, &QPushButton::clicked, this, [this, toBackups] {
        if (const auto id = m_instancePane->currentId())
            toBackups(*id);
    });
    connect(m_backup, &QPushButton::clicked, this, [this] {
        if (const auto id = m_instancePane->currentId())
            Q_EMIT backupRequested({*id});
    });
    retranslate();
}

QString FleetPage::title() const
{
    return tr("Fleet");
}

QString FleetPage::help() const
{
    return tr("<p>Hosts and their database instances, as the agents last told. What has not been heard of for twice its interval is grey and shows "
              "its age: it may be otherwise by now.</p><p>Double click a host to narrow everything to it, an instance to see its backups. “Not "
              "permitted” means that the agent's account lacks a right: <code>zandbctl instance preflight</code> names it with its remedy.</p>");
}

void FleetPage::retranslate()
{
    m_hostsTitle->setText(tr("Hosts"));
    m_instancesTitle->setText(tr("Instances"));
    m_hostPane->emptyState()->setTexts(tr("No hosts yet"), tr("Add the first one: zandbctl host add NAME --address ADDRESS"));
    m_instancePane->emptyState()->setTexts(tr("No instances here"),
                                           tr("They appear by themselves once a host's agent has been asked by a headless instance."));
    m_open->setText(tr("Show its backups"));
    showInspector();
}

void FleetPage::changeEvent(QEvent *event)
{
    Page::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void FleetPage::setLoading(bool loading)
{
    m_hostPane->setLoading(loading);
    m_instancePane->setLoading(loading);
}

void FleetPage::focusFilter()
{
    (m_ofInstance ? m_instancePane : m_hostPane)->focusFilter();
}

bool FleetPage::escape()
{
    return m_instancePane->clearFilter() || m_hostPane->clearFilter();
}

void FleetPage::showInspector()
{
    const auto instance = m_instancePane->currentId();
    const auto host = m_hostPane->currentId();
    const InstanceRow *instanceRow = instance ? m_instances->row(m_instances->rowOf(*instance)) : nullptr;
    const HostRow *hostRow = host ? m_hosts->row(m_hosts->rowOf(*host)) : nullptr;
    if (instanceRow && (m_ofInstance || !hostRow))
        showInstance(*instanceRow);
    else if (hostRow)
        showHost(*hostRow);
    else
        m_inspector->clear(tr("Select a host or an instance to see what is known of it."));
}

void FleetPage::showHost(const HostRow &row)
{
    Inspector::Content content;
    content.title = qs(row.host.name);
    content.state = row.condition.text;
    content.look = row.condition.look;
    content.stale = row.condition.stale;
    if (row.state.error) {
        content.error = errorSummary(*row.state.error);
        content.advice = errorAdvice(*row.state.error);
    }
    const auto add = [&](const QString &label, const QString &value, const QString &tip = {}, bool fixed = false) {
        if (!value.isEmpty())
            content.lines.push_back({label, value, tip, fixed});
    };
    add(tr("Address"), QStringLiteral("%1@%2:%3").arg(qs(row.host.sshUser), qs(row.host.address)).arg(row.host.sshPort));
    add(tr("Group"), row.group);
    if (row.state.seenAt)
        add(tr("Seen"), localTimeText(*row.state.seenAt), exactTimeText(*row.state.seenAt));
    if (const auto &facts = row.state.facts) {
        add(tr("System"), qs(facts->os));
        add(tr("Kernel"), qs(facts->kernel));
        add(tr("Cores"), QString::number(facts->cores));
        add(tr("Load"), QString::number(facts->load1, 'f', 2));
        add(tr("Memory"), tr("%1 of %2 available").arg(bytesText(facts->memoryAvailableBytes), bytesText(facts->memoryBytes)));
        add(tr("Up for"), durationText(std::chrono::seconds{facts->uptimeSeconds}));
        for (const wire::Disk &disk : facts->disks)
            add(qs(disk.mount), tr("%1 of %2 free").arg(bytesText(disk.freeBytes), bytesText(disk.totalBytes)), qs(disk.device));
        QStringList repositories;
        for (const std::string &name : facts->repositories) {
            const auto remote = std::ranges::find(facts->remoteRepositories, name, &wire::RemoteRepository::name);
            repositories << (remote == facts->remoteRepositories.end() ? qs(name) : tr("%1 (on %2)").arg(qs(name), qs(remote->host)));
        }
        add(tr("Repositories"), repositories.join(QLatin1String(", ")));
        add(tr("Agent"), qs(facts->agentVersion));
    }
    add(tr("Id"), qs(row.host.id.toString()), {}, true);
    m_inspector->setContent(content);
    m_backup->hide();
    m_open->hide();
}

void FleetPage::showInstance(const InstanceRow &row)
{
    const auto &record = row.record;
    Inspector::Content content;
    const QString path = row.host + QLatin1Char('/') + qs(record.instance.name);
    content.title = path;
    content.state = row.condition.text;
    content.look = row.condition.look;
    content.stale = row.condition.stale;
    const auto add = [&](const QString &label, const QString &value, const QString &tip = {}, bool fixed = false) {
        if (!value.isEmpty())
            content.lines.push_back({label, value, tip, fixed});
    };
    add(tr("Version"), versionText(record), record.detail ? qs(record.detail->version) : QString());
    add(tr("Role"), row.role);
    add(tr("Port"), QString::number(record.instance.port));
    if (record.seenAt)
        add(tr("Seen"), localTimeText(*record.seenAt), exactTimeText(*record.seenAt));
    if (const auto &detail = record.detail) {
        if (detail->error) {
            content.error = errorSummary(*detail->error);
            content.advice = errorAdvice(*detail->error);
        }
        if (detail->dataBytes)
            add(tr("Data"), bytesText(*detail->dataBytes), exactBytesText(*detail->dataBytes));
        if (detail->logBytes)
            add(tr("Logs"), bytesText(*detail->logBytes), exactBytesText(*detail->logBytes));
        if (detail->readOnly)
            add(tr("Read-only"), *detail->readOnly ? tr("yes") : tr("no"));
        for (const wire::ReplicationState &source : detail->replication) {
            add(tr("Source"), QStringLiteral("%1:%2").arg(qs(source.sourceHost)).arg(source.sourcePort));
            add(tr("Threads"), tr("receiver %1, applier %2").arg(source.ioRunning ? tr("running") : tr("stopped"),
                                                                 source.sqlRunning ? tr("running") : tr("stopped")));
            add(tr("Lag"), source.lagSeconds ? tr("%1 s").arg(*source.lagSeconds) : tr("not known"));
            if (!source.errorText.empty() && content.error.isEmpty())
                content.error = tr("Replication error %1: %2").arg(source.errorNumber).arg(qs(source.errorText));
            add(tr("GTID"), qs(source.gtid), {}, true);
        }
        if (detail->uptimeSeconds > 0)
            add(tr("Up for"), durationText(std::chrono::seconds{detail->uptimeSeconds}));
        add(tr("Data directory"), qs(detail->dataDirectory), {}, true);
        QStringList missing;
        for (const std::string &name : detail->notPermitted)
            missing << qs(name);
        add(tr("Not permitted"), missing.join(QLatin1String(", ")));
    }
    add(tr("Id"), qs(record.instance.id.toString()), {}, true);
    m_inspector->setContent(content);
    m_backup->setText(tr("Back up %1").arg(path));
    const QString no = record.state == "gone" ? tr("This instance is no longer there.") : forbidden();
    m_backup->setEnabled(no.isEmpty());
    m_backup->setToolTip(no);
    m_backup->show();
    m_open->show();
}

} // namespace zandb
