// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/consolestate.h"
#include "app/console/storewatch.h"
#include "models/backups/backup.h"

#include <QObject>

namespace zandb::console {

/// What people ask for, handed to the store.  No answer travels back into a page: what comes of it shows as a change
/// of the run; only what the store refuses is said.
class Actions final : public QObject
{
    Q_OBJECT
public:
    /// `executorName`: this window, as a run that it executes names it.
    Actions(store::Executor &executor, ConsoleState &state, std::string person, std::string executorName, QObject *parent = nullptr);
    void retry(const Uuid &runId);
    /// A run that a window executes, and that window is gone: this one tells the agent.
    void cancel(const Uuid &runId);
    /// A run of unknown outcome counts as failed.
    void giveUp(const Uuid &runId);
    /// Takes on what a window of this person's on this computer left behind when it ended.
    void resume();
    void backUp(const std::vector<Uuid> &instances);
    /// Proves a backup by a restore that is removed again.
    void verify(const Backup &backup);
    void restore(const Backup &backup, const RestoreRequest &request);
    /// Asked for, and not yet in the store: lost when the program ends now.
    int pending() const { return m_pending; }

Q_SIGNALS:
    void refused(const QString &what, const zandb::Error &error);
    void accepted(const QString &what);
    /// Runs in the store whose orders are this window's to send.
    void executionRequested(const std::vector<zandb::Uuid> &runs);
    /// A restore or a verification has become this run.
    void proofBegun(const zandb::Uuid &runId);

private:
    /// What became of a request.  More than one run may have been asked for, and not all of them made.
    struct Outcome
    {
        std::vector<Uuid> here; ///< made, and to be executed by this window
        std::optional<Error> error;
    };
    /// An empty `what` is not said when it was accepted.
    void act(const QString &what, std::function<Outcome(store::Session &)> job, std::function<void()> then = {});
    void prove(const QString &what, const Backup &backup, const std::optional<RestoreRequest> &to);

    store::Executor &m_executor;
    ConsoleState &m_state;
    std::string m_person;
    std::string m_executorName;
    int m_pending = 0;
};

} // namespace zandb::console
