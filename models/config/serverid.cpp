// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/config/serverid.h"

#include "agent/protocol/configerrors.h"
#include "agent/rules/samevalue.h"

namespace zandb {

std::optional<Error> serverIdClash(const Fleet &fleet, const Uuid &instance, const wire::ConfigArgs &args, std::size_t targets)
{
    for (const wire::ConfigChange &change : args.changes) {
        long long id = 0;
        if (rules::variableName(change.name) != "server_id" || !change.value || !rules::wholeNumber(*change.value, id))
            continue;
        const auto refused = [&](const std::string &detail) {
            return makeError(errors::configForbidden, {{"instance", fleet.pathOf(instance)}, {"variable", "server_id"}, {"detail", detail}});
        };
        if (targets > 1)
            return refused("each server of a replication needs an id of its own, and this would give one to " + std::to_string(targets) + " instances");
        for (const InstanceRecord &other : fleet.instances) {
            if (other.instance.id != instance && other.state != "gone" && other.detail && other.detail->serverId == id)
                return refused(fleet.pathOf(other.instance.id) + " has the id " + std::to_string(id) + "; two servers of one replication with one id lose each other's changes");
        }
    }
    return std::nullopt;
}

std::optional<Uuid> serverIdHolder(const Fleet &fleet, std::int64_t id)
{
    for (const InstanceRecord &one : fleet.instances) {
        if (one.state != "gone" && one.detail && one.detail->serverId == id)
            return one.instance.id;
    }
    return std::nullopt;
}

std::int64_t freeServerId(const Fleet &fleet, std::int64_t wished)
{
    std::int64_t id = wished;
    // a port is the same on many hosts
    while (serverIdHolder(fleet, id))
        id += 100'000;
    return id;
}

} // namespace zandb
