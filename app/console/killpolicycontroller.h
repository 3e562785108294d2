// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/consolestate.h"
#include "app/console/storewatch.h"
#include "app/killer/handover.h"
#include "app/platform/settings.h"
#include "widgets/common/ui.h"
#include "widgets/killer/killpolicydialog.h"

#include <QPointer>

#include <functional>
#include <thread>

namespace zandb::console {

class AgentCalls;

/// Asks for kill policies of what is selected in the tree, writes them to the store and hands them to the agents with the person's key.  GUI thread;
/// the work is done on others.
class KillPolicyController final : public QObject
{
    Q_OBJECT
public:
    /// `withKey` asks for the key's passphrase where that is needed, then goes on.
    using WithKey = std::function<void(std::function<void()>)>;
    KillPolicyController(const Settings &settings, const Ui &ui, store::Executor &executor, ConsoleState &state, AgentCalls &calls, WithKey withKey, QWidget *window,
                         QObject *parent = nullptr);
    /// Opens the dialog for the scope.
    void ask();

Q_SIGNALS:
    /// For the status line.
    void accepted(const QString &what);

private:
    using Change = std::function<Result<void>(store::Session &)>;
    void open(const std::vector<KillPolicyRow> &rows);
    void preview(const wire::KillPolicy &policy);
    /// Writes, then tells the agents.
    void carryOut(const QString &what, Change change);
    void told(const QString &what, const Result<std::vector<killer::HandedOver>> &result);

    const Settings &m_settings;
    Ui m_ui;
    store::Executor &m_executor;
    ConsoleState &m_state;
    AgentCalls &m_calls;
    WithKey m_withKey;
    QWidget *m_window;
    Latest<std::vector<KillPolicyRow>> m_rows;
    Latest<std::pair<std::int64_t, std::int64_t>> m_preview;
    QPointer<KillPolicyDialog> m_dialog;
    KillScope m_kind = KillScope::Fleet;
    Uuid m_scope;
    std::vector<std::jthread> m_threads;
};

} // namespace zandb::console
