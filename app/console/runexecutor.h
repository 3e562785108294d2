// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/platform/settings.h"
#include "models/workflow/run.h"

#include <QObject>

#include <functional>
#include <map>
#include <optional>
#include <thread>

namespace zandb::console {

/// Sends the orders of runs that need this person's key (and of all this person's runs while no headless instance lives),
/// each on a thread of its own with its own links and its own connection to the store.  What comes of a run shows as a
/// change of its row.  A run outlives the window: its work goes on at the agent, and a headless instance records the
/// result.  GUI thread; the destructor ends the following of what is under way.
class RunExecutor final : public QObject
{
    Q_OBJECT
public:
    explicit RunExecutor(const Settings &settings, QObject *parent = nullptr);
    ~RunExecutor() override;

    /// The executor that a run of this window's names.
    const std::string &name() const { return m_name; }
    /// Tries the key on another thread; `then` hears nothing when it can be used, or ssh.identity, ssh.passphrase,
    /// settings.invalid.
    void tryKey(std::function<void(std::optional<Error> trouble)> then);
    /// Of an encrypted key: kept in this process only.
    void setPassphrase(const std::string &passphrase) { m_settings.ssh.passphrase = passphrase; }
    void execute(const Uuid &run);
    /// Runs this window sends the orders of.
    std::size_t active() const { return m_threads.size(); }

Q_SIGNALS:
    /// The run could not be followed to its end; it says why itself only if its agent was reached.
    void gaveUp(const zandb::Uuid &run, const zandb::Error &error);

private:
    Settings m_settings;
    std::string m_name;
    std::map<Uuid, std::jthread> m_threads;
};

} // namespace zandb::console
