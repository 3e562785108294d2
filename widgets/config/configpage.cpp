// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/config/configpage.h"

#include "models/common/format.h"
#include "models/common/text.h"
#include "widgets/common/inspector.h"
#include "widgets/common/pageparts.h"
#include "widgets/common/parts.h"
#include "widgets/common/tablecolumns.h"
#include "widgets/common/tablepane.h"
#include "widgets/common/theme.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

#include <set>

namespace zandb {
namespace {

constexpr int mostTroubles = 4;

} // namespace

ConfigPage::ConfigPage(const Ui &ui, ConfigTableModel *variables, ConfigHistoryModel *history, QWidget *parent)
    : Page(parent), m_variables(variables), m_history(history), m_tabs(new QTabBar(this)), m_views(new QStackedWidget(this)), m_facts(new QLabel(this)), m_troubles(new QLabel(this)),
      m_change(new QPushButton(this)), m_show(new QComboBox(this)), m_pane(new TablePane(ui, QStringLiteral("config"), this)),
      m_historyPane(new TablePane(ui, QStringLiteral("configHistory"), this)), m_inspector(new Inspector(this)), m_historyInspector(new Inspector(this))
{
    setObjectName(QStringLiteral("configPage"));
    setMinimumHeight(38 * unit);
    m_facts->setObjectName(QStringLiteral("configFacts"));
    m_troubles->setObjectName(QStringLiteral("configTroubles"));
    m_change->setObjectName(QStringLiteral("configChange"));
    m_show->setObjectName(QStringLiteral("configShow"));
    m_tabs->setObjectName(QStringLiteral("configViews"));
    m_inspector->setObjectName(QStringLiteral("configInspector"));
    m_historyInspector->setObjectName(QStringLiteral("configHistoryInspector"));
    m_facts->setProperty("muted", true);
    m_facts->setWordWrap(true);
    m_troubles->setProperty("trouble", true);
    m_troubles->setWordWrap(true);
    m_troubles->hide();

    using Table = ConfigTableModel;
    m_pane->columns()->setFolding({Table::Default, Table::Dynamic, Table::Where, Table::State});
    m_pane->setModel(variables, Table::State, Table::Variable, Qt::AscendingOrder);
    m_pane->addToBar(m_show);
    using History = ConfigHistoryModel;
    m_historyPane->columns()->setFolding({History::Where, History::Person});
    m_historyPane->setModel(history, -1, History::At, Qt::DescendingOrder);

    m_changeThis = m_inspector->addAction(
        QStringLiteral("configChangeThis"), QStringLiteral("page-settings"),
        [this](const std::vector<Uuid> &ids) {
            std::vector<Uuid> instances;
            QString name;
            for (const Uuid &id : ids) {
                if (const ConfigRow *row = m_variables->row(m_variables->rowOf(id))) {
                    instances.push_back(row->instance);
                    name = qs(row->variable.name);
                }
            }
            if (!instances.empty())
                Q_EMIT changeRequested(name, instances);
        },
        true);
    m_revert = m_historyInspector->addAction(QStringLiteral("configRevert"), QStringLiteral("back"), [this](const std::vector<Uuid> &ids) { Q_EMIT revertRequested(ids); }, true);

    auto *top = new QHBoxLayout;
    top->setSpacing(unit);
    top->addWidget(m_tabs);
    top->addWidget(m_facts, 1);
    top->addWidget(m_change);
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->addTab({});
    m_tabs->addTab({});
    QSplitter *one = besideInspector(makeCard(m_pane, this), m_inspector, this);
    QSplitter *other = besideInspector(makeCard(m_historyPane, this), m_historyInspector, this);
    keepSizes(one, ui.settings, QStringLiteral("config-inspector"));
    keepSizes(other, ui.settings, QStringLiteral("config-history-inspector"));
    m_views->addWidget(one);
    m_views->addWidget(other);
    QVBoxLayout *layout = makePageLayout(this);
    layout->addLayout(top);
    layout->addWidget(m_troubles);
    layout->addWidget(m_views, 1);

    connect(m_tabs, &QTabBar::currentChanged, m_views, &QStackedWidget::setCurrentIndex);
    connect(m_change, &QPushButton::clicked, this, [this] { Q_EMIT changeRequested({}, {}); });
    connect(m_show, &QComboBox::activated, this, [this](int at) { Q_EMIT showChosen(static_cast<ConfigShow>(at)); });
    connect(m_pane, &TablePane::currentChanged, this, &ConfigPage::showVariable);
    connect(m_pane, &TablePane::menuRequested, m_inspector, &Inspector::addActionsTo);
    connect(m_pane, &TablePane::activated, m_changeThis, [this] { m_changeThis->click(); });
    connect(m_historyPane, &TablePane::currentChanged, this, &ConfigPage::showRevision);
    connect(m_historyPane, &TablePane::menuRequested, m_historyInspector, &Inspector::addActionsTo);
    retranslate();
}

QString ConfigPage::title() const
{
    return tr("Configuration");
}

QString ConfigPage::help() const
{
    return tr("<p>The variables of the selected instances, read through their agents: the value in memory, the value that stands on disk with its file and line, and the server's own "
              "default. <b>A start changes it</b> marks values that the next start of the server would change.</p>"
              "<p><b>Change a variable</b> sets it in memory and on disk as one act, on one instance or on many. Nothing is done before you have seen a preview: old and new values, file and line, "
              "and what the server says to it. The first instance goes alone, the others in waves; the first failure stops the rest. What an agent cannot finish, it takes back.</p>"
              "<p><b>History</b> lists what was changed from here, by whom. <b>Take back</b> sets the old values again, unless somebody has changed them since. The same is done by "
              "<code>zandbctl config set</code>, <code>config history</code> and <code>config revert</code>.</p>");
}

void ConfigPage::retranslate()
{
    m_tabs->setTabText(0, tr("Variables"));
    m_tabs->setTabText(1, tr("History"));
    const QSignalBlocker blocker(m_show);
    const int at = std::max(0, m_show->currentIndex());
    m_show->clear();
    m_show->addItems({tr("All variables"), tr("Set on disk"), tr("A start changes it"), tr("Not the default")});
    m_show->setCurrentIndex(at);
    m_changeThis->setText(tr("Change…"));
    m_revert->setText(tr("Take back…"));
    m_pane->emptyState()->setTexts(tr("No variables to show"), tr("Select a group, a host or an instance in the tree; its agents are then asked."));
    m_historyPane->emptyState()->setTexts(tr("Nothing was changed yet"), tr("Changes that are made here or by zandbctl config set are kept with their old values."));
    showFacts();
    showForbidden();
    showVariable();
    showRevision();
}

void ConfigPage::changeEvent(QEvent *event)
{
    Page::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void ConfigPage::showEvent(QShowEvent *event)
{
    Page::showEvent(event);
    Q_EMIT watched(true);
}

void ConfigPage::hideEvent(QHideEvent *event)
{
    Page::hideEvent(event);
    Q_EMIT watched(false);
}

void ConfigPage::setLoading(bool loading)
{
    m_pane->setLoading(loading);
}

void ConfigPage::setFacts(const ConfigFacts &facts)
{
    m_known = facts;
    showFacts();
}

void ConfigPage::setHistoryCut(int rows)
{
    m_historyPane->setNewestOnly(rows);
}

void ConfigPage::showFacts()
{
    QStringList parts;
    parts << tr("%1 of %2 instances read").arg(m_known.answered).arg(m_known.instances);
    if (m_known.startChanges > 0)
        parts << tr("%n value(s) that a start changes", nullptr, m_known.startChanges);
    if (m_known.left > 0)
        parts << tr("%n more not read: select fewer in the tree", nullptr, m_known.left);
    m_facts->setText(parts.join(QStringLiteral(" · ")));
    QStringList lines = m_known.troubles.mid(0, mostTroubles);
    if (m_known.troubles.size() > mostTroubles)
        lines << tr("and %n more", nullptr, static_cast<int>(m_known.troubles.size()) - mostTroubles);
    m_troubles->setText(lines.join(QLatin1Char('\n')));
    m_troubles->setToolTip(m_known.troubles.join(QLatin1Char('\n')));
    m_troubles->setVisible(!lines.isEmpty());
    m_change->setText(m_known.instances == 1 ? tr("Change a variable…") : tr("Change a variable on %n instance(s)…", nullptr, m_known.instances));
    showForbidden();
}

void ConfigPage::focusFilter()
{
    (m_views->currentIndex() == 0 ? m_pane : m_historyPane)->focusFilter();
}

bool ConfigPage::escape()
{
    return (m_views->currentIndex() == 0 ? m_pane : m_historyPane)->clearFilter();
}

void ConfigPage::showForbidden()
{
    permit(m_change, !forbidden().isEmpty() ? forbidden() : m_known.instances == 0 ? tr("There is no instance in what is selected.") : QString());
    permit(m_changeThis, forbidden());
    permit(m_revert, forbidden());
}

void ConfigPage::showVariable()
{
    const auto chosen = m_pane->chosenRows();
    const ConfigRow *row = chosen.isEmpty() ? nullptr : m_variables->row(chosen.front());
    if (!row) {
        m_inspector->clear(tr("Select a variable to see where its value comes from."));
        return;
    }
    Inspector::Content content;
    std::set<Uuid> instances;
    bool same = true;
    for (const int at : chosen) {
        const ConfigRow *one = m_variables->row(at);
        same = same && one->variable.name == row->variable.name;
        if (same && instances.insert(one->instance).second)
            content.ids.push_back(one->id);
    }
    const wire::ConfigVariable &variable = row->variable;
    const auto add = [&](const QString &label, const QString &value, bool fixed = false) {
        if (!value.isEmpty())
            content.lines.append({label, value, {}, fixed});
    };
    if (chosen.size() > 1) {
        content.title = same ? qs(variable.name) : tr("%n variable(s)", nullptr, static_cast<int>(chosen.size()));
        if (same)
            add(tr("Instances"), QString::number(instances.size()));
        else
            content.ids = {};
        m_inspector->setContent(content);
        m_changeThis->setText(tr("Change on %n instance(s)…", nullptr, static_cast<int>(instances.size())));
        permit(m_changeThis, !forbidden().isEmpty() ? forbidden() : same ? QString() : tr("Mark rows of one variable only."));
        return;
    }
    content.title = qs(variable.name);
    content.look = configLook(variable);
    content.state = configLookText(content.look);
    add(tr("Instance"), row->path);
    add(tr("In memory"), qs(variable.memory), true);
    add(tr("On disk"), variable.disk ? qs(*variable.disk) : tr("no option"), variable.disk.has_value());
    if (variable.persisted)
        add(tr("mysqld-auto.cnf"), qs(*variable.persisted), true);
    if (variable.standard)
        add(tr("Default"), qs(*variable.standard), true);
    if (!variable.least.empty() || !variable.most.empty())
        add(tr("Range"), tr("%1 to %2").arg(qs(variable.least), qs(variable.most)));
    add(tr("Changes"), variable.dynamic == "yes" ? tr("at once") : variable.dynamic == "no" ? tr("with the next start") : tr("the preview tells"));
    for (const wire::ConfigLine &line : variable.lines) {
        const QString file = line.file.empty() ? tr("command line") : qs(line.file) + QLatin1Char(':') + QString::number(line.line);
        add(line.takesEffect ? tr("Takes effect") : tr("Is overridden"), file, true);
        add(line.group.empty() ? QString() : QStringLiteral("[%1]").arg(qs(line.group)), qs(line.text), true);
    }
    m_inspector->setContent(content);
    m_changeThis->setText(tr("Change…"));
    permit(m_changeThis, forbidden());
}

void ConfigPage::showRevision()
{
    const auto chosen = m_historyPane->chosenRows();
    const ConfigRevisionRow *row = chosen.isEmpty() ? nullptr : m_history->row(chosen.front());
    if (!row) {
        m_historyInspector->clear(tr("Select a change to see what it did."));
        return;
    }
    Inspector::Content content;
    bool revertable = true;
    for (const int at : chosen) {
        const ConfigRevisionRow *one = m_history->row(at);
        content.ids.push_back(one->revision.id);
        revertable = revertable && !one->revision.outcome.takenBack;
    }
    const auto add = [&](const QString &label, const QString &value, const QString &tip = {}, bool fixed = false) {
        if (!value.isEmpty())
            content.lines.append({label, value, tip, fixed});
    };
    if (chosen.size() > 1) {
        content.title = tr("%n change(s)", nullptr, static_cast<int>(chosen.size()));
    } else {
        const ConfigRevision &revision = row->revision;
        content.title = qs(revision.outcome.name);
        content.look = revision.outcome.takenBack ? Look::Cancelled : Look::Ok;
        content.state = revision.outcome.takenBack ? tr("taken back") : tr("changed");
        add(tr("Instance"), row->path);
        add(tr("When"), localTimeText(revision.at), exactTimeText(revision.at));
        add(tr("Who"), qs(revision.person));
        add(tr("In memory"), memoryChangeText(revision.outcome), {}, true);
        add(tr("On disk"), diskChangeText(revision.outcome), {}, true);
        add(tr("File and line"), configFilePlace(revision.outcome, true), {}, true);
        add(tr("Notes"), configNotes(revision.outcome, 0).join(QLatin1Char('\n')));
        add(tr("Lines"), qs(revision.diff).trimmed(), {}, true);
    }
    m_historyInspector->setContent(content);
    m_revert->setText(chosen.size() > 1 ? tr("Take %n change(s) back…", nullptr, static_cast<int>(chosen.size())) : tr("Take back…"));
    permit(m_revert, !forbidden().isEmpty() ? forbidden() : revertable ? QString() : tr("The agent has taken it back already."));
}

} // namespace zandb
