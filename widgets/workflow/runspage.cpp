// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workflow/runspage.h"

#include "widgets/common/icons.h"
#include "widgets/common/inspector.h"
#include "widgets/common/parts.h"
#include "widgets/common/tablepane.h"
#include "widgets/common/theme.h"
#include "widgets/workflow/runcontent.h"

#include <QEvent>
#include <QFrame>
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
    m_open = m_inspector->addAction(QStringLiteral("runOpen"), QStringLiteral("page-runs"), true);
    m_retry = m_inspector->addAction(QStringLiteral("runsRetry"), QStringLiteral("retry"));
    m_cancel = m_inspector->addAction(QStringLiteral("runsCancel"), QStringLiteral("close"));
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
    const auto card = [this](QWidget *content) {
        auto *frame = new QFrame(this);
        frame->setObjectName(QStringLiteral("card"));
        auto *box = new QVBoxLayout(frame);
        box->setContentsMargins(1, 1, 1, 1);
        box->addWidget(content);
        return frame;
    };
    auto *split = new QSplitter(Qt::Horizontal, this);
    split->addWidget(card(m_pane));
    split->addWidget(card(m_inspector));
    split->setStretchFactor(0, 1);
    split->setSizes({784, 304});
    split->setHandleWidth(unit);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(2 * unit, unit, 2 * unit, 2 * unit);
    layout->addWidget(split);

    const auto open = [this](const Uuid &id) {
        Location to;
        to.page = QStringLiteral("run");
        to.run = id;
        Q_EMIT goToRequested(to);
    };
    connect(m_pane, &TablePane::activated, this, open);
    connect(m_pane, &TablePane::currentChanged, this, &RunsPage::showInspector);
    const auto withCurrent = [this](auto act) {
        return [this, act] {
            if (const auto id = m_inspector->pressedOn())
                act(*id);
        };
    };
    connect(m_open, &QPushButton::clicked, this, withCurrent(open));
    connect(m_retry, &QPushButton::clicked, this, withCurrent([this](const Uuid &id) { Q_EMIT retryRequested(id); }));
    connect(m_cancel, &QPushButton::clicked, this, withCurrent([this](const Uuid &id) { Q_EMIT cancelRequested(id); }));
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
              "is closed.</p><p>Ctrl+K and a task's name narrow the list to that task.</p>");
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
    const QString noRetry = forbidden().isEmpty() ? whyNotRetry(row->run) : forbidden();
    m_retry->setEnabled(noRetry.isEmpty());
    m_retry->setToolTip(noRetry);
    const QString noCancel = forbidden().isEmpty() ? whyNotCancel(row->run) : forbidden();
    m_cancel->setEnabled(noCancel.isEmpty());
    m_cancel->setToolTip(noCancel);
}

} // namespace zandb
