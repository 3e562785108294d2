// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fleet/fleet.h"

#include <algorithm>

namespace zandb {

const Host *Fleet::host(const Uuid &id) const
{
    const auto it = std::ranges::find(hosts, id, &Host::id);
    return it == hosts.end() ? nullptr : &*it;
}

const Host *Fleet::hostByName(std::string_view name) const
{
    const auto it = std::ranges::find(hosts, name, &Host::name);
    return it == hosts.end() ? nullptr : &*it;
}

const InstanceRecord *Fleet::instance(const Uuid &id) const
{
    const auto it = std::ranges::find_if(instances, [&](const InstanceRecord &r) { return r.instance.id == id; });
    return it == instances.end() ? nullptr : &*it;
}

const InstanceRecord *Fleet::instanceByPath(std::string_view path) const
{
    const auto slash = path.find('/');
    if (slash == std::string_view::npos)
        return nullptr;
    const Host *on = hostByName(path.substr(0, slash));
    if (!on)
        return nullptr;
    const auto it = std::ranges::find_if(instances, [&](const InstanceRecord &r) {
        return r.instance.hostId == on->id && r.instance.name == path.substr(slash + 1);
    });
    return it == instances.end() ? nullptr : &*it;
}

std::string Fleet::pathOf(const Uuid &instanceId) const
{
    const InstanceRecord *record = instance(instanceId);
    if (!record) {
        const Host *only = host(instanceId);
        return only ? only->name : instanceId.toString();
    }
    const Host *on = host(record->instance.hostId);
    return (on ? on->name : record->instance.hostId.toString()) + '/' + record->instance.name;
}

std::vector<std::string> Fleet::instanceLabels(const Uuid &instanceId) const
{
    const InstanceRecord *record = instance(instanceId);
    std::vector<std::string> all;
    for (const Uuid &id : {instanceId, record ? record->instance.hostId : instanceId}) {
        if (const auto found = labels.find(id); found != labels.end())
            all.insert(all.end(), found->second.begin(), found->second.end());
    }
    std::ranges::sort(all);
    const auto twice = std::ranges::unique(all);
    all.erase(twice.begin(), twice.end());
    return all;
}

} // namespace zandb
