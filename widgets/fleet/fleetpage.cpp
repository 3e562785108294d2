// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/fleet/fleetpage.h"

#include "models/common/errortext.h"
#include "models/common/format.h"
#include "models/common/text.h"
#include "widgets/common/inspector.h"
#include "widgets/common/pageparts.h"
#include "widgets/common/parts.h"
#include "widgets/common/subjects.h"
#include "widgets/common/tablecolumns.h"
#include "widgets/common/tablepane.h"
#include "widgets/common/theme.h"
#include "widgets/fleet/historyview.h"
#include "widgets/fleet/zabbixlines.h"

#include <QEvent>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <set>

namespace zandb {

FleetPage::FleetPage(const Ui &ui, HostTableModel *hosts, InstanceTableModel *instances, QWidget *parent)
    : Page(parent), m_hosts(hosts), m_instances(instances), m_hostsTitle(new QLabel(this)), m_instancesTitle(new QLabel(this)),
      m_hostPane(new TablePane(ui, QStringLiteral("hosts"), this)), m_instancePane(new TablePane(ui, QStringLiteral("instances"), this)),
      m_inspector(new Inspector(this)), m_history(new HistoryView(HistoryView::Size::Small, this))
{
    setMinimumHeight(38 * unit); // a page that is not in front must not keep the window high
    setObjectName(QStringLiteral("fleetPage"));
    const auto toBackups = [this](const Uuid &id) {
        Location to;
        to.page = QStringLiteral("backups");
        to.scope = {m_hosts->rowOf(id) >= 0 ? Scope::Kind::Host : Scope::Kind::Instance, id};
        Q_EMIT goToRequested(to);
    };
    m_backup = m_inspector->addAction(QStringLiteral("fleetBackup"), QStringLiteral("backup"),
                                      [this](const std::vector<Uuid> &ids) { Q_EMIT backupRequested(ids); }, true);
    m_open = m_inspector->addAction(QStringLiteral("fleetShowBackups"), QStringLiteral("page-backups"),
                                    [toBackups](const std::vector<Uuid> &ids) { toBackups(ids.front()); });
    m_edit = m_inspector->addAction(QStringLiteral("hostEdit"), QStringLiteral("page-settings"), [this](const std::vector<Uuid> &ids) { Q_EMIT hostsEditRequested(ids); });
    m_retire = m_inspector->addAction(QStringLiteral("hostRetire"), QStringLiteral("close"), [this](const std::vector<Uuid> &ids) { Q_EMIT hostRetireRequested(ids.front()); });
    m_addHost = new QPushButton(this);
    m_addHost->setObjectName(QStringLiteral("hostAddOpen"));
    connect(m_addHost, &QPushButton::clicked, this, &FleetPage::hostAddRequested);
    connect(m_hostPane->emptyState(), &EmptyState::actionRequested, this, &FleetPage::hostAddRequested);
    // among the lines, which scroll, and not among the buttons: a low window has no room for three of them
    auto *figures = new QWidget(this);
    auto *figuresBox = new QVBoxLayout(figures);
    figuresBox->setContentsMargins(0, 0, 0, 0);
    figuresBox->addWidget(m_history);
    m_inFull = new QPushButton(figures);
    m_inFull->setObjectName(QStringLiteral("fleetOpenInstance"));
    figuresBox->addWidget(m_inFull);
    connect(m_inFull, &QPushButton::clicked, this, [this] {
        if (!m_inspected)
            return;
        Location to;
        to.page = QStringLiteral("instance");
        to.subject = Subject(instanceSubject, *m_inspected);
        Q_EMIT goToRequested(to);
    });
    m_inspector->setExtra(figures);
    // what a host is made of stands in the inspector; the table is for what changes
    m_hostPane->columns()->setHiddenByDefault({HostTableModel::Cores, HostTableModel::Memory, HostTableModel::Os, HostTableModel::Agent, HostTableModel::Uptime});
    m_hostPane->columns()->setFolding({HostTableModel::Instances, HostTableModel::Seen, HostTableModel::GroupColumn, HostTableModel::Address});
    m_hostPane->setModel(hosts, HostTableModel::State, HostTableModel::Name, Qt::AscendingOrder);
    m_instancePane->columns()->setHiddenByDefault({InstanceTableModel::HostColumn, InstanceTableModel::ReadOnly, InstanceTableModel::LogSize,
                                        InstanceTableModel::Uptime, InstanceTableModel::Seen});
    // a state, a name and how old the last good backup is are what one looks for; the inspector has the rest
    using Table = InstanceTableModel;
    m_instancePane->columns()->setFolding({Table::ReadOnly, Table::Uptime, Table::LogSize, Table::Seen, Table::HostColumn, Table::Killed, Table::Slow, Table::DataSize, Table::Lag, Table::RoleColumn,
                                           Table::Version});
    m_instancePane->setModel(instances, InstanceTableModel::State, InstanceTableModel::Name, Qt::AscendingOrder);

    auto *tables = new QSplitter(Qt::Vertical, this);
    tables->addWidget(makeCard(m_hostsTitle, m_hostPane, this, {m_addHost}));
    tables->addWidget(makeCard(m_instancesTitle, m_instancePane, this));
    tables->setStretchFactor(0, 2);
    tables->setStretchFactor(1, 3);
    tables->setHandleWidth(unit);
    auto *split = besideInspector(tables, m_inspector, this);
    keepSizes(tables, ui.settings, QStringLiteral("fleet"));
    keepSizes(split, ui.settings, QStringLiteral("fleet-inspector"));
    makePageLayout(this)->addWidget(split);

    m_hostPane->setChoosesFirst(false); // one row of both tables is enough to begin with
    for (TablePane *pane : {m_hostPane, m_instancePane}) {
        connect(pane->view()->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this, pane](const QItemSelection &selected) {
            if (!selected.isEmpty())
                marked(pane == m_instancePane);
        });
        connect(pane, &TablePane::currentChanged, this, &FleetPage::showInspector);
        connect(pane, &TablePane::menuRequested, m_inspector, &Inspector::addActionsTo);
    }
    connect(m_hostPane, &TablePane::activated, this, [this](const Uuid &id) {
        Location to;
        to.page = QStringLiteral("fleet");
        to.scope = {Scope::Kind::Host, id};
        Q_EMIT goToRequested(to);
    });
    connect(m_instancePane, &TablePane::activated, this, toBackups);
    retranslate();
}

