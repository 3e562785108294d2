// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/provision/kinds.h"

#include "app/fleet/newinstance.h"

namespace zandb::provision {
namespace {

/// What was removed again is no instance of the fleet.
Result<workflow::Recorder> forget(const workflow::Ended &ended)
{
    const Json made = ended.run.args.is_object() ? ended.run.args.value("newInstance", Json()) : Json();
    if (ended.attempt.state != RunState::Succeeded || made != Json(true))
        return workflow::Recorder();
    return workflow::Recorder([instance = ended.run.targetId](store::Session &session, const Attempt &) { return fleet::forgetInstance(session, instance); });
}

} // namespace

void addProvisionKinds(workflow::Kinds &kinds)
{
    kinds["new_instance"] = {.lock = workflow::Lock::Instance};
    kinds["provision_check"] = {};
    kinds["provision_layout"] = {.compensation = "provision_undo"};
    kinds["provision_data"] = {};
    kinds["provision_start"] = {};
    kinds["provision_source"] = {.compensation = "provision_source_undo"};
    kinds["provision_source_undo"] = {};
    kinds["provision_replicate"] = {};
    kinds["provision_undo"] = {.record = forget};
}

} // namespace zandb::provision
