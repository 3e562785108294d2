// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/config/standardspage.h"

#include "models/common/format.h"
#include "models/common/text.h"
#include "widgets/common/inspector.h"
#include "widgets/common/pageparts.h"
#include "widgets/common/parts.h"
#include "widgets/common/tablecolumns.h"
#include "widgets/common/tablepane.h"
#include "widgets/common/theme.h"

#include <QCheckBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

namespace zandb {
namespace {

constexpr int mostTroubles = 4;

} // namespace

StandardsPage::StandardsPage(const Ui &ui, DriftModel *findings, StandardModel *standard, QWidget *parent)
    : Page(parent), m_findings(findings), m_standard(standard), m_tabs(new QTabBar(this)), m_views(new QStackedWidget(this)), m_facts(new QLabel(this)), m_troubles(new QLabel(this)),
      m_check(new QPushButton(this)), m_repairAll(new QPushButton(this)), m_add(new QPushButton(this)), m_all(new QCheckBox(this)), m_pane(new TablePane(ui, QStringLiteral("drift"), this)),
      m_standardPane(new TablePane(ui, QStringLiteral("standard"), this)), m_inspector(new Inspector(this)), m_standardInspector(new Inspector(this))
{
    setObjectName(QStringLiteral("standardsPage"));
    setMinimumHeight(38 * unit);
    for (const auto &[widget, name] : std::initializer_list<std::pair<QWidget *, const char *>>{
             {m_tabs, "standardsViews"}, {m_facts, "standardsFacts"}, {m_troubles, "standardsTroubles"}, {m_check, "standardsCheck"}, {m_repairAll, "standardsRepairAll"}, {m_add, "standardsAdd"},
             {m_all, "standardsAccepted"}, {m_inspector, "standardsInspector"}, {m_standardInspector, "standardInspector"}})
        widget->setObjectName(QString::fromLatin1(name));
    m_facts->setProperty("muted", true);
    m_facts->setWordWrap(true);
    m_troubles->setProperty("trouble", true);
    m_troubles->setWordWrap(true);
    m_troubles->hide();
    m_pane->columns()->setFolding({DriftModel::Until, DriftModel::State, DriftModel::Wanted});
    m_pane->setModel(findings, DriftModel::State, DriftModel::Instance, Qt::AscendingOrder);
    m_pane->addToBar(m_all);
    m_standardPane->columns()->setFolding({StandardModel::Editor});
    m_standardPane->setModel(standard, -1, StandardModel::Place, Qt::AscendingOrder);
    m_standardPane->addToBar(m_add);
    m_repair = m_inspector->addAction(QStringLiteral("driftRepair"), QStringLiteral("retry"), [this](const std::vector<Uuid> &ids) { Q_EMIT repairRequested(ids); }, true);
    m_accept = m_inspector->addAction(QStringLiteral("driftAccept"), QStringLiteral("verify"), [this](const std::vector<Uuid> &ids) { Q_EMIT acceptRequested(ids); });
    m_make = m_inspector->addAction(QStringLiteral("driftStandard"), QStringLiteral("page-settings"), [this](const std::vector<Uuid> &ids) { Q_EMIT standardRequested(ids); });
    m_edit = m_standardInspector->addAction(QStringLiteral("standardEdit"), QStringLiteral("page-settings"), [this](const std::vector<Uuid> &ids) { Q_EMIT standardEditRequested(ids.front()); }, true);
    m_remove = m_standardInspector->addAction(QStringLiteral("standardRemove"), QStringLiteral("close"), [this](const std::vector<Uuid> &ids) { Q_EMIT standardRemoveRequested(ids); });

    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->addTab({});
    m_tabs->addTab({});
    auto *top = new QHBoxLayout;
    top->setSpacing(unit);
    top->addWidget(m_tabs);
    top->addWidget(m_facts, 1);
    top->addWidget(m_check);
    top->addWidget(m_repairAll);
    QSplitter *one = besideInspector(makeCard(m_pane, this), m_inspector, this);
    QSplitter *other = besideInspector(makeCard(m_standardPane, this), m_standardInspector, this);
    keepSizes(one, ui.settings, QStringLiteral("drift-inspector"));
    keepSizes(other, ui.settings, QStringLiteral("standard-inspector"));
    m_views->addWidget(one);
    m_views->addWidget(other);
    QVBoxLayout *layout = makePageLayout(this);
    layout->addLayout(top);
    layout->addWidget(m_troubles);
    layout->addWidget(m_views, 1);

    connect(m_tabs, &QTabBar::currentChanged, m_views, &QStackedWidget::setCurrentIndex);
    connect(m_check, &QPushButton::clicked, this, &StandardsPage::checkRequested);
    connect(m_repairAll, &QPushButton::clicked, this, [this] { Q_EMIT repairRequested({}); });
    connect(m_add, &QPushButton::clicked, this, [this] { Q_EMIT standardRequested({}); });
    connect(m_all, &QCheckBox::toggled, this, &StandardsPage::acceptedShown);
    connect(m_pane, &TablePane::currentChanged, this, &StandardsPage::showFinding);
    connect(m_pane, &TablePane::menuRequested, m_inspector, &Inspector::addActionsTo);
    connect(m_standardPane, &TablePane::currentChanged, this, &StandardsPage::showRule);
    connect(m_standardPane, &TablePane::menuRequested, m_standardInspector, &Inspector::addActionsTo);
    connect(m_standardPane, &TablePane::activated, this, &StandardsPage::standardEditRequested);
    retranslate();
}

QString StandardsPage::title() const
{
    return tr("Standards");
}

QString StandardsPage::word() const
{
    return tr("Drift");
}

QString StandardsPage::help() const
{
    return tr("<p>What of the selected instances is not as it should be: values that a start would change, values other than the standard, values, paths, versions and owners other than those of "
              "most servers of the same group and version, a server_id that two have, option files with mistakes. Tasks of the kind drift read all that; <b>Check now</b> reads it at once.</p>"
              "<p><b>Repair</b> sets variables to the standard, to what stands on disk or to what most peers have, with a preview, as every change of configuration. <b>Accept</b> says that a "
              "difference is meant, why, and until when.</p>"
              "<p><b>Standard</b> lists what variables should be: in the whole fleet, a group or an instance; the nearest rule holds. Without a rule, only server_id, the buffer pool and what "
              "is each server's own by nature may differ. The same is done by <code>zandbctl drift list</code>.</p>");
}

void StandardsPage::retranslate()
{
    m_tabs->setTabText(0, tr("Differences"));
    m_tabs->setTabText(1, tr("Standard"));
    m_check->setText(tr("Check now"));
    m_all->setText(tr("Accepted ones too"));
    m_add->setText(tr("Add a rule…"));
    m_accept->setText(tr("Accept…"));
    m_make->setText(tr("Make it the standard…"));
    m_edit->setText(tr("Change the rule…"));
    m_remove->setText(tr("Remove the rule"));
    m_standardPane->emptyState()->setTexts(tr("There is no standard yet"), tr("Instances are compared with their peers. A rule says what a variable should be, or that it may differ."));
    showFacts();
    showFinding();
    showRule();
}

void StandardsPage::changeEvent(QEvent *event)
{
    Page::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void StandardsPage::setLoading(bool loading)
{
    m_pane->setLoading(loading);
    m_standardPane->setLoading(loading);
}

void StandardsPage::setFacts(const StandardsFacts &facts)
{
    m_known = facts;
    showFacts();
    showFinding();
}

void StandardsPage::setChecking(int done, int all, const QStringList &troubles)
{
    m_done = done;
    m_checking = all;
    QStringList lines = troubles.mid(0, mostTroubles);
    if (troubles.size() > mostTroubles)
        lines << tr("and %n more", nullptr, static_cast<int>(troubles.size()) - mostTroubles);
    m_troubles->setText(lines.join(QLatin1Char('\n')));
    m_troubles->setToolTip(troubles.join(QLatin1Char('\n')));
    m_troubles->setVisible(!lines.isEmpty());
    showFacts();
}

void StandardsPage::showFacts()
{
    QStringList parts;
    if (m_checking > 0)
        parts << tr("Reading: %1 of %2").arg(m_done).arg(m_checking);
    parts << tr("%1 of %2 instances read").arg(m_known.read).arg(m_known.instances);
    if (m_known.oldest)
        parts << tr("the oldest %1").arg(localTimeText(*m_known.oldest).left(16));
    parts << tr("%n difference(s)", nullptr, m_known.open);
    if (m_known.accepted > 0)
        parts << tr("%n accepted", nullptr, m_known.accepted);
    m_facts->setText(parts.join(QStringLiteral(" · ")));
    m_repairAll->setText(m_known.repairable > 0 ? tr("Repair %n difference(s)…", nullptr, m_known.repairable) : tr("Repair…"));
    m_pane->emptyState()->setTexts(m_known.read == 0 ? tr("Nothing was read yet") : tr("Nothing differs"),
                                   m_known.read == 0 ? tr("A task of the kind drift reads configurations each day: zandbctl task add drift --kind drift --all --every day.")
                                                     : tr("All that was read is as the standard, the files and the peers say."));
    showForbidden();
}

void StandardsPage::focusFilter()
{
    (m_views->currentIndex() == 0 ? m_pane : m_standardPane)->focusFilter();
}

bool StandardsPage::escape()
{
    return (m_views->currentIndex() == 0 ? m_pane : m_standardPane)->clearFilter();
}

void StandardsPage::showForbidden()
{
    permit(m_check, !forbidden().isEmpty() ? forbidden() : m_checking > 0 ? tr("A check goes on.") : m_known.instances == 0 ? tr("There is no instance in what is selected.") : QString());
    permit(m_repairAll, !forbidden().isEmpty() ? forbidden() : m_known.repairable == 0 ? tr("No change of a variable mends what differs.") : QString());
    for (QPushButton *button : {m_add, m_edit, m_remove})
        permit(button, forbidden());
}

void StandardsPage::showFinding()
{
    const auto chosen = m_pane->chosenRows();
    const DriftRow *row = chosen.isEmpty() ? nullptr : m_findings->row(chosen.front());
    if (!row) {
        m_inspector->clear(tr("Select a difference to see what can be done."));
        return;
    }
    Inspector::Content content;
    bool repairable = true, open = true;
    for (const int at : chosen) {
        const DriftRow *one = m_findings->row(at);
        content.ids.push_back(m_findings->key(*one));
        repairable = repairable && isRepairable(one->finding);
        open = open && !one->exception;
    }
    const auto add = [&](const QString &label, const QString &value, const QString &tip = {}, bool fixed = false) {
        if (!value.isEmpty())
            content.lines.append({label, value, tip, fixed});
    };
    const int count = static_cast<int>(chosen.size());
    if (count > 1) {
        content.title = tr("%n difference(s)", nullptr, count);
    } else {
        content.title = qs(row->finding.subject);
        content.look = row->exception ? Look::Skipped : Look::Late;
        content.state = row->exception ? tr("accepted") : tr("differs");
        content.advice = row->exception ? QString() : driftAdvice(row->finding);
        content.error = row->exception ? QString() : driftText(row->finding.code);
        add(tr("Instance"), row->path);
        add(tr("Found"), qs(row->finding.found), {}, true);
        add(row->finding.code == "server_id" ? tr("Also on") : row->finding.code == "file" ? tr("Detail") : tr("Wanted"), qs(row->finding.wanted), {}, row->finding.code != "file");
        if (row->exception) {
            add(tr("Accepted by"), qs(row->exception->person));
            add(tr("Until"), localTimeText(row->exception->until), exactTimeText(row->exception->until));
            add(tr("Because"), qs(row->exception->reason));
        }
    }
    m_inspector->setContent(content);
    m_repair->setText(count > 1 ? tr("Repair %n difference(s)…", nullptr, count) : tr("Repair…"));
    permit(m_repair, !forbidden().isEmpty() ? forbidden() : !open ? tr("It is accepted.") : repairable ? QString() : tr("No change of a variable mends it."));
    permit(m_accept, !forbidden().isEmpty() ? forbidden() : open ? QString() : tr("It is accepted already."));
    permit(m_make, !forbidden().isEmpty() ? forbidden() : count > 1 ? tr("Mark one difference only.") : repairable ? QString() : tr("The standard names variables only."));
}

void StandardsPage::showRule()
{
    const auto chosen = m_standardPane->chosenRows();
    const StandardRow *row = chosen.isEmpty() ? nullptr : m_standard->row(chosen.front());
    if (!row) {
        m_standardInspector->clear(tr("Select a rule to change it."));
        return;
    }
    Inspector::Content content;
    for (const int at : chosen)
        content.ids.push_back(m_standard->key(*m_standard->row(at)));
    const int count = static_cast<int>(chosen.size());
    content.title = count > 1 ? tr("%n rule(s)", nullptr, count) : qs(row->rule.name);
    if (count == 1) {
        content.lines.append({tr("Where"), row->place, {}, false});
        content.lines.append({tr("Value"), row->rule.value ? qs(*row->rule.value) : tr("may differ"), {}, row->rule.value.has_value()});
        content.lines.append({tr("Who"), qs(row->rule.editor), {}, false});
        content.lines.append({tr("Since"), localTimeText(row->rule.editedAt), exactTimeText(row->rule.editedAt), false});
    }
    m_standardInspector->setContent(content);
    m_remove->setText(count > 1 ? tr("Remove %n rule(s)", nullptr, count) : tr("Remove the rule"));
    permit(m_edit, !forbidden().isEmpty() ? forbidden() : count > 1 ? tr("Mark one rule only.") : QString());
    permit(m_remove, forbidden());
}

} // namespace zandb
