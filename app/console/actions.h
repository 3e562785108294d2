// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/consolestate.h"
#include "app/console/storewatch.h"
#include "models/backups/backup.h"
#include "models/workflow/run.h"

#include <QObject>

#include <map>

namespace zandb::console {

/// What people ask for, handed to the store.  No answer travels back into a page: what comes of it shows as a change
/// of the run; only what the store refuses is said.
class Actions final : public QObject
{
    Q_OBJECT
public:
    /// `executorName`: this window, as a run that it executes names it.
    Actions(store::Executor &executor, ConsoleState &state, std::string person, std::string executorName, QObject *parent = nullptr);
    /// When this window would have to execute it and did not make it as it is now, the person is asked first (consentNeeded()).
    void retry(const Uuid &runId);
    /// The person has seen the run and executes it with the own key, as it was seen: `again` after consentNeeded() of a retry, else an open
    /// run is taken over.
    void execute(const RunDetail &seen, bool again);
    /// A run that a window executes, and that window is gone: this one tells the agent.
    void cancel(const Uuid &runId);
    /// A run of unknown outcome counts as failed.
    void giveUp(const Uuid &runId);
    /// Takes on what a window of this person's on this computer left behind when it ended: what is out is followed, and of what still
    /// waits the person is asked.
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
    /// Runs in the store that are this window's to execute, with the consent to each as RunExecutor::execute() has it.
    void executionRequested(const std::map<zandb::Uuid, std::string> &runs);
    /// The person must see what this run does before it is tried again with the own key.
    void consentNeeded(const zandb::RunDetail &run);
    /// A restore or a verification has become this run.
    void proofBegun(const zandb::Uuid &runId);

private:
    /// What became of a request.  More than one run may have been asked for, and not all of them made.
    struct Outcome
    {
        std::map<Uuid, std::string> here; ///< made, and to be executed by this window: with the consent to them
        std::optional<Error> error;
        std::optional<RunDetail> unseen;  ///< not done before the person has agreed to it
        Outcome() = default;
        Outcome(const Error &why) : error(why) {}
    };
    /// An empty `what` is not said when it was accepted.
    void act(const QString &what, std::function<Outcome(store::Session &)> job, std::function<void()> then = {});
    void prove(const QString &what, const Backup &backup, const std::optional<RestoreRequest> &to);

    store::Executor &m_executor;
    ConsoleState &m_state;
    std::string m_person;
    std::string m_executorName;
    std::map<Uuid, std::string> m_consents; ///< to the runs this window has made or its person agreed to
    int m_pending = 0;
};

} // namespace zandb::console
