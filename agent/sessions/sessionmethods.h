// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/config.h"
#include "agent/runtime/lane.h"
#include "agent/runtime/methods.h"

namespace zandb::agent {

/// `sessions.*` of agent/protocol/sessions.h, in a lane of its own: a server that does not answer holds up nothing else.
/// Every kill stands in the agent's log with who asked for it.  Lives on the loop's thread.
class SessionMethods
{
public:
    SessionMethods(const Config &config, asio::io_context &io) : m_config(config), m_lane(io) {}
    SessionMethods(const SessionMethods &) = delete;
    SessionMethods &operator=(const SessionMethods &) = delete;

    void addTo(Methods &methods);
    /// Nothing blocks: this object can be destroyed.
    bool isIdle() const { return m_lane.isIdle(); }

private:
    const Config &m_config;
    Lane m_lane;
};

} // namespace zandb::agent
