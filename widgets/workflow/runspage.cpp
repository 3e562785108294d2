// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workflow/runspage.h"

#include "widgets/common/icons.h"
#include "widgets/common/inspector.h"
#include "widgets/common/pageparts.h"
#include "widgets/common/parts.h"
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
    m_open = m_inspector->addAction(QStringLiteral("runOpen"), QStringLiteral("page-runs"), open, true);
    m_retry = m_inspector->addAction(QStringLiteral("runsRetry"), QStringLiteral("retry"), [this](const Uuid &id) { Q_EMIT retryRequested(id); });
    m_cancel = m_inspector->addAction(QStringLiteral("runsCancel"), QStringLiteral("close"), [this](const Uuid &id) { Q_EMIT cancelRequested(id); });
    m_giveUp = m_inspector->addAction(QStringLiteral("runsGiveUp"), QStringLiteral("look-unknown"), [this](const Uuid &id) { Q_EMIT giveUpRequested(id); });
    m_pane->setHiddenByDefault({RunTableModel::Started, RunTableModel::Progress, RunTableModel::Attempts, RunTableModel::Author});
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
    makePageLayout(this)->addWidget(besideInspector(makeCard(m_pane, this), m_inspector, this));

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
    m_pane->emptyState()->setTexts(tr("No runs in this time range"), tr("Everything a task or a person starts shows here with its steps and log."));
    m_open->setText(tr("Open steps and log"));
    m_retry->setText(tr("Retry"));
    m_cancel->setText(tr("Cancel this run"));
    m_giveUp->setText(tr("Give up waiting…"));
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
    m_pane->setLooks(location.look ? std::set<Look>{*location.look} : std::set<Look>{});
    if (location.run)
        m_pane->select(*location.run);
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
    const auto id = m_pane->currentId();
    const RunRow *row = id ? m_model->row(m_model->rowOf(*id)) : nullptr;
    if (m_loading) {
        m_inspector->clear({});
        return;
    }
    if (!row) {
        m_inspector->clear(tr("Select a run to see all that is known of it."));
        return;
    }
    Inspector::Content content = runContent(*row, m_model->now());
    addFacts(content, factsOf(*row, m_model->now()));
    m_inspector->setContent(content);
    const auto unlessForbidden = [this](const QString &why) { return forbidden().isEmpty() ? why : forbidden(); };
    permit(m_retry, unlessForbidden(whyNotRetry(row->run)));
    permit(m_cancel, unlessForbidden(whyNotCancel(row->run)));
    permit(m_giveUp, unlessForbidden(whyNotGiveUp(row->run)));
}

} // namespace zandb
