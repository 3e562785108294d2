// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/platform/settings.h"
#include "models/workflow/run.h"

#include <QObject>

#include <functional>
#include <memory>
#include <optional>
#include <thread>

namespace zandb::console {

/// Sends the orders of runs that need this person's key, and of all this person's runs while no headless instance lives: on
/// one thread with links and a connection of its own, which come with the first run and go with the last.  What becomes
/// of a run shows as a change of its row.  A run outlives the window: its work goes on at the agent, and a headless
/// instance records the result.  GUI thread; the destructor ends the following of what is under way.
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
    /// Of an encrypted key: kept in this process only.  Not for runs that are under way already.
    void setPassphrase(const std::string &passphrase)
    {
        m_settings.ssh.passphrase = passphrase;
        Q_EMIT passphraseKnown(passphrase);
    }
    /// With the passphrase, once it is known.
    const SshSettings &key() const { return m_settings.ssh; }
    /// `consent`: consentDigest() of the run as this person asked for it or agreed to it, kept in this process only; empty: only what is
    /// out on hosts already is followed.
    void execute(const Uuid &run, const std::string &consent);
    /// How many runs this window sends the orders of.
    std::size_t active() const;

Q_SIGNALS:
    /// For whoever else uses the person's key.
    void passphraseKnown(const std::string &passphrase);
    /// The run could not be taken on, or not be followed to its end.
    void gaveUp(const zandb::Uuid &run, const zandb::Error &error);
    /// The run would be sent now, but the person has not agreed to it as it stands in the store: it is left alone until then.
    void consentNeeded(const zandb::RunDetail &run);

private:
    struct Shared;
    void work(const std::stop_token &stop, const Settings &settings);
    void ended(const Uuid &run, const Error &error);

    Settings m_settings;
    std::string m_name;
    std::unique_ptr<Shared> m_shared;
    std::jthread m_thread;
};

} // namespace zandb::console
