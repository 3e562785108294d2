// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/consolestate.h"
#include "app/platform/delivery.h"
#include "app/platform/settings.h"
#include "app/remote/agentpool.h"

#include <QTimer>

#include <memory>

namespace zandb::console {

/// The window's own questions to agents, with the person's key: what sessions there are, the end of a log, a plan.  All pages share its one
/// pool, which is apart from that of the runs (RunExecutor), so that neither waits for the other.  Links come with the first question and
/// go when nothing was asked for five minutes.  Belongs to the GUI thread.
class AgentCalls final : public QObject
{
    Q_OBJECT
public:
    using Pool = std::shared_ptr<remote::AgentPool>;
    /// `state` outlives it; hosts are those of its fleet.
    AgentCalls(const SshSettings &settings, ConsoleState &state, std::chrono::milliseconds idle = std::chrono::minutes{5}, QObject *parent = nullptr);
    ~AgentCalls() override;

    /// One request; `handle` gets the answer on the GUI thread, unless the receiver of `latest` is gone or something newer was asked
    /// through it, which also ends this one at the agent.  Errors: those of AgentPool::call.
    void ask(Latest<Json> &latest, const Uuid &host, const std::string &method, Json params, std::function<void(Result<Json>)> handle,
             std::chrono::milliseconds timeout = std::chrono::seconds{30});
    /// For a job on another thread that asks several times; it keeps the pool for as long as it holds it.
    Pool pool();
    /// Of an encrypted key, kept in this process only.  From the next question on.
    void setPassphrase(const std::string &passphrase);
    /// Whether links may be there now.
    bool isOpen() const { return m_pool != nullptr; }

private:
    void setHosts();
    void rest();

    SshSettings m_settings;
    ConsoleState &m_state;
    Pool m_pool;
    QTimer m_idle;
};

} // namespace zandb::console
