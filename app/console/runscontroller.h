// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/listcontroller.h"
#include "models/workflow/runtablemodel.h"

namespace zandb::console {

/// Keeps the Runs page at what the store says of the scope and the range, and the status line at what runs now.
class RunsController final : public ListController
{
    Q_OBJECT
public:
    RunsController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, QObject *parent = nullptr);
    RunTableModel *table() { return &m_table; }

Q_SIGNALS:
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
    Reading<Facts>::Job question() const;
    Reading<std::vector<RunRow>>::Job runningQuestion() const;
    void show(Facts facts);

    Reading<Facts> m_list;
    Reading<std::vector<RunRow>> m_running;
    RunTableModel m_table;
    QTimer m_clock;
    Elapsed m_progressRead;
};

} // namespace zandb::console
