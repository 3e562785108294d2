// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/config.h"
#include "agent/runtime/lane.h"
#include "agent/runtime/methods.h"

#include <stop_token>

namespace zandb::agent {

/// `slowlog.explain` of agent/protocol/explain.h, in a lane of its own: a server that takes long to plan holds up nothing else.  Who asked stands in the
/// agent's log.  A question whose asker has gone is ended on the server.  Lives on the loop's thread.
class ExplainMethods
{
public:
    ExplainMethods(const Config &config, asio::io_context &io) : m_config(config), m_lane(io) {}
    ExplainMethods(const ExplainMethods &) = delete;
    ExplainMethods &operator=(const ExplainMethods &) = delete;

    void addTo(Methods &methods);
    /// Ends what runs.
    void stop() { m_stop.request_stop(); }
    bool isIdle() const { return m_lane.isIdle(); }

private:
    void explain(const ConnectionIdentity &identity, const Json &params, const Responder &responder);

    const Config &m_config;
    Lane m_lane;
    std::stop_source m_stop;
};

} // namespace zandb::agent
