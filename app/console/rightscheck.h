// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/consolestate.h"
#include "app/platform/delivery.h"
#include "widgets/common/ui.h"

namespace zandb::console {

class AgentCalls;

/// Asks the agent of an instance what it may and may not do there, as `zandbctl instance preflight` does, and tells the person what is missing with
/// its remedy.  GUI thread.
class RightsCheck final : public QObject
{
    Q_OBJECT
public:
    /// `withKey` asks for the key's passphrase where that is needed, then goes on.
    using WithKey = std::function<void(std::function<void()>)>;
    RightsCheck(const Ui &ui, ConsoleState &state, AgentCalls &calls, WithKey withKey, QWidget *window, QObject *parent = nullptr);
    /// A newer question takes the place of one that is under way.
    void ask(const Uuid &instance);

Q_SIGNALS:
    /// Whether an answer is waited for.
    void busyChanged(bool busy);

private:
    void told(const QString &path, const Result<Json> &answer);

    Ui m_ui;
    ConsoleState &m_state;
    AgentCalls &m_calls;
    WithKey m_withKey;
    QWidget *m_window;
    Latest<Json> m_latest;
};

} // namespace zandb::console
