// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workflow/runspage.h"

#include "widgets/common/icons.h"
#include "widgets/common/inspector.h"
#include "widgets/common/pageparts.h"
#include "widgets/common/parts.h"
#include "widgets/common/tablecolumns.h"
#include "widgets/common/tablepane.h"
#include "widgets/common/theme.h"
#include "widgets/workflow/runcontent.h"

#include <QEvent>
#include <QPushButton>
#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>

namespace zandb {

RunsPage::RunsPage(const Ui &ui, RunTableModel *model, QWidget *parent)
    : Page(parent), m_model(model), m_pane(new TablePane(ui, QStringLiteral("runs"), this)), m_inspector(new Inspector(this)),
      m_taskChip(new QToolButton(this))
{
    setObjectName(QStringLiteral("runsPage"));
    const auto open = [this](const Uuid &id) { goToRun(id); };
    using Ids = std::vector<Uuid>;
    m_open = m_inspector->addAction(QStringLiteral("runOpen"), QStringLiteral("page-runs"), [open](const Ids &ids) { open(ids.front()); }, true);
    m_retry = m_inspector->addAction(QStringLiteral("runsRetry"), QStringLiteral("retry"), [this](const Ids &ids) { Q_EMIT retryRequested(ids); });
    m_cancel = m_inspector->addAction(QStringLiteral("runsCancel"), QStringLiteral("close"), [this](const Ids &ids) { Q_EMIT cancelRequested(ids); });
    m_giveUp = m_inspector->addAction(QStringLiteral("runsGiveUp"), QStringLiteral("look-unknown"), [this](const Ids &ids) { Q_EMIT giveUpRequested(ids); });
    m_pane->columns()->setHiddenByDefault({RunTableModel::Started, RunTableModel::Progress, RunTableModel::Attempts, RunTableModel::Author});
    using Table = RunTableModel;
    m_pane->columns()->setFolding({Table::Author, Table::Attempts, Table::Progress, Table::Started, Table::Duration, Table::TaskName, Table::Kind});
    m_pane->columns()->setTellingColumn(Table::Due);
    m_pane->columns()->setTroubleColumn(Table::Trouble);
    m_pane->setModel(model, RunTableModel::State, RunTableModel::Due, Qt::DescendingOrder);
    m_taskChip->setObjectName(QStringLiteral("runsTask"));
    m_taskChip->setIcon(themedIcon("close"));
    m_taskChip->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_taskChip->setLayoutDirection(Qt::RightToLeft); // the cross comes last
    m_taskChip->setProperty("chip", true);
    m_taskChip->hide();
    m_pane->addToBar(m_taskChip);
    connect(m_taskChip, &QToolButton::clicked, this, [this] {
        Location to;
        to.page = QStringLiteral("runs");
        Q_EMIT goToRequested(to);
    });
    auto *split = besideInspector(makeCard(m_pane, this), m_inspector, this);
    keepSizes(split, ui.settings, QStringLiteral("runs-inspector"));
    makePageLayout(this)->addWidget(split);

    connect(m_pane, &TablePane::activated, this, open);
    connect(m_pane, &TablePane::currentChanged, this, &RunsPage::showInspector);
    connect(m_pane, &TablePane::menuRequested, m_inspector, &Inspector::addActionsTo);
    retranslate();
}

QString RunsPage::title() const
{
    return tr("Runs");
}

void RunsPage::retranslate()
{
    m_pane->emptyState()->setTexts(tr("No runs in this time range"), tr("Everything that tasks and people start is listed here with its steps and log."));
    m_open->setText(tr("Open steps and log"));
    setTask(m_task);
    showInspector();
}

void RunsPage::changeEvent(QEvent *event)
{
    Page::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void RunsPage::setLoading(bool loading)
{
    m_loading = loading;
    m_pane->setLoading(loading);
    showInspector();
}

void RunsPage::setCut(int rows)
{
    m_pane->setNewestOnly(rows);
}

void RunsPage::focusFilter()
{
    m_pane->focusFilter();
}

bool RunsPage::escape()
{
    if (m_pane->clearFilter())
        return true;
    if (!m_taskChip->isVisible())
        return false;
    m_taskChip->click();
    return true;
}

void RunsPage::enter(const Location &location)
{
    m_pane->setLooks(location.look() ? std::set<Look>{*location.look()} : std::set<Look>{});
    if (const auto run = location.idOf(runSubject))
        m_pane->select(*run);
}

void RunsPage::setTask(const QString &name)
{
    m_task = name;
    m_taskChip->setText(tr("Task: %1").arg(name));
    m_taskChip->setToolTip(tr("Show the runs of all tasks"));
    m_taskChip->setVisible(!name.isEmpty());
}

QString RunsPage::help() const
{
    return tr("<p>Every run of the scope in the time range: what tasks started on their schedules and what people started by hand.</p>"
              "<p>Double click or Enter opens a run with its steps, attempts and log. A run that failed, was cancelled or missed can be "
              "retried; one that waits or runs can be cancelled. The work itself happens on the database hosts: it goes on when this window "
              "is closed.</p><p><b>Unknown</b> means that the host cannot be asked how it ended. It resolves when the host answers; where that "
              "will never be, <i>Give up waiting</i> counts the run as failed.</p><p>Ctrl+K and a task's name narrow the list to that task.</p>");
}

void RunsPage::showInspector()
{
    if (m_loading) {
        m_inspector->clear({});
        return;
    }
    std::vector<const RunRow *> rows;
    for (const int at : m_pane->chosenRows()) {
        if (const RunRow *row = m_model->row(at))
            rows.push_back(row);
    }
    if (rows.empty()) {
        m_inspector->clear(tr("Select a run to see its details."));
        return;
    }
    const bool single = rows.size() == 1;
    Inspector::Content content = single ? runContent(*rows.front(), m_model->now()) : runsContent(rows, m_pane->chosenCount());
    if (single)
        addFacts(content, factsOf(*rows.front(), m_model->now()));
    m_inspector->setContent(content);
    m_open->setVisible(single);
    const std::size_t shown = rows.size();
    offer(m_inspector, m_retry, subjectsOf(rows, whyNotRetry), shown, tr("Retry"), tr("Retry %1"), forbidden());
    offer(m_inspector, m_cancel, subjectsOf(rows, whyNotCancel), shown, tr("Cancel this run"), tr("Cancel %1"), forbidden());
    offer(m_inspector, m_giveUp, subjectsOf(rows, whyNotGiveUp), shown, tr("Give up waiting…"), tr("Give up waiting for %1…"), forbidden());
}

} // namespace zandb
