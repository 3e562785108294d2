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
    /// What this window would have to execute and did not make as it is now, the person is asked about first (consentNeeded()).
    void retry(const std::vector<Uuid> &runs);
    /// The person has seen the run, with its hosts as `fleet` has them, and executes it with the own key, as it was seen: `again` after consentNeeded() of a retry, else an open
    /// run is taken over.
    void execute(const RunDetail &seen, const Fleet &fleet, bool again);
    /// Of runs that a window executes that is gone, this one tells the agents.
    void cancel(const std::vector<Uuid> &runs);
    /// Shows the person what a run of another program does, which takeOverNeeded() brings back.
    void takeOver(const Uuid &run);
    /// Runs of unknown outcome count as failed.
    void giveUp(const std::vector<Uuid> &runs);
    /// Takes on what a window of this person's on this computer left behind when it ended: what is out is followed, and of what still
    /// waits the person is asked.
    void resume();
    /// Says that this person has seen an alert.
    void acknowledge(const Uuid &alertId);
    void backUp(const BackupWish &wish);
    /// Begins runs that were made for the person and are not in the store yet; `what` is said when they are.
    void run(const QString &what, const std::vector<RunDetail> &runs) { begin(what, runs); }
    /// Proves backups by restores that are removed again.
    void verify(const std::vector<Backup> &backups);
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
    /// The same before an open run is taken over.
    void takeOverNeeded(const zandb::RunDetail &run);
    /// A restore or a verification, the only one that was asked for, has become this run.
    void proofBegun(const zandb::Uuid &runId);

private:
    /// What became of a request for one thing of several.
    struct Done
    {
        std::optional<std::string> consent = {}; ///< this window is to execute it, with this consent
        std::optional<RunDetail> unseen = {};    ///< not done before the person has agreed to it
    };
    /// What became of a request for so many things.
    struct Outcome
    {
        std::map<Uuid, std::string> here; ///< runs that are to be executed by this window: with the consent to them
        std::optional<Error> error;       ///< the first one
        std::vector<RunDetail> unseen;    ///< not done before the person has agreed to them
        std::size_t done = 0;
        std::size_t all = 1;
        Outcome() = default;
        Outcome(const Error &why) : error(why) {}
    };
    /// Does it for each, whether or not it could be done for those before.
    static Outcome forEach(const std::vector<Uuid> &runs, const std::function<Result<Done>(const Uuid &)> &one);
    /// An empty `what` is not said when it was accepted.
    void act(const QString &what, std::function<Outcome(store::Session &)> job, std::function<void()> then = {});
    void begin(const QString &what, const std::vector<RunDetail> &runs, std::function<void()> then = {});

    store::Executor &m_executor;
    ConsoleState &m_state;
    std::string m_person;
    std::string m_executorName;
    std::map<Uuid, std::string> m_consents; ///< to the runs this window has made or its person agreed to
    int m_pending = 0;
};

} // namespace zandb::console
