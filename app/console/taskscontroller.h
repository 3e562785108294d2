// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/listcontroller.h"
#include "app/platform/settings.h"
#include "models/workflow/tasktablemodel.h"
#include "models/workflow/taskplan.h"
#include "widgets/common/ui.h"
#include "widgets/workflow/taskdialog.h"

#include <QPointer>

namespace zandb::console {

/// Keeps the Tasks page at what the store says of the scope, and does what people ask for with tasks.  GUI thread; reading and writing are done on the
/// store's threads.
class TasksController final : public ListController
{
    Q_OBJECT
public:
    /// `window` is the dialogs' parent; all outlive it.
    TasksController(const Settings &settings, const Ui &ui, store::Executor &executor, ConsoleState &state, StoreWatch &watch, QWidget *window, QObject *parent = nullptr);
    TaskTableModel *table() { return &m_table; }
    /// Opens the dialog for a new task of what is selected in the tree.
    void create();
    void edit(const Uuid &task);
    void runNow(const Uuid &task);
    void pause(const Uuid &task, bool paused);
    void skip(const Uuid &task, bool skip);
    void showHistory(const Uuid &task);
    void remove(const Uuid &task);

Q_SIGNALS:
    void calendarShown(const zandb::TaskCalendar &calendar);
    /// The person agreed to these runs, which are not in the store yet.
    void runsAgreed(const QString &what, const std::vector<zandb::RunDetail> &runs);
    /// For the status line.
    void accepted(const QString &what);

private:
    struct Question
    {
        std::shared_ptr<const Fleet> fleet;
        Scope scope;
    };
    struct Facts
    {
        std::vector<TaskRow> rows;
        TaskCalendar calendar;
    };
    static Result<Facts> read(store::Session &session, const Question &question);
    Reading<Facts>::Job question() const;
    void show(Facts facts);
    const TaskRow *row(const Uuid &task) const { return m_table.row(m_table.rowOf(task)); }
    void open(const Task &task, bool fresh);
    void preview(const Task &task);
    void write(const QString &what, std::function<Result<void>(store::Session &)> job);
    void refuse(const QString &what, const Error &error);

    const Settings &m_settings;
    Ui m_ui;
    QWidget *m_window;
    Reading<Facts> m_list;
    Latest<TaskPreview> m_preview;
    Latest<std::vector<RunDetail>> m_runs;
    Latest<std::vector<TaskRevision>> m_history;
    TaskTableModel m_table;
    QPointer<TaskDialog> m_dialog;
};

} // namespace zandb::console
