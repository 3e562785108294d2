// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/fleet/fleetrepository.h"
#include "app/remote/agentpool.h"
#include "app/workflow/mailbox.h"

#include <map>

namespace zandb::headless {

/// Asks every held host for its facts and instances, sampleInterval apart, and hands over what came back as one batch
/// per round.  Belongs to the loop's thread; answers come through the mailbox.
class Sampler
{
public:
    Sampler(remote::AgentPool &pool, std::shared_ptr<workflow::Mailbox> mailbox);
    ~Sampler() { *m_alive = false; }

    /// Hosts with the tokens of their leases.
    void setHosts(std::map<Uuid, std::int64_t> tokens) { m_tokens = std::move(tokens); }
    /// Begins a round when it is time and the last one is over.
    void tick();
    /// The finished round's samples; empty while one is under way or nothing is held.  What could not be stored may be
    /// dropped: the next round brings newer ones.
    std::vector<fleet::HostSample> take();

private:
    using Steady = std::chrono::steady_clock::time_point;
    struct Half
    {
        fleet::HostSample sample;
        int waiting = 2;
    };
    void take(const Uuid &host, std::uint64_t round, bool facts, const Result<Json> &answer);

    remote::AgentPool &m_pool;
    std::shared_ptr<workflow::Mailbox> m_mailbox;
    std::map<Uuid, std::int64_t> m_tokens;
    std::map<Uuid, Half> m_round;
    std::uint64_t m_number = 0;
    std::size_t m_waiting = 0;
    bool m_taken = true;
    Steady m_next{};
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace zandb::headless
