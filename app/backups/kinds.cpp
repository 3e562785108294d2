// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/backups/kinds.h"

#include "app/backups/backuprepository.h"
#include "app/backups/catalogue.h"
#include "app/backups/proofplan.h"
#include "app/backups/results.h"
#include "models/workflow/runid.h"

#include <algorithm>
#include <utility>

namespace zandb::backups {
namespace {

using workflow::Ended;
using workflow::LostRun;
using workflow::Recorder;

/// The instance's name, which may have changed since the row was written, the backup's id, and what the agent keeps of the task.
void completeBackup(const Run &run, const Step &step, int attempt, const Fleet &fleet, Json &args)
{
    if (const InstanceRecord *record = fleet.instance(run.targetId))
        args["instance"] = record->instance.name;
    const std::string name = "backup|" + std::to_string(step.step) + "|" + std::to_string(attempt);
    args["backupId"] = uuidV5(run.id, name).toString();
    if (!run.taskId)
        return;
    args["taskId"] = run.taskId->toString();
    if (run.policies.keep > 0)
        args["keep"] = run.policies.keep;
}

Result<Recorder> recordBackup(const Ended &ended)
{
    if (ended.attempt.state != RunState::Succeeded)
        return Recorder();
    auto made = backupOf(ended.run, ended.order, ended.status, ended.agentHost);
    if (!made)
        return fail(made.error());
    CatalogueChange change;
    change.expired = made->detail.expired;
    change.found = std::exchange(made->detail.found, {});
    change.backup = std::move(*made);
    return recorder(std::move(change));
}

Result<Recorder> recordProof(const Ended &ended)
{
    CatalogueChange change;
    if (ended.attempt.state == RunState::Succeeded) {
        auto proof = proofOf(ended.order, ended.status);
        if (!proof)
            return fail(proof.error());
        change.restored = std::move(*proof);
    } else if (ended.attempt.error) {
        change.foundBad = foundBadBy(ended.order, *ended.attempt.error);
    }
    return recorder(std::move(change));
}

/// The catalogue must not lack a backup.  None when it is of an instance this store does not know.
std::optional<LostRun> lostBackup(const wire::Order &order, const Uuid &hostId, const Fleet &fleet)
{
    const auto args = decode<wire::BackupArgs>(order.args);
    if (!args || order.key.step != 1)
        return {};
    const auto instance = std::ranges::find_if(fleet.instances, [&](const InstanceRecord &record) {
        return record.instance.hostId == hostId && record.instance.name == args->instance;
    });
    if (instance == fleet.instances.end())
        return {};
    LostRun lost{instance->instance.id, order.args, std::max(args->keep, 0), args->taskId};
    for (const char *added : {"backupId", "keep", "taskId"}) // by completeBackup()
        lost.args.erase(added);
    return lost;
}

/// What the task's proofs are of at this occurrence.
Result<std::vector<workflow::Chosen>> chooseProofs(store::Session &session, const Task &task, const std::vector<Uuid> &instances, const Fleet &fleet, TimePoint now)
{
    const auto provable = provableBackups(session);
    if (!provable)
        return fail(provable.error());
    const auto plan = planProofs(decode<ProofArgs>(task.args).value_or(ProofArgs()), instances, *provable, fleet, now);
    std::vector<workflow::Chosen> chosen;
    for (const PlannedProof &proof : plan.proofs)
        chosen.push_back({proof.instance, proof.host, proof.args});
    return chosen;
}

} // namespace

void addBackupKinds(workflow::Kinds &kinds)
{
    kinds["backup"] = {.needsPerson = false,
                       .lock = workflow::Lock::Instance,
                       .mayBeScheduled = true,
                       .makeArgs = completeBackup,
                       .record = recordBackup,
                       .lostRun = lostBackup};
    kinds["verify"] = {.needsPerson = false, .mayBeScheduled = true, .eachInstance = true, .choose = chooseProofs, .record = recordProof};
    kinds["restore"] = {.record = recordProof};
}

std::set<std::string> taskFields(const std::string &kind)
{
    if (kind == "backup")
        return {"method", "repository", "keep"};
    return kind == "verify" ? std::set<std::string>{"within"} : std::set<std::string>{};
}

} // namespace zandb::backups
