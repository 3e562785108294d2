// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/consolestate.h"
#include "app/console/storewatch.h"
#include "app/fleet/hostservice.h"
#include "app/platform/settings.h"
#include "app/workflow/hostretire.h"
#include "widgets/common/ui.h"
#include "widgets/fleet/addhostdialog.h"

#include <QPointer>

#include <functional>
#include <thread>

namespace zandb::console {

/// Takes hosts into the fleet, changes them and takes them out.  GUI thread; the work is done on others.
class HostsController final : public QObject
{
    Q_OBJECT
public:
    /// `withKey` asks for the key's passphrase where that is needed, then goes on; `passphrase` is the one it learnt.
    using WithKey = std::function<void(std::function<void()>)>;
    HostsController(const Settings &settings, const Ui &ui, store::Executor &executor, ConsoleState &state, WithKey withKey, QWidget *window, QObject *parent = nullptr);
    void add();
    void edit(const std::vector<Uuid> &hosts);
    void retire(const Uuid &host);
    /// Of an encrypted key, kept in this process only.
    void setPassphrase(const std::string &passphrase) { m_passphrase = passphrase; }

Q_SIGNALS:
    /// For the status line.
    void accepted(const QString &what);

private:
    void askKey(const QString &address, int port);
    void askAgent(const HostWish &wish);
    void write(const QString &what, std::function<Result<void>(store::Session &)> job);
    QStringList groups() const;
    QString keyLine() const;

    const Settings &m_settings;
    Ui m_ui;
    store::Executor &m_executor;
    ConsoleState &m_state;
    WithKey m_withKey;
    QWidget *m_window;
    std::string m_passphrase;
    Latest<remote::HostKey> m_key;
    Latest<fleet::HostTest> m_test;
    Latest<workflow::HostDependents> m_dependents;
    QPointer<AddHostDialog> m_dialog;
    std::vector<std::jthread> m_threads;
};

} // namespace zandb::console
