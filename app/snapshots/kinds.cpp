// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/snapshots/kinds.h"

#include "agent/protocol/snapshot.h"
#include "app/snapshots/fetching.h"

namespace zandb::snapshots {
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
    auto result = decode<wire::SnapshotResult>(ended.status.data);
    if (!result)
        return fail(result.error());
    Pending pending{{ended.run.id, ended.attempt.step, ended.attempt.attempt}, ended.run.hostId, ended.run.targetId, std::move(*result)};
    return workflow::Recorder([pending = std::move(pending)](store::Session &session, const Attempt &) { return note(session, pending); });
}

} // namespace

void addSnapshotKinds(workflow::Kinds &kinds)
{
    kinds["snapshot"] = {.needsPerson = false, .mayBeScheduled = true, .eachInstance = true, .makeArgs = complete, .record = record};
}

} // namespace zandb::snapshots
