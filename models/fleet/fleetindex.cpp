// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fleet/fleetindex.h"

#include <algorithm>

namespace zandb {
namespace {

template<class T>
const T *found(const std::vector<std::pair<Uuid, const T *>> &sorted, const Uuid &id)
{
    const auto it = std::ranges::lower_bound(sorted, id, {}, &std::pair<Uuid, const T *>::first);
    return it == sorted.end() || it->first != id ? nullptr : it->second;
}

} // namespace

FleetIndex::FleetIndex(const Fleet &fleet)
{
    for (const Host &host : fleet.hosts)
        m_hosts.emplace_back(host.id, &host);
    for (const InstanceRecord &record : fleet.instances)
        m_instances.emplace_back(record.instance.id, &record);
    // of two with one id, which a store does not have, the first one is found, as by Fleet
    std::ranges::stable_sort(m_hosts, {}, &std::pair<Uuid, const Host *>::first);
    std::ranges::stable_sort(m_instances, {}, &std::pair<Uuid, const InstanceRecord *>::first);
}

const Host *FleetIndex::host(const Uuid &id) const { return found(m_hosts, id); }

const InstanceRecord *FleetIndex::instance(const Uuid &id) const { return found(m_instances, id); }

std::string FleetIndex::pathOf(const InstanceRecord &record) const
{
    const Host *on = host(record.instance.hostId);
    return (on ? on->name : record.instance.hostId.toString()) + '/' + record.instance.name;
}

} // namespace zandb
