// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/config/kinds.h"

#include "app/config/configrepository.h"
#include "app/config/driftrepository.h"

namespace zandb::config {
namespace {

/// The instance's name, which may have changed since the row was written.
void nameInstance(const Run &run, const Step &, int, const Fleet &fleet, Json &args)
{
    if (const InstanceRecord *record = fleet.instance(run.targetId))
        args["instance"] = record->instance.name;
}

Result<workflow::Recorder> recordChange(const workflow::Ended &ended)
{
    if (ended.attempt.state != RunState::Succeeded)
        return workflow::Recorder();
    const auto result = decode<wire::ConfigResult>(ended.status.data);
    if (!result)
        return fail(result.error());
    const auto args = decode<wire::ConfigArgs>(ended.order.args);
    if (!args || args->changes.size() != result->changes.size())
        return fail(errors::protocolBadParams, {{"method", "orders.status"}, {"detail", "other changes than were ordered"}});
    return workflow::Recorder([revisions = revisionsOf(ended.run, *result)](store::Session &session, const Attempt &) { return storeRevisions(session, revisions); });
}

Result<workflow::Recorder> recordFacts(const workflow::Ended &ended)
{
    if (ended.attempt.state != RunState::Succeeded)
        return workflow::Recorder();
    auto state = decode<wire::ConfigState>(ended.status.data);
    if (!state)
        return fail(state.error());
    return workflow::Recorder([state = std::move(*state), instance = ended.run.targetId](store::Session &session, const Attempt &) { return storeFacts(session, instance, state); });
}

} // namespace

void addConfigKinds(workflow::Kinds &kinds)
{
    kinds["configure"] = {.automaticRetries = 0, .makeArgs = nameInstance, .record = recordChange};
    kinds["drift"] = {.needsPerson = false, .mayBeScheduled = true, .eachInstance = true, .makeArgs = nameInstance, .record = recordFacts};
}

} // namespace zandb::config
