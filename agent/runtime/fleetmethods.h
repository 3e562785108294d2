// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/watch.h"
#include "agent/runtime/methods.h"

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <asio/thread_pool.hpp>

#include <stop_token>

namespace zandb::agent {

/// `fleet.*` and `keys.*` of agent/protocol/fleet.h.  Instances are sampled on the blocking thread every
/// Config::sampleSeconds while somebody is connected, else once a minute; a request gets the newest sample, or waits
/// for a new one when that is too old.  Lives on the loop's thread.
class FleetMethods
{
public:
    FleetMethods(const Config &config, asio::io_context &io, asio::thread_pool &blocking,
                 std::function<void()> keysChanged);
    ~FleetMethods();
    FleetMethods(const FleetMethods &) = delete;
    FleetMethods &operator=(const FleetMethods &) = delete;

    void addTo(Methods &methods);
    void start();
    /// How many clients there are: decides how often instances are sampled.
    void setClients(std::size_t count);
    /// Makes a sample that runs end soon.
    void stop();

private:
    using Clock = std::chrono::steady_clock;
    void instances(const Responder &responder);
    void sample();
    void sampled(std::vector<wire::InstanceState> states);
    void schedule();
    /// Runs the work on the blocking thread and answers with what it returns.
    void answerLater(const Responder &responder, std::function<Result<Json>()> work, std::function<void()> then = {});

    const Config &m_config;
    asio::io_context &m_io;
    asio::thread_pool &m_blocking;
    std::function<void()> m_keysChanged;
    asio::steady_timer m_timer;
    std::unique_ptr<InstanceWatch> m_watch; ///< touched on the blocking thread only
    std::stop_source m_stop;
    std::size_t m_clients = 0;
    bool m_sampling = false;
    std::optional<Clock::time_point> m_sampledAt;
    Json m_states;
    std::vector<Responder> m_waiting;
};

} // namespace zandb::agent
