// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/rotation/kinds.h"

#include "models/fleet/groupsettings.h"

#include <array>

namespace zandb::rotation {
namespace {

/// The instance's name, and what its group says; `keep` of the task comes before that of the group.
void complete(const Run &run, const Step &, int, const Fleet &fleet, Json &args)
{
    const InstanceRecord *record = fleet.instance(run.targetId);
    const Host *host = record ? fleet.host(record->instance.hostId) : nullptr;
    if (record)
        args["instance"] = record->instance.name;
    const auto group = host ? host->groupId : std::nullopt;
    args["keep"] = run.policies.keep > 0 ? Json(run.policies.keep) : groupSetting(fleet, group, rotateKeep).value;
    if (!args.contains("compress")) {
        constexpr std::array words{"none", "gzip", "zstd"};
        args["compress"] = words.at(static_cast<std::size_t>(groupSetting(fleet, group, rotateCompress).value.get<std::int64_t>()));
    }
}

} // namespace

void addRotationKinds(workflow::Kinds &kinds)
{
    kinds["rotate"] = {.needsPerson = false, .mayBeScheduled = true, .eachInstance = true, .makeArgs = complete};
}

} // namespace zandb::rotation
