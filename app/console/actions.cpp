// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/actions.h"

#include "agent/protocol/backups.h"
#include "app/workflow/newrun.h"
#include "app/workflow/runrepository.h"
#include "models/common/text.h"

namespace zandb::console {

Actions::Actions(store::Executor &executor, ConsoleState &state, std::string person, QObject *parent)
    : QObject(parent), m_executor(executor), m_state(state), m_person(std::move(person))
{
}

void Actions::act(const QString &what, std::function<Result<void>(store::Session &)> job)
{
    struct Done
    {
    };
    ++m_pending;
    deliver<Done>(
        this,
        [&](Answer<Done> answer) {
            m_executor.post([answer, job = std::move(job)](store::Session &session) {
                auto result = job(session);
                answer(result ? Result<Done>(Done{}) : Result<Done>(fail(result.error())));
            });
        },
        [this, what](Result<Done> result) {
            --m_pending;
            if (result)
                Q_EMIT accepted(what);
            else
                Q_EMIT refused(what, result.error());
        });
}

void Actions::retry(const Uuid &runId)
{
    act(tr("Retry asked for"), [runId, person = m_person](store::Session &s) { return workflow::requestRetry(s, runId, person); });
}

void Actions::cancel(const Uuid &runId)
{
    act(tr("Cancelling asked for"), [runId, person = m_person](store::Session &s) { return workflow::requestCancel(s, runId, person); });
}

void Actions::backUp(const std::vector<Uuid> &instances)
{
    std::vector<Instance> wanted;
    for (const Uuid &id : instances) {
        if (const InstanceRecord *record = m_state.fleet()->instance(id))
            wanted.push_back(record->instance);
    }
    if (wanted.empty())
        return;
    act(tr("Backup of %n instance(s) asked for", nullptr, static_cast<int>(wanted.size())),
        [wanted, person = m_person](store::Session &session) -> Result<void> {
            const auto now = session.now();
            if (!now)
                return fail(now.error());
            for (const Instance &instance : wanted) {
                wire::BackupArgs args;
                args.instance = instance.name;
                workflow::ByHand wish;
                wish.kind = "backup";
                wish.hostId = instance.hostId;
                wish.targetId = instance.id;
                wish.args = args;
                wish.policies.source = "as_named";
                wish.author = person;
                wish.now = *now;
                const auto created = workflow::createRun(session, workflow::makeRun(wish));
                if (!created)
                    return fail(created.error());
            }
            return {};
        });
}

} // namespace zandb::console