QString FleetPage::title() const
{
    return tr("Fleet");
}

QString FleetPage::help() const
{
    return tr("<p>Hosts and their database instances, as the agents last told. The headless instance asks every agent every 10 seconds. "
              "What is grey has not answered for 20 seconds or more, and its age is shown: it may be otherwise by now.</p><p>Double click a host to narrow everything to it, an instance to see its backups. “Not "
              "permitted” means that the agent's account lacks a right: <code>zandbctl instance preflight</code> names it with its remedy.</p>");
}

void FleetPage::retranslate()
{
    m_hostsTitle->setText(tr("Hosts"));
    m_instancesTitle->setText(tr("Instances"));
    m_hostPane->emptyState()->setTexts(tr("No hosts yet"), tr("Add the first one: its agent tells which instances it has."), tr("Add a host…"));
    m_addHost->setText(tr("Add a host…"));
    m_edit->setText(tr("Change…"));
    m_retire->setText(tr("Retire…"));
    m_instancePane->emptyState()->setTexts(tr("No instances here"),
                                           tr("They appear automatically once a headless instance has queried the host's agent."));
    m_open->setText(tr("Show its backups"));
    m_inFull->setText(tr("All figures"));
    m_inFull->setToolTip(tr("Open this instance in full"));
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

/// Rows are marked in one of the tables only: what the inspector shows.
void FleetPage::marked(bool instances)
{
    m_ofInstance = instances;
    m_instancePane->setChoosesFirst(instances);
    m_hostPane->setChoosesFirst(!instances);
    (instances ? m_hostPane : m_instancePane)->view()->clearSelection();
}

void FleetPage::setAway(bool away)
{
    m_history->setAway(away);
}

void FleetPage::inspect(const std::optional<Uuid> &instance)
{
    m_history->setVisible(instance.has_value());
    m_inFull->setVisible(instance.has_value());
    if (std::exchange(m_inspected, instance) != instance)
        Q_EMIT instanceInspected(instance);
}

void FleetPage::offerActs(bool instances, bool single)
{
    m_backup->setVisible(instances);
    m_open->setVisible(single);
    m_edit->setVisible(!instances);
    m_retire->setVisible(!instances && single);
    permit(m_edit, forbidden());
    permit(m_retire, forbidden());
}

void FleetPage::showHosts(const std::vector<const HostRow *> &rows, int chosen)
{
    Inspector::Content content;
    content.title = tr("%n host(s) selected", nullptr, chosen);
    for (const HostRow *row : rows)
        content.ids.push_back(row->host.id);
    if (chosen > static_cast<int>(rows.size()))
        content.ids.clear();
    m_inspector->setContent(content);
    offerActs(false, false);
}

void FleetPage::showInspector()
{
    permit(m_addHost, forbidden());
    if (m_ofInstance) {
        std::vector<const InstanceRow *> rows;
        for (const int at : m_instancePane->chosenRows()) {
            if (const InstanceRow *row = m_instances->row(at))
                rows.push_back(row);
        }
        if (rows.size() == 1)
            return showInstance(*rows.front());
        inspect(std::nullopt);
        if (rows.size() > 1)
            return showInstances(rows, m_instancePane->chosenCount());
    } else {
        inspect(std::nullopt);
        std::vector<const HostRow *> rows;
        for (const int at : m_hostPane->chosenRows()) {
            if (const HostRow *row = m_hosts->row(at))
                rows.push_back(row);
        }
        if (rows.size() == 1)
            return showHost(*rows.front());
        if (rows.size() > 1)
            return showHosts(rows, m_hostPane->chosenCount());
    }
    inspect(std::nullopt);
    m_inspector->clear(tr("Select a host or an instance to see its details."));
}

void FleetPage::showInstances(const std::vector<const InstanceRow *> &rows, int chosen)
{
    Inspector::Content content;
    content.title = tr("%n instance(s) selected", nullptr, chosen);
    std::set<QString> hosts;
    std::int64_t bytes = 0;
    Subjects backups;
    for (const InstanceRow *row : rows) {
        hosts.insert(row->host);
        bytes += row->record.detail ? row->record.detail->dataBytes.value_or(0) : 0;
        content.ids.push_back(row->record.instance.id);
        if (row->record.state != "gone")
            backups.ids.push_back(row->record.instance.id);
    }
    if (chosen > static_cast<int>(rows.size()))
        content.ids.clear();
    content.lines.push_back({tr("Hosts"), QString::number(hosts.size()), {}, false});
    if (bytes > 0)
        content.lines.push_back({tr("Data"), bytesText(bytes), exactBytesText(bytes), false});
    m_inspector->setContent(content);
    if (backups.ids.empty())
        backups.whyNone = tr("These instances are no longer there.");
    const int count = static_cast<int>(backups.ids.empty() ? rows.size() : backups.ids.size());
    offer(m_inspector, m_backup, backups, rows.size(), {}, tr("Back up %n instance(s)…", nullptr, count), forbidden());
    offerActs(true, false);
}

void FleetPage::showHost(const HostRow &row)
{
    Inspector::Content content;
    content.ids = {row.host.id};
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
        add(tr("Last seen"), localTimeText(*row.state.seenAt), exactTimeText(*row.state.seenAt));
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
    if (row.zabbix)
        addZabbixLines(content, *row.zabbix, row.state.facts);
    add(tr("Id"), qs(row.host.id.toString()), {}, true);
    m_inspector->setContent(content);
    offerActs(false, true);
}

void FleetPage::showInstance(const InstanceRow &row)
{
    const auto &record = row.record;
    Inspector::Content content;
    const QString path = row.host + QLatin1Char('/') + qs(record.instance.name);
    content.ids = {record.instance.id};
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
    if (row.backup) {
        const auto last = row.backup->lastGood;
        add(tr("Backed up"), !last || !row.backupAge ? tr("never") : QStringLiteral("%1 (%2)").arg(localTimeText(*last).left(16), ageText(*row.backupAge)),
            last ? exactTimeText(*last) : QString());
    }
    add(tr("Port"), QString::number(record.instance.port));
    if (record.seenAt)
        add(tr("Last seen"), localTimeText(*record.seenAt), exactTimeText(*record.seenAt));
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
            add(tr("Lag"), source.lagSeconds ? tr("%1 s").arg(*source.lagSeconds) : tr("unknown"));
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
    m_backup->setText(tr("Back up %1…").arg(buttonName(path, m_backup)));
    inspect(record.instance.id);
    permit(m_backup, record.state == "gone" ? tr("This instance is no longer there.") : forbidden());
    offerActs(true, true);
}

} // namespace zandb
