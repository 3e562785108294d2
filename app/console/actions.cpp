// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/actions.h"

#include "agent/protocol/backups.h"
#include "app/backups/proof.h"
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
            const Outcome outcome = result ? *result : Outcome{{}, result.error()};
            if (!outcome.here.empty())
                Q_EMIT executionRequested(outcome.here);
            if (outcome.error) {
                Q_EMIT refused(what, *outcome.error);
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
    act(tr("Retry asked for"), [runId, person = m_person, name = m_executorName](store::Session &session) -> Outcome {
        const auto run = workflow::findRun(session, runId);
        if (!run)
            return {{}, run.error()};
        const auto executor = workflow::executorFor(session, *run ? (*run)->kind : std::string(), name);
        if (!executor)
            return {{}, executor.error()};
        const auto asked = workflow::requestRetry(session, runId, person, *executor);
        if (!asked)
            return {{}, asked.error()};
        return {executor->empty() ? std::vector<Uuid>{} : std::vector{runId}, {}};
    });
}

void Actions::cancel(const Uuid &runId)
{
    act(tr("Cancelling asked for"), [runId, person = m_person, name = m_executorName](store::Session &session) -> Outcome {
        const auto asked = workflow::requestCancel(session, runId, person);
        if (!asked)
            return {{}, asked.error()};
        const auto run = workflow::findRun(session, runId);
        if (!run)
            return {{}, run.error()};
        const bool others = *run && !isFinal((*run)->state) && !(*run)->executor.empty() && (*run)->executor != name;
        return {others ? std::vector{runId} : std::vector<Uuid>{}, {}};
    });
}

void Actions::giveUp(const Uuid &runId)
{
    act(tr("Given up: the run counts as failed"), [runId, person = m_person](store::Session &session) -> Outcome {
        const auto given = workflow::giveUp(session, runId, person);
        return {{}, given ? std::nullopt : std::optional(given.error())};
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
                outcome.here.push_back(detail.run.id);
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
                    outcome.here.push_back(run.run.id);
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
                return {{}, begun.error()};
            return {begun->run.executor.empty() ? std::vector<Uuid>{} : std::vector{run.run.id}, {}};
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
