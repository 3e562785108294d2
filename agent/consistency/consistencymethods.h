// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/config.h"
#include "agent/runtime/lane.h"
#include "agent/runtime/methods.h"

#include <memory>
#include <stop_token>
#include <vector>

namespace zandb::agent {

/// The methods of agent/protocol/consistency.h.  They have some lanes of their own, since primary and replica may be instances of one host, and are read at the same
/// time.  A question whose asker has gone is ended on the server.  Lives on the loop's thread.
class ConsistencyMethods
{
public:
    ConsistencyMethods(const Config &config, asio::io_context &io);
    ConsistencyMethods(const ConsistencyMethods &) = delete;
    ConsistencyMethods &operator=(const ConsistencyMethods &) = delete;

    void addTo(Methods &methods);
    /// Ends what runs.
    void stop() { m_stop.request_stop(); }
    bool isIdle() const;

private:
    using Work = std::function<Result<Json>(const Config &config, const Json &params, const std::stop_token &stop)>;
    void add(Methods &methods, const char *name, Work work);
    Lane &nextLane();

    const Config &m_config;
    std::vector<std::unique_ptr<Lane>> m_lanes;
    std::size_t m_next = 0;
    std::stop_source m_stop;
};

} // namespace zandb::agent
