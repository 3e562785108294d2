// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/actions.h"

#include "agent/protocol/backups.h"
#include "app/alerts/alertrepository.h"
#include "app/backups/proof.h"
#include "app/fleet/fleetrepository.h"
#include "app/headless/programkinds.h"
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

Actions::Outcome Actions::forEach(const std::vector<Uuid> &runs, const std::function<Result<Done>(const Uuid &)> &one)
{
    Outcome outcome;
    outcome.all = runs.size();
    for (const Uuid &id : runs) {
        const auto done = one(id);
        if (done && done->unseen) {
            outcome.unseen.push_back(*done->unseen);
        } else if (done) {
            ++outcome.done;
            if (done->consent)
                outcome.here[id] = *done->consent;
        } else {
            if (!outcome.error)
                outcome.error = done.error();
            if (done.error().is(errors::storeUnreachable))
                break; // it is away for the others as well, and each would wait for that
        }
    }
    return outcome;
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
            for (const RunDetail &run : outcome.unseen)
                Q_EMIT consentNeeded(run);
            if (outcome.error) {
                Q_EMIT refused(outcome.all < 2 ? what : tr("%1 (done for %2 of %3)").arg(what).arg(outcome.done).arg(outcome.all), *outcome.error);
                return;
            }
            if (!outcome.unseen.empty())
                return;
            if (!what.isEmpty())
                Q_EMIT accepted(what);
            if (then)
                then();
        });
}

void Actions::retry(const std::vector<Uuid> &runs)
{
    act(tr("Retry requested for %n run(s)", nullptr, static_cast<int>(runs.size())),
        [runs, consents = m_consents, person = m_person, name = m_executorName](store::Session &session) -> Outcome {
            const auto fleet = fleet::loadFleet(session);
            if (!fleet)
                return fleet.error();
            return forEach(runs, [&](const Uuid &id) -> Result<Done> {
                const auto known = consents.find(id);
                const std::string consent = known == consents.end() ? std::string() : known->second;
                const auto detail = workflow::loadRun(session, id);
                if (!detail)
                    return fail(detail.error());
                const auto executor = workflow::executorFor(session, headless::programKinds(), *detail ? (*detail)->run.kind : std::string(), name);
                if (!executor)
                    return fail(executor.error());
                if (*detail && !executor->empty() && workflow::consentDigest(**detail, *fleet) != consent)
                    return Done{{}, **detail};
                if (const auto asked = workflow::requestRetry(session, id, person, *executor); !asked)
                    return fail(asked.error());
                return executor->empty() ? Done{} : Done{consent, {}};
            });
        });
}

void Actions::execute(const RunDetail &seen, const Fleet &fleet, bool again)
{
    act(again ? tr("Retry requested for %n run(s)", nullptr, 1) : tr("Taken over by this window"),
        [seen, consent = workflow::consentDigest(seen, fleet), again, person = m_person, name = m_executorName](store::Session &session) -> Outcome {
        const Uuid &id = seen.run.id;
        const auto done = again ? workflow::requestRetry(session, id, person, name)
                                : workflow::takeOver(session, id, seen.run.revision, person, name);
        if (!done)
            return done.error();
        Outcome outcome;
        outcome.here[id] = consent;
        return outcome;
    });
}

void Actions::cancel(const std::vector<Uuid> &runs)
{
    act(tr("Cancellation requested for %n run(s)", nullptr, static_cast<int>(runs.size())),
        [runs, person = m_person, name = m_executorName](store::Session &session) {
            return forEach(runs, [&](const Uuid &id) -> Result<Done> {
                if (const auto asked = workflow::requestCancel(session, id, person); !asked)
                    return fail(asked.error());
                const auto run = workflow::findRun(session, id);
                if (!run)
                    return fail(run.error());
                const bool others = *run && !isFinal((*run)->state) && !(*run)->executor.empty() && (*run)->executor != name;
                return others ? Done{std::string(), {}} : Done{}; // its agent is told, and nothing else is sent
            });
        });
}

