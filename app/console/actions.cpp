// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/actions.h"

#include "agent/protocol/backups.h"
#include "app/backups/proof.h"
#include "app/workflow/consent.h"
#include "app/workflow/execution.h"
#include "app/workflow/newrun.h"
#include "app/workflow/runrepository.h"
#include "models/common/text.h"

namespace zandb::console {

Actions::Actions(store::Executor &executor, ConsoleState &state, std::string person, std::string executorName, QObject *parent)
    : QObject(parent), m_executor(executor), m_state(state), m_person(std::move(person)), m_executorName(std::move(executorName))
{
}

void Actions::act(const QString &what, std::function<Outcome(store::Session &)> job, std::function<void()> then)
{
    ++m_pending;
    deliver<Outcome>(
        this,
        [&](Answer<Outcome> answer) {
            m_executor.post([answer, job = std::move(job)](store::Session &session) { answer(job(session)); });
        },
        [this, what, then = std::move(then)](Result<Outcome> result) {
            --m_pending;
            const Outcome outcome = result ? *result : Outcome(result.error());
            for (const auto &[run, consent] : outcome.here) {
                if (!consent.empty())
                    m_consents[run] = consent;
            }
            if (!outcome.here.empty())
                Q_EMIT executionRequested(outcome.here);
            if (outcome.error) {
                Q_EMIT refused(what, *outcome.error);
                return;
            }
            if (outcome.unseen) {
                Q_EMIT consentNeeded(*outcome.unseen);
                return;
            }
            if (!what.isEmpty())
                Q_EMIT accepted(what);
            if (then)
                then();
        });
}

void Actions::retry(const Uuid &runId)
{
    const auto known = m_consents.find(runId);
    const std::string consent = known == m_consents.end() ? std::string() : known->second;
    act(tr("Retry asked for"), [runId, consent, person = m_person, name = m_executorName](store::Session &session) -> Outcome {
        const auto detail = workflow::loadRun(session, runId);
        if (!detail)
            return detail.error();
        const auto executor = workflow::executorFor(session, *detail ? (*detail)->run.kind : std::string(), name);
        if (!executor)
            return executor.error();
        Outcome outcome;
        if (*detail && !executor->empty() && workflow::consentDigest(**detail) != consent) {
            outcome.unseen = **detail;
            return outcome;
        }
        if (const auto asked = workflow::requestRetry(session, runId, person, *executor); !asked)
            return asked.error();
        if (!executor->empty())
            outcome.here[runId] = consent;
        return outcome;
    });
}

void Actions::execute(const RunDetail &seen, bool again)
{
    act(again ? tr("Retry asked for") : tr("Taken over by this window"), [seen, again, person = m_person, name = m_executorName](store::Session &session) -> Outcome {
        const Uuid &id = seen.run.id;
        const auto done = again ? workflow::requestRetry(session, id, person, name)
                                : workflow::takeOver(session, id, seen.run.revision, person, name);
        if (!done)
            return done.error();
        Outcome outcome;
        outcome.here[id] = workflow::consentDigest(seen);
        return outcome;
    });
}

void Actions::cancel(const Uuid &runId)
{
    act(tr("Cancelling asked for"), [runId, person = m_person, name = m_executorName](store::Session &session) -> Outcome {
        const auto asked = workflow::requestCancel(session, runId, person);
        if (!asked)
            return asked.error();
        const auto run = workflow::findRun(session, runId);
        if (!run)
            return run.error();
        Outcome outcome;
        if (*run && !isFinal((*run)->state) && !(*run)->executor.empty() && (*run)->executor != name)
            outcome.here[runId] = {}; // its agent is told, and nothing else is sent
        return outcome;
    });
}

void Actions::giveUp(const Uuid &runId)
{
    act(tr("Given up: the run counts as failed"), [runId, person = m_person](store::Session &session) -> Outcome {
        const auto given = workflow::giveUp(session, runId, person);
        return given ? Outcome() : Outcome(given.error());
    });
}

void Actions::resume()
{
    act({}, [name = m_executorName](store::Session &session) -> Outcome {
        auto open = workflow::openRuns(session, {});
        if (!open)
            return {}; // the store is away, which is said elsewhere; the next start tries again
        // all but the number of the process
        const std::string mine = name.substr(0, name.rfind(':') + 1);
        Outcome outcome;
        for (const RunDetail &detail : *open) {
            if (detail.run.executor.starts_with(mine) && detail.run.executor != name)
                outcome.here[detail.run.id] = {};
        }
        return outcome;
    });
}

void Actions::backUp(const std::vector<Uuid> &instances)
{
    std::vector<RunDetail> runs;
    for (const Uuid &id : instances) {
        const InstanceRecord *record = m_state.fleet()->instance(id);
        if (!record)
            continue;
        wire::BackupArgs args;
        args.instance = record->instance.name;
        workflow::ByHand wish;
        wish.kind = "backup";
        wish.hostId = record->instance.hostId;
        wish.targetId = record->instance.id;
        wish.args = args;
        wish.policies.source = "as_named";
        wish.author = m_person;
        runs.push_back(workflow::makeRun(wish));
    }
    if (runs.empty())
        return;
    act(tr("Backup of %n instance(s) asked for", nullptr, static_cast<int>(runs.size())),
        [runs, name = m_executorName](store::Session &session) -> Outcome {
            Outcome outcome;
            for (const RunDetail &run : runs) {
                const auto begun = workflow::beginByHand(session, run, name);
                if (!begun) {
                    outcome.error = begun.error();
                    break;
                }
                if (!begun->run.executor.empty())
                    outcome.here[run.run.id] = workflow::consentDigest(*begun);
            }
            return outcome;
        });
}

void Actions::prove(const QString &what, const Backup &backup, const std::optional<RestoreRequest> &to)
{
    auto run = backups::makeProof(backup, to, m_person, *m_state.fleet());
    if (!run) {
        Q_EMIT refused(what, run.error());
        return;
    }
    const Uuid id = run->run.id;
    act(
        what,
        [run = std::move(*run), name = m_executorName](store::Session &session) -> Outcome {
            const auto begun = workflow::beginByHand(session, run, name);
            if (!begun)
                return begun.error();
            Outcome outcome;
            if (!begun->run.executor.empty())
                outcome.here[run.run.id] = workflow::consentDigest(*begun);
            return outcome;
        },
        [this, id] { Q_EMIT proofBegun(id); });
}

void Actions::verify(const Backup &backup)
{
    prove(tr("Verification asked for"), backup, {});
}

void Actions::restore(const Backup &backup, const RestoreRequest &request)
{
    prove(tr("Restore asked for"), backup, request);
}

} // namespace zandb::console
