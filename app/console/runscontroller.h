// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/consolestate.h"
#include "app/console/reload.h"
#include "app/console/storewatch.h"
#include "models/workflow/runtablemodel.h"

namespace zandb::console {

/// Keeps the Runs page at what the store says of the scope and the range, and the status line at what runs now.
class RunsController final : public QObject
{
    Q_OBJECT
public:
    RunsController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, QObject *parent = nullptr);
    RunTableModel *table() { return &m_table; }

Q_SIGNALS:
    void loaded();
    /// Another scope, range or task is being read: what is shown is of the one before.
    void asked();
    /// It is tried again by itself.
    void failed(const zandb::Error &error);
    /// Only the newest `rows` are shown; 0: all.
    void cutTo(int rows);
    /// Of the whole fleet, oldest first.
    void runningChanged(const std::vector<zandb::RunRow> &running);

private:
    struct Question
    {
        std::shared_ptr<const Fleet> fleet;
        std::map<Uuid, QString> tasks;
        Scope scope;
        TimeRange range;
        std::optional<Uuid> task;
        TimePoint now;
    };
    struct Facts
    {
        std::vector<RunRow> rows;
        bool cut = false;
    };
    static Result<Facts> read(store::Session &session, const Question &question);
    void load();
    void loadRunning();

    store::Executor &m_executor;
    ConsoleState &m_state;
    Latest<Facts> m_latest;
    Latest<std::vector<RunRow>> m_latestRunning;
    Reload m_reload;
    Reload m_reloadRunning;
    RunTableModel m_table;
    QTimer m_clock;
    Elapsed m_progressRead;
};

} // namespace zandb::console
