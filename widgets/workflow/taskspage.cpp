// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workflow/taskspage.h"

#include "models/common/errortext.h"
#include "models/common/format.h"
#include "models/common/text.h"
#include "models/workflow/runtext.h"
#include "widgets/common/inspector.h"
#include "widgets/common/pageparts.h"
#include "widgets/common/parts.h"
#include "widgets/common/tablecolumns.h"
#include "widgets/common/tablepane.h"
#include "widgets/common/theme.h"
#include "widgets/workflow/taskcalendarview.h"

#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>

namespace zandb {

TasksPage::TasksPage(const Ui &ui, TaskTableModel *model, QWidget *parent)
    : TablePage(ui, QStringLiteral("tasks"), parent), m_model(model), m_calendar(new TaskCalendarView(this)), m_new(new QPushButton(this))
{
    setObjectName(QStringLiteral("tasksPage"));
    setMinimumHeight(38 * unit);
    using Ids = std::vector<Uuid>;
    m_edit = m_inspector->addAction(QStringLiteral("taskEdit"), QStringLiteral("page-settings"), [this](const Ids &ids) { Q_EMIT editRequested(ids.front()); }, true);
    m_run = m_inspector->addAction(QStringLiteral("taskRun"), QStringLiteral("right"), [this](const Ids &ids) { Q_EMIT runRequested(ids.front()); });
    m_pause = m_inspector->addAction(QStringLiteral("taskPause"), QStringLiteral("look-skipped"), [this](const Ids &ids) {
        if (const TaskRow *shown = row(ids))
            Q_EMIT pauseRequested(ids.front(), shown->task.enabled);
    });
    m_skip = m_inspector->addAction(QStringLiteral("taskSkip"), QStringLiteral("forward"), [this](const Ids &ids) {
        if (const TaskRow *shown = row(ids))
            Q_EMIT skipRequested(ids.front(), shown->task.skips.empty());
    });
    m_history = m_inspector->addAction(QStringLiteral("taskHistoryOpen"), QStringLiteral("calendar"), [this](const Ids &ids) { Q_EMIT historyRequested(ids.front()); });
    m_runs = m_inspector->addAction(QStringLiteral("taskRuns"), QStringLiteral("page-runs"), [this](const Ids &ids) {
        Location to;
        to.page = QStringLiteral("runs");
        to.subject = Subject(taskSubject, ids.front());
        Q_EMIT goToRequested(to);
    });
    m_remove = m_inspector->addAction(QStringLiteral("taskRemove"), QStringLiteral("close"), [this](const Ids &ids) { Q_EMIT removeRequested(ids.front()); });

    QWidget *strip = makeChips(QStringLiteral("taskChip"), {Look::Ok, Look::Late, Look::Failed, Look::Skipped});
    m_new->setObjectName(QStringLiteral("taskNew"));
    connect(m_new, &QPushButton::clicked, this, &TasksPage::newRequested);
    connect(m_pane->emptyState(), &EmptyState::actionRequested, this, &TasksPage::newRequested);
    m_pane->addToBar(m_new);
    using Table = TaskTableModel;
    m_pane->columns()->setHiddenByDefault({Table::Author, Table::Keep});
    m_pane->columns()->setFolding({Table::Author, Table::Keep, Table::LastDue, Table::Kind, Table::Targets, Table::Count});
    m_pane->setModel(model, Table::State, Table::Next, Qt::AscendingOrder);

    auto *left = new QWidget(this);
    auto *column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(unit);
    column->addWidget(makeCard(strip, this));
    m_picture = makeCard(m_calendar, this);
    column->addWidget(m_picture);
    column->addWidget(makeCard(m_pane, this), 1);
    auto *split = besideInspector(left, m_inspector, this);
    keepSizes(split, ui.settings, QStringLiteral("tasks-inspector"));
    makePageLayout(this)->addWidget(split);

    connect(m_pane, &TablePane::activated, this, [this](const Uuid &id) {
        if (forbidden().isEmpty())
            Q_EMIT editRequested(id);
    });
    countRowsOf(model);
    retranslate();
}

QString TasksPage::title() const
{
    return tr("Tasks");
}

void TasksPage::retranslate()
{
    m_pane->emptyState()->setTexts(tr("No tasks yet"), tr("A task says what is done to which instances, and when: back up, prove, look for what is wrong."), tr("New task…"));
    m_new->setText(tr("New task…"));
    m_chips[Look::Ok]->setWord(tr("active"));
    m_chips[Look::Late]->setWord(tr("without target"));
    m_chips[Look::Failed]->setWord(tr("unreadable"));
    m_chips[Look::Skipped]->setWord(tr("paused"));
    m_edit->setText(tr("Change…"));
    m_run->setText(tr("Run now…"));
    m_history->setText(tr("History…"));
    m_runs->setText(tr("Show its runs"));
    m_remove->setText(tr("Delete…"));
    showChips();
    showInspector();
}

void TasksPage::resizeEvent(QResizeEvent *event)
{
    Page::resizeEvent(event);
    m_picture->setVisible(height() >= 52 * unit);
}

void TasksPage::enter(const Location &location)
{
    if (const auto task = location.idOf(taskSubject))
        m_pane->select(*task);
}

void TasksPage::setCalendar(const TaskCalendar &calendar)
{
    m_calendar->setCalendar(calendar);
}

void TasksPage::showChips()
{
    std::map<Look, int> counts;
    for (const TaskRow &shown : m_model->rows())
        ++counts[taskLook(shown)];
    for (const auto &[look, chip] : m_chips) {
        chip->setCount(counts[look]);
        chip->setVisible(look == Look::Ok || counts[look] > 0 || chip->isChecked());
    }
}

QString TasksPage::help() const
{
    return tr("<p>Tasks say what is done to which instances, and when. Which instances those are is found out anew at each occurrence: a new host of a group is "
              "backed up the next night.</p><p>The calendar shows what begins on which host in the next 24 hours; point at a cell to see the tasks.</p>"
              "<p><b>Pause</b> lets a task rest; what is due meanwhile is not made up for. <b>Skip next</b> leaves one occurrence out. <b>Run now</b> does what it "
              "does once, beside its schedule. Each change is a revision that <b>History</b> shows.</p>");
}

const TaskRow *TasksPage::row(const std::vector<Uuid> &ids) const
{
    return ids.empty() ? nullptr : m_model->row(m_model->rowOf(ids.front()));
}

void TasksPage::showInspector()
{
    permit(m_new, forbidden());
    const auto chosen = m_pane->chosenRows();
    const TaskRow *shown = !m_loading && chosen.size() == 1 ? m_model->row(chosen.front()) : nullptr;
    if (!shown) {
        m_inspector->clear(m_loading ? QString() : tr("Select a task to see its details."));
        return;
    }
    const Task &task = shown->task;
    Inspector::Content content;
    content.ids = {task.id};
    content.title = qs(task.name);
    content.state = taskStateText(*shown);
    content.look = taskLook(*shown);
    if (shown->wrong) {
        content.error = errorSummary(*shown->wrong);
        content.advice = tr("Define it again with “zandbctl task edit”, or delete it.");
    }
    const auto add = [&](const QString &label, const QString &value, const QString &tip = {}) {
        if (!value.isEmpty())
            content.lines.append({label, value, tip, false});
    };
    add(tr("Kind"), kindText(task.kind));
    add(tr("When"), scheduleText(task.schedule));
    add(tr("Next"), shown->next ? localTimeText(*shown->next).left(16) : QString(), shown->next ? exactTimeText(*shown->next) : QString());
    for (const TimePoint due : task.skips)
        add(tr("Left out"), localTimeText(due).left(16), exactTimeText(due));
    add(tr("For"), shown->targets);
    add(tr("Targets now"), QString::number(shown->count));
    if (!task.policies.windowFrom.empty())
        add(tr("Window"), QStringLiteral("%1 \u2013 %2 (%3)").arg(qs(task.policies.windowFrom), qs(task.policies.windowTo), qs(task.policies.windowZone)));
    if (shown->last) {
        add(tr("Last result"), lastRunsText(*shown->last));
        add(tr("Last due"), localTimeText(shown->last->due).left(16), exactTimeText(shown->last->due));
    }
    if (task.policies.keep > 0)
        add(tr("Keeps"), tr("%n backup(s) of each instance", nullptr, task.policies.keep));
    add(tr("Author"), qs(task.author));
    add(tr("Revision"), QString::number(task.revision));
    m_inspector->setContent(content);
    const QString unreadable = shown->wrong ? tr("The task cannot be read.") : QString();
    const auto orForbidden = [this](const QString &why) { return forbidden().isEmpty() ? why : forbidden(); };
    permit(m_edit, orForbidden(unreadable));
    permit(m_run, orForbidden(shown->wrong ? unreadable : shown->count == 0 ? tr("It has no target now.") : QString()));
    m_pause->setText(task.enabled ? tr("Pause") : tr("Resume"));
    permit(m_pause, orForbidden(unreadable));
    m_skip->setText(task.skips.empty() ? tr("Skip next") : tr("Do not skip"));
    permit(m_skip, orForbidden(shown->wrong ? unreadable : task.skips.empty() && !shown->next ? tr("Nothing is due of it.") : QString()));
    permit(m_remove, forbidden());
}

} // namespace zandb
