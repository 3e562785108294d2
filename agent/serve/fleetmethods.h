// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/watch.h"
#include "agent/runtime/lane.h"
#include "agent/runtime/methods.h"

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <stop_token>

namespace zandb::agent {

/// `fleet.*` and `keys.*` of agent/protocol/fleet.h.  Instances are sampled every Config::sampleSeconds, at instants that are
/// whole multiples of it; a request gets the newest sample, or waits for a new one when that is too old.  The figures read
/// in the same round go to `collected`.  What may block runs in lanes: servers, disks and keys do not wait for each other,
/// and agent.busy is said for what is held up.  Lives on the loop's thread.
class FleetMethods
{
public:
    using Collected = std::function<void(const wire::SamplesPayload &)>;
    FleetMethods(const Config &config, asio::io_context &io, std::function<void()> keysChanged, Collected collected);
    ~FleetMethods();
    FleetMethods(const FleetMethods &) = delete;
    FleetMethods &operator=(const FleetMethods &) = delete;

    void addTo(Methods &methods);
    void start();
    /// Makes a sample that runs end soon.
    void stop();
    /// Nothing blocks: this object can be destroyed.
    bool isIdle() const;

private:
    using Clock = std::chrono::steady_clock;
    void instances(const Responder &responder);
    void sample();
    /// What one round brought; made in the lane.
    struct Round
    {
        std::vector<wire::InstanceState> states;
        wire::SamplesPayload figures;
    };
    void sampled(const Round &round);
    void schedule();
    /// answerIn(), and gives back the memory that the work took.
    static void later(Lane &lane, const Responder &responder, std::function<Result<Json>()> work, std::function<void()> then = {});

    const Config &m_config;
    Lane m_samples;
    Lane m_facts;
    Lane m_preflights;
    Lane m_keys;
    std::function<void()> m_keysChanged;
    Collected m_collected;
    asio::steady_timer m_timer;
    std::unique_ptr<InstanceWatch> m_watch; ///< touched in its lane only
    std::stop_source m_stop;
    bool m_sampling = false;
    Clock::time_point m_sampleBegan{};
    std::optional<Clock::time_point> m_sampledAt;
    Json m_states;
    std::vector<Responder> m_waiting;
};

} // namespace zandb::agent
