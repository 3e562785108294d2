// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/workflow/tasktablemodel.h"
#include "models/workflow/taskplan.h"
#include "widgets/common/page.h"
#include "widgets/common/ui.h"

#include <map>

class QPushButton;

namespace zandb {

class Chip;
class Inspector;
class TablePane;
class TaskCalendarView;

/// What runs when: the tasks, what comes of them in the next day, and what can be done with one.
class TasksPage final : public Page
{
    Q_OBJECT
public:
    TasksPage(const Ui &ui, TaskTableModel *model, QWidget *parent = nullptr);
    QString title() const override;
    void setLoading(bool loading) override;
    void focusFilter() override;
    bool escape() override;
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
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void showForbidden() override { showInspector(); }

private:
    void retranslate();
    void showInspector();
    void showChips();
    const TaskRow *row(const std::vector<Uuid> &ids) const;

    TaskTableModel *m_model;
    std::map<Look, Chip *> m_chips;
    QWidget *m_picture;
    TaskCalendarView *m_calendar;
    TablePane *m_pane;
    Inspector *m_inspector;
    QPushButton *m_new;
    QPushButton *m_edit;
    QPushButton *m_run;
    QPushButton *m_pause;
    QPushButton *m_skip;
    QPushButton *m_history;
    QPushButton *m_runs;
    QPushButton *m_remove;
    bool m_loading = false;
};

} // namespace zandb
