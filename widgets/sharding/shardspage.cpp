// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/sharding/shardspage.h"

#include "models/common/format.h"
#include "models/common/text.h"
#include "widgets/common/inspector.h"
#include "widgets/common/pageparts.h"
#include "widgets/common/parts.h"
#include "widgets/common/tablecolumns.h"
#include "widgets/common/tablepane.h"
#include "widgets/common/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

namespace zandb {

ShardsPage::ShardsPage(const Ui &ui, ShardTableModel *shards, ShardFindingModel *findings, ShardRuleModel *rules, QWidget *parent)
    : Page(parent), m_shards(shards), m_findings(findings), m_rules(rules), m_tabs(new QTabBar(this)), m_views(new QStackedWidget(this)), m_facts(new QLabel(this)),
      m_compare(new QPushButton(this)), m_import(new QPushButton(this)), m_add(new QPushButton(this)), m_apply(new QPushButton(this)),
      m_pane(new TablePane(ui, QStringLiteral("shards"), this)), m_findingPane(new TablePane(ui, QStringLiteral("shardFindings"), this)),
      m_rulePane(new TablePane(ui, QStringLiteral("shardRules"), this)), m_inspector(new Inspector(this)), m_findingInspector(new Inspector(this)), m_ruleInspector(new Inspector(this))
{
    setObjectName(QStringLiteral("shardsPage"));
    setMinimumHeight(38 * unit);
    for (const auto &[widget, name] : std::initializer_list<std::pair<QWidget *, const char *>>{
             {m_tabs, "shardsViews"}, {m_facts, "shardsFacts"}, {m_compare, "shardsCompare"}, {m_import, "shardsImport"}, {m_add, "shardsAddRule"}, {m_apply, "shardsApplyRules"},
             {m_inspector, "shardsInspector"}, {m_findingInspector, "shardFindingsInspector"}, {m_ruleInspector, "shardRulesInspector"}})
        widget->setObjectName(QString::fromLatin1(name));
    m_facts->setProperty("muted", true);
    m_facts->setWordWrap(true);
    using Map = ShardTableModel;
    m_pane->columns()->setHiddenByDefault({Map::Changed});
    m_pane->columns()->setFolding({Map::Changed, Map::Source, Map::Count, Map::Dsn, Map::Schema});
    m_pane->setModel(shards, Map::State, Map::Database, Qt::AscendingOrder);
    using Finding = ShardFindingModel;
    m_findingPane->columns()->setFolding({Finding::What});
    m_findingPane->columns()->setTellingColumn(Finding::Detail);
    m_findingPane->setModel(findings, Finding::Kind, Finding::Kind, Qt::AscendingOrder);
    using Rule = ShardRuleModel;
    m_rulePane->columns()->setFolding({Rule::Changed, Rule::Person, Rule::Dsn});
    m_rulePane->setModel(rules, -1, Rule::Database, Qt::AscendingOrder);
    m_rulePane->addToBar(m_add);
    m_rulePane->addToBar(m_apply);
    m_open = m_inspector->addAction(QStringLiteral("shardOpenInstance"), QStringLiteral("instance"), [this](const std::vector<Uuid> &ids) {
        const ShardRow *row = m_shards->row(m_shards->rowOf(ids.front()));
        if (!row || !row->isKnown)
            return;
        Location to;
        to.page = QStringLiteral("instance");
        to.subject = Subject(instanceSubject, *row->shard.instance);
        Q_EMIT goToRequested(to);
    }, true);
    m_edit = m_ruleInspector->addAction(QStringLiteral("shardRuleEdit"), QStringLiteral("page-settings"), [this](const std::vector<Uuid> &ids) { Q_EMIT ruleRequested(ids); }, true);
    m_remove = m_ruleInspector->addAction(QStringLiteral("shardRuleRemove"), QStringLiteral("close"), [this](const std::vector<Uuid> &ids) { Q_EMIT ruleRemoveRequested(ids.front()); });

    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    auto *top = new QHBoxLayout;
    top->setSpacing(unit);
    top->addWidget(m_tabs);
    top->addWidget(m_facts, 1);
    top->addWidget(m_compare);
    top->addWidget(m_import);
    for (const auto &[pane, inspector, name] : std::initializer_list<std::tuple<TablePane *, Inspector *, const char *>>{
             {m_pane, m_inspector, "shards-inspector"}, {m_findingPane, m_findingInspector, "shard-findings-inspector"}, {m_rulePane, m_ruleInspector, "shard-rules-inspector"}}) {
        m_tabs->addTab({});
        QSplitter *split = besideInspector(makeCard(pane, this), inspector, this);
        keepSizes(split, ui.settings, QString::fromLatin1(name));
        m_views->addWidget(split);
        connect(pane, &TablePane::currentChanged, this, &ShardsPage::showChosen);
        connect(pane, &TablePane::menuRequested, inspector, &Inspector::addActionsTo);
    }
    QVBoxLayout *layout = makePageLayout(this);
    layout->addLayout(top);
    layout->addWidget(m_views, 1);

    connect(m_tabs, &QTabBar::currentChanged, m_views, &QStackedWidget::setCurrentIndex);
    connect(m_compare, &QPushButton::clicked, this, &ShardsPage::compareRequested);
    connect(m_import, &QPushButton::clicked, this, &ShardsPage::importRequested);
    connect(m_add, &QPushButton::clicked, this, [this] { Q_EMIT ruleRequested({}); });
    connect(m_apply, &QPushButton::clicked, this, &ShardsPage::applyRequested);
    connect(m_rulePane, &TablePane::activated, this, [this](const Uuid &id) {
        if (m_edit->isEnabled())
            Q_EMIT ruleRequested({id});
    });
    retranslate();
}

QString ShardsPage::title() const { return tr("Shards"); }

QString ShardsPage::help() const
{
    return tr("<p>Which instance owns which part of a logical database. A shard comes from a <b>rule</b>, a pattern of schemas' names such as <code>order_(\\d+)</code> over what snapshots have "
              "collected, or from an <b>import</b> of a file (CSV or JSON with database, shard, owner and where known count, schema, dsn). Both show what they would add, change and remove before "
              "anything is written.</p>"
              "<p><b>Findings</b> are shards that nobody owns, that two own, that lie twice on an instance, or that are not where the map says. <b>Compare tables</b> reads the tables of all shown "
              "shards through the agents and tells where a shard's tables and columns differ from those of most others.</p>"
              "<p>Ctrl+K finds a shard by name and number, as <code>zandbctl shard find</code> does.</p>");
}

void ShardsPage::retranslate()
{
    m_tabs->setTabText(0, tr("Map"));
    m_tabs->setTabText(1, tr("Findings"));
    m_tabs->setTabText(2, tr("Rules"));
    m_compare->setText(tr("Compare tables"));
    m_import->setText(tr("Import…"));
    m_add->setText(tr("Add a rule…"));
    m_apply->setText(tr("Apply the rules…"));
    m_open->setText(tr("Open the instance"));
    m_edit->setText(tr("Change the rule…"));
    m_remove->setText(tr("Remove the rule…"));
    m_pane->emptyState()->setTexts(tr("No shards are known here"), tr("Add a rule that finds them by the names of schemas, or import a file."));
    m_findingPane->emptyState()->setTexts(tr("Nothing was found"), tr("“Compare tables” also looks for differences among the tables of shards."));
    m_rulePane->emptyState()->setTexts(tr("There are no rules yet"), tr("A rule says that schemas whose names fit a pattern are shards of a logical database."));
    showFacts();
    showChosen();
}

void ShardsPage::changeEvent(QEvent *event)
{
    Page::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void ShardsPage::setLoading(bool loading)
{
    m_loading = loading;
    for (TablePane *pane : {m_pane, m_findingPane, m_rulePane})
        pane->setLoading(loading);
    showChosen();
    if (!loading && m_wanted)
        showShard(*m_wanted);
}

TablePane *ShardsPage::shownPane() const
{
    return m_views->currentIndex() == 0 ? m_pane : m_views->currentIndex() == 1 ? m_findingPane : m_rulePane;
}

void ShardsPage::focusFilter() { shownPane()->focusFilter(); }
bool ShardsPage::escape() { return shownPane()->clearFilter(); }

void ShardsPage::showShard(const Uuid &id)
{
    m_wanted = id;
    if (m_shards->rowOf(id) < 0 || m_loading)
        return;
    m_tabs->setCurrentIndex(0);
    if (!m_pane->select(id)) {
        m_pane->clearFilter();
        m_pane->setLooks({});
        m_pane->select(id);
    }
    m_wanted.reset();
}

void ShardsPage::setFacts(const ShardsFacts &facts)
{
    m_known = facts;
    showFacts();
}

void ShardsPage::setComparing(int done, int all)
{
    m_done = done;
    m_comparing = all;
    showFacts();
}

void ShardsPage::showFacts()
{
    QStringList parts;
    if (m_comparing > 0)
        parts << tr("Reading: %1 of %2").arg(m_done).arg(m_comparing);
    parts << (m_known.isCut ? tr("the first %n shard(s)", nullptr, m_known.shards) : tr("%n shard(s)", nullptr, m_known.shards)) << tr("%n logical database(s)", nullptr, m_known.databases)
          << tr("%n finding(s)", nullptr, m_known.findings);
    if (m_known.compared)
        parts << tr("tables compared %1").arg(localTimeText(*m_known.compared).left(16));
    if (m_known.unread > 0)
        parts << tr("%n shard(s) could not be read", nullptr, m_known.unread);
    m_facts->setText(parts.join(QStringLiteral(" · ")));
    showForbidden();
}

void ShardsPage::showForbidden()
{
    permit(m_compare, m_comparing > 0 ? tr("Tables are being compared.") : m_known.shards == 0 ? tr("No shards are known here.") : QString());
    for (QPushButton *button : {m_import, m_add, m_edit, m_remove})
        permit(button, forbidden());
    permit(m_apply, !forbidden().isEmpty() ? forbidden() : m_rules->rows().empty() ? tr("There are no rules yet.") : QString());
}

void ShardsPage::showChosen()
{
    showChosenShard();
    showChosenFinding();
    showChosenRule();
}

void ShardsPage::showChosenShard()
{
    const auto chosen = m_pane->chosenRows();
    const ShardRow *row = !m_loading && chosen.size() == 1 ? m_shards->row(chosen.front()) : nullptr;
    if (!row) {
        m_inspector->clear(m_loading ? QString() : tr("Select a shard to see its details."));
        return;
    }
    const Shard &shard = row->shard;
    Inspector::Content content;
    content.ids = {shard.id};
    content.title = tr("%1, shard %2").arg(qs(shard.database), QString::number(shard.number));
    content.look = shardFindingLook(row->finding);
    content.state = row->finding.empty() ? tr("fine") : shardFindingText(row->finding);
    const auto add = [&](const QString &label, const QString &value, const QString &tip = {}, bool fixed = false) {
        if (!value.isEmpty())
            content.lines.append({label, value, tip, fixed});
    };
    add(tr("Instance"), row->owner, row->isKnown ? QString() : tr("It is not of this fleet."));
    add(tr("Schema"), qs(shard.schema), {}, true);
    add(tr("DSN"), qs(shard.dsn));
    add(tr("Number of shards"), shard.count > 0 ? QString::number(shard.count) : QString());
    add(tr("Known by"), shardSourceText(shard));
    add(tr("Changed"), localTimeText(shard.changedAt), exactTimeText(shard.changedAt));
    m_inspector->setContent(content);
    permit(m_open, row->isKnown ? QString() : tr("It is not of this fleet."));
}

void ShardsPage::showChosenFinding()
{
    const auto chosen = m_findingPane->chosenRows();
    const ShardFindingRow *row = !m_loading && chosen.size() == 1 ? m_findings->row(chosen.front()) : nullptr;
    if (!row) {
        m_findingInspector->clear(m_loading ? QString() : tr("Select a finding to see its details."));
        return;
    }
    Inspector::Content content;
    content.ids = {row->id};
    content.title = qs(row->database);
    content.look = shardFindingLook(row->kind);
    content.state = shardFindingText(row->kind);
    if (row->kind == "stale")
        content.advice = tr("Look at what the rules would change: “Apply the rules…” shows it first.");
    else if (row->kind == "schema_gone" || row->kind == "unknown_owner")
        content.advice = tr("Import the map anew, or apply the rules.");
    const auto add = [&](const QString &label, const QString &value, bool fixed = false) {
        if (!value.isEmpty())
            content.lines.append({label, value, {}, fixed});
    };
    add(tr("Shards"), row->shards);
    add(tr("Table or column"), row->what, true);
    add(tr("Found"), qs(row->has), true);
    add(tr("Most have"), qs(row->usual), true);
    add(tr("Rules"), row->kind == "stale" ? shardCountsText(row->counts) : QString());
    add(tr("Where"), row->where.join(QLatin1Char('\n')));
    m_findingInspector->setContent(content);
}

void ShardsPage::showChosenRule()
{
    const auto chosen = m_rulePane->chosenRows();
    const ShardRuleRow *row = !m_loading && chosen.size() == 1 ? m_rules->row(chosen.front()) : nullptr;
    if (!row) {
        m_ruleInspector->clear(m_loading ? QString() : tr("Select a rule to change it."));
        return;
    }
    Inspector::Content content;
    content.ids = {row->rule.id};
    content.title = qs(row->rule.database);
    const auto add = [&](const QString &label, const QString &value, const QString &tip = {}, bool fixed = false) {
        if (!value.isEmpty())
            content.lines.append({label, value, tip, fixed});
    };
    add(tr("Pattern of schemas"), qs(row->rule.pattern), {}, true);
    add(tr("Holds in"), row->group);
    add(tr("Number of shards"), row->rule.count > 0 ? QString::number(row->rule.count) : QString());
    add(tr("DSN"), qs(row->rule.dsn.empty() ? std::string(usualDsn) : row->rule.dsn));
    add(tr("Who"), qs(row->rule.person));
    add(tr("Since"), localTimeText(row->rule.changedAt), exactTimeText(row->rule.changedAt));
    m_ruleInspector->setContent(content);
}

} // namespace zandb
