// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/config.h"
#include "agent/runtime/lane.h"
#include "agent/runtime/methods.h"

namespace zandb::agent {

/// `config.*` of agent/protocol/config.h, in a lane of its own.  Lives on the loop's thread.
class ConfigMethods
{
public:
    ConfigMethods(const Config &config, asio::io_context &io) : m_config(config), m_lane(io) {}
    ConfigMethods(const ConfigMethods &) = delete;
    ConfigMethods &operator=(const ConfigMethods &) = delete;

    void addTo(Methods &methods);
    /// Nothing blocks: this object can be destroyed.
    bool isIdle() const { return m_lane.isIdle(); }

private:
    const Config &m_config;
    Lane m_lane;
};

} // namespace zandb::agent
