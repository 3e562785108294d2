// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/config.h"
#include "agent/runtime/lane.h"
#include "agent/runtime/methods.h"

namespace zandb::agent {

/// `provision.*` of agent/protocol/provision.h, in a lane of its own.  Lives on the loop's thread.
class ProvisionMethods
{
public:
    ProvisionMethods(const Config &config, asio::io_context &io) : m_config(config), m_lane(io) {}
    ProvisionMethods(const ProvisionMethods &) = delete;
    ProvisionMethods &operator=(const ProvisionMethods &) = delete;

    void addTo(Methods &methods);
    /// Nothing blocks: this object can be destroyed.
    bool isIdle() const { return m_lane.isIdle(); }

private:
    const Config &m_config;
    Lane m_lane;
};

} // namespace zandb::agent