void Actions::takeOver(const Uuid &run)
{
    struct Found
    {
        RunDetail detail;
    };
    deliver<Found>(
        this,
        [&](Answer<Found> answer) {
            m_executor.post([answer, run](store::Session &session) {
                const auto detail = workflow::loadRun(session, run);
                if (!detail)
                    answer(fail(detail.error()));
                else if (!*detail)
                    answer(fail(errors::notFound, {{"what", "run"}, {"name", run.toString()}}));
                else if (isFinal((*detail)->run.state))
                    answer(fail(errors::storeConflict, {{"what", std::string(toString((*detail)->run.state))}}));
                else
                    answer(Found{std::move(**detail)});
            });
        },
        [this](const Result<Found> &found) {
            if (!found)
                Q_EMIT refused(tr("Take over the run"), found.error());
            else if (found->detail.run.executor == m_executorName)
                Q_EMIT accepted(tr("This window executes it already"));
            else
                Q_EMIT takeOverNeeded(found->detail);
        });
}

void Actions::giveUp(const std::vector<Uuid> &runs)
{
    act(tr("Given up: %n run(s) count(s) as failed", nullptr, static_cast<int>(runs.size())), [runs, person = m_person](store::Session &session) {
        return forEach(runs, [&](const Uuid &id) -> Result<Done> {
            if (const auto given = workflow::giveUp(session, id, person); !given)
                return fail(given.error());
            return Done{};
        });
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

void Actions::acknowledge(const Uuid &alertId)
{
    act(tr("Alert acknowledged"), [alertId, person = m_person](store::Session &session) -> Outcome {
        const auto done = alerts::acknowledge(session, alertId, person);
        return done ? Outcome() : Outcome(done.error());
    });
}

void Actions::begin(const QString &what, const std::vector<RunDetail> &runs, std::function<void()> then)
{
    act(
        what,
        [runs, fleet = m_state.fleet(), name = m_executorName](store::Session &session) {
            std::vector<Uuid> ids;
            std::map<Uuid, const RunDetail *> byId;
            for (const RunDetail &run : runs) {
                ids.push_back(run.run.id);
                byId[run.run.id] = &run;
            }
            return forEach(ids, [&](const Uuid &id) -> Result<Done> {
                const auto begun = workflow::beginByHand(session, headless::programKinds(), *byId.at(id), name);
                if (!begun)
                    return fail(begun.error());
                return begun->run.executor.empty() ? Done{} : Done{workflow::consentDigest(*begun, *fleet), {}};
            });
        },
        std::move(then));
}

void Actions::backUp(const BackupWish &wanted)
{
    std::vector<RunDetail> runs;
    for (const Uuid &id : wanted.instances) {
        const InstanceRecord *record = m_state.fleet()->instance(id);
        if (!record)
            continue;
        wire::BackupArgs args;
        args.instance = record->instance.name;
        args.method = wanted.method;
        args.repository = wanted.repository;
        workflow::ByHand wish;
        wish.kind = "backup";
        wish.hostId = record->instance.hostId;
        wish.targetId = record->instance.id;
        wish.args = args;
        wish.policies.source = "as_named";
        wish.author = m_person;
        runs.push_back(workflow::makeRun(wish));
    }
    if (!runs.empty())
        begin(tr("Backup of %n instance(s) requested", nullptr, static_cast<int>(runs.size())), runs);
}

void Actions::verify(const std::vector<Backup> &backups)
{
    const QString what = tr("Verification of %n backup(s) requested", nullptr, static_cast<int>(backups.size()));
    std::vector<RunDetail> runs;
    for (const Backup &backup : backups) {
        auto run = backups::makeProof(backup, {}, m_person, *m_state.fleet());
        if (!run) {
            Q_EMIT refused(what, run.error());
            return;
        }
        runs.push_back(std::move(*run));
    }
    if (runs.size() == 1)
        begin(what, runs, [this, id = runs.front().run.id] { Q_EMIT proofBegun(id); });
    else
        begin(what, runs);
}

void Actions::restore(const Backup &backup, const RestoreRequest &request)
{
    const QString what = tr("Restore requested");
    auto run = backups::makeProof(backup, request, m_person, *m_state.fleet());
    if (!run) {
        Q_EMIT refused(what, run.error());
        return;
    }
    begin(what, {*run}, [this, id = run->run.id] { Q_EMIT proofBegun(id); });
}

} // namespace zandb::console
