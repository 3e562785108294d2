// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleet/fleet.h"

#include <utility>
#include <vector>

namespace zandb {

/// Finds hosts and instances of a fleet by id where many are asked for: Fleet's own functions look at one after the other, which takes seconds for each of ten
/// thousand instances.  The fleet must outlive it, unchanged.  Thread-safe.
class FleetIndex
{
public:
    explicit FleetIndex(const Fleet &fleet);

    /// Null when there is none.
    const Host *host(const Uuid &id) const;
    const InstanceRecord *instance(const Uuid &id) const;
    /// As Fleet::pathOf().
    std::string pathOf(const InstanceRecord &record) const;

private:
    std::vector<std::pair<Uuid, const Host *>> m_hosts;               ///< by id
    std::vector<std::pair<Uuid, const InstanceRecord *>> m_instances; ///< by id
};

} // namespace zandb
