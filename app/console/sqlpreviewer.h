// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/agentcalls.h"
#include "models/batchsql/sqlpreviewmodel.h"
#include "models/batchsql/sqlwish.h"

namespace zandb::console {

/// Asks instances what a script would meet there, all at once.  GUI thread.
class SqlPreviewer final : public QObject
{
    Q_OBJECT
public:
    SqlPreviewer(ConsoleState &state, AgentCalls &calls, QObject *parent = nullptr);
    SqlPreviewModel *model() { return &m_model; }
    /// What was asked before is forgotten.
    void ask(const SqlWish &wish);

Q_SIGNALS:
    /// How many have answered so far, and how many of those could not say it or would refuse.
    void moved(int answered, int of, int refused);

private:
    void answered(const Uuid &id, const std::vector<std::string> &statements, Result<Json> answer);

    ConsoleState &m_state;
    AgentCalls &m_calls;
    SqlPreviewModel m_model;
    std::vector<std::unique_ptr<Latest<Json>>> m_asked;
    int m_answered = 0;
    int m_refused = 0;
};

} // namespace zandb::console
