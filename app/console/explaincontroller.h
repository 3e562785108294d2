// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/agentcalls.h"
#include "app/console/consolestate.h"
#include "app/store/executor.h"
#include "models/slowlog/planmodels.h"
#include "models/slowlog/slowreport.h"

namespace zandb::console {

/// Asks agents for what the tab of a digest shows on demand: an example as it stands in the log, and the plan of it.  Each question is written into the audit before
/// it is sent.  GUI thread; nothing here blocks.
class ExplainController final : public QObject
{
    Q_OBJECT
public:
    using Instances = std::vector<std::pair<Uuid, QString>>;
    ExplainController(store::Executor &executor, ConsoleState &state, AgentCalls &calls, QObject *parent = nullptr);
    PlanTreeModel *tree() { return &m_tree; }
    ExplainRowModel *rows() { return &m_rows; }
    ExplainIndexModel *indexes() { return &m_indexes; }

    /// The digest that is shown now, anew or another one.
    void setDetail(const SlowDigestDetail &detail);
    /// None is shown; what was asked is not waited for.
    void clear();
    /// The plan of the newest example, on this instance.
    void explain(const Uuid &instance);
    /// The example of this place in the digest's list as it stands in the log; the newest one when there is no such place.
    void showRaw(int example);

Q_SIGNALS:
    /// Where a plan can be asked for: a healthy replica first, if there is one.
    void instancesShown(const zandb::console::ExplainController::Instances &instances);
    void asking();
    void explained(const zandb::wire::Explained &explained, const QString &place);
    void planFailed(const zandb::Error &error);
    void rawAsked();
    void rawShown(const QString &text);
    void rawFailed(const zandb::Error &error);
    /// Another digest: what was shown of the one before goes.
    void cleared();

private:
    using Audit = std::function<Result<void>(store::Session &)>;
    /// Writes the audit's row, then asks the instance's agent.
    void ask(Latest<bool> &audit, Latest<Json> &latest, Audit write, const Uuid &instance, const std::string &method, Json params, std::function<void(Result<Json>)> handle);
    void askRaw(Latest<bool> &audit, Latest<Json> &latest, const SlowExample &example, std::function<void(Result<Json>)> handle);
    void askPlan(const Uuid &instance, const std::string &schema, const std::string &statement);

    store::Executor &m_executor;
    ConsoleState &m_state;
    AgentCalls &m_calls;
    Latest<bool> m_planAudit;
    Latest<Json> m_planAnswer;
    Latest<bool> m_rawAudit;
    Latest<Json> m_rawAnswer;
    PlanTreeModel m_tree;
    ExplainRowModel m_rows;
    ExplainIndexModel m_indexes;
    SlowChecksum m_digest;
    std::vector<SlowExample> m_examples;
};

} // namespace zandb::console
