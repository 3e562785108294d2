// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/workflow/tasktablemodel.h"
#include "models/workflow/taskplan.h"
#include "widgets/common/tablepage.h"

class QPushButton;

namespace zandb {

class TaskCalendarView;

/// What runs when: the tasks, what comes of them in the next day, and what can be done with one.
class TasksPage final : public TablePage
{
    Q_OBJECT
public:
    TasksPage(const Ui &ui, TaskTableModel *model, QWidget *parent = nullptr);
    QString title() const override;
    void enter(const Location &location) override;
    QString help() const override;
    void setCalendar(const TaskCalendar &calendar);

Q_SIGNALS:
    void newRequested();
    void editRequested(const zandb::Uuid &task);
    void runRequested(const zandb::Uuid &task);
    void pauseRequested(const zandb::Uuid &task, bool paused);
    void skipRequested(const zandb::Uuid &task, bool skip);
    void historyRequested(const zandb::Uuid &task);
    void removeRequested(const zandb::Uuid &task);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void retranslate() override;
    void showInspector() override;
    void showChips() override;
    const TaskRow *row(const std::vector<Uuid> &ids) const;

    TaskTableModel *m_model;
    QWidget *m_picture;
    TaskCalendarView *m_calendar;
    QPushButton *m_new;
    QPushButton *m_edit;
    QPushButton *m_run;
    QPushButton *m_pause;
    QPushButton *m_skip;
    QPushButton *m_history;
    QPushButton *m_runs;
    QPushButton *m_remove;
};

} // namespace zandb
