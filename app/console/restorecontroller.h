// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/consolestate.h"
#include "app/platform/settings.h"
#include "models/backups/backup.h"
#include "widgets/common/ui.h"

#include <QObject>
#include <QPointer>

namespace zandb::console {

class RunExecutor;

/// What needs the person before it can be asked for: where a backup is to be restored to, and the passphrase of the key
/// the orders are sent with.
class RestoreController final : public QObject
{
    Q_OBJECT
public:
    /// `ui`, `state`, `executor` and `window` outlive it.
    RestoreController(const Settings &settings, const Ui &ui, const ConsoleState &state, RunExecutor &executor, QWidget *window,
                      QObject *parent = nullptr);

    /// Opens the question; ends in restoreRequested(), or in nothing.
    void ask(const Backup &backup);
    /// Calls `then` once the key can be used; asks for its passphrase if need be.  Not called when the person gives up, or
    /// when there is no usable key: that is said.
    void withKey(std::function<void()> then);

Q_SIGNALS:
    void restoreRequested(const zandb::Backup &backup, const zandb::RestoreRequest &request);

private:
    void askPassphrase(bool again, std::function<void()> then);

    const Settings m_settings;
    const Ui m_ui;
    const ConsoleState &m_state;
    RunExecutor &m_executor;
    QWidget *m_window;
    bool m_keychainTried = false;
};

} // namespace zandb::console
