// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/listcontroller.h"
#include "app/workflow/runrepository.h"
#include "models/workflow/runtext.h"
#include "models/workflow/steptreemodel.h"

#include <QDeadlineTimer>

namespace zandb::console {

/// Keeps one run's page, its log among it, at what the store says.
class RunController final : public ListController
{
    Q_OBJECT
public:
    RunController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, QObject *parent = nullptr);
    StepTreeModel *steps() { return &m_steps; }
    /// Whose log is wanted.
    void chooseAttempt(const wire::OrderKey &key);

Q_SIGNALS:
    void runShown(const zandb::RunRow &row, zandb::TimePoint now);
    void runGone();
    void logShown(const zandb::wire::OrderKey &key, std::int64_t offset, const std::string &bytes);

private:
    struct Facts
    {
        std::optional<RunDetail> detail;
        std::vector<RunRow> rows; ///< one, of the run that was found
    };
    using Log = std::pair<wire::OrderKey, workflow::LogText>;
    Reading<Facts>::Job question() const;
    Reading<Log>::Job logQuestion() const;
    void show(const Facts &facts);

    Reading<Facts> m_reading;
    Reading<Log> m_log;
    StepTreeModel m_steps;
    std::optional<Uuid> m_run;
    std::optional<wire::OrderKey> m_attempt;
    bool m_running = false;
    QDeadlineTimer m_lastLines{0}; ///< until then the log of a run that has ended is asked for
    QTimer m_clock;
};

} // namespace zandb::console
