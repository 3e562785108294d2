// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/checks/kinds.h"

#include "app/checks/checkrepository.h"

namespace zandb::checks {
namespace {

void complete(const Run &run, const Step &, int, const Fleet &fleet, Json &args)
{
    if (const InstanceRecord *record = fleet.instance(run.targetId))
        args["instance"] = record->instance.name;
}

Result<workflow::Recorder> record(const workflow::Ended &ended)
{
    if (ended.attempt.state != RunState::Succeeded)
        return workflow::Recorder();
    auto result = decode<wire::KeyCheckResult>(ended.status.data);
    if (!result)
        return fail(result.error());
    return workflow::Recorder([instance = ended.run.targetId, run = ended.run.id, result = std::move(*result)](store::Session &session, const Attempt &attempt) {
        return storePass(session, instance, run, attempt.endedAt.value_or(systemNow()), result);
    });
}

} // namespace

void addCheckKinds(workflow::Kinds &kinds)
{
    kinds["keycheck"] = {.needsPerson = false, .mayBeScheduled = true, .eachInstance = true, .makeArgs = complete, .record = record};
}

} // namespace zandb::checks
