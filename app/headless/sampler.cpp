// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/sampler.h"

#include "app/workflow/rules.h"

namespace zandb::headless {
namespace {

using Clock = std::chrono::steady_clock;
/// Below the interval, so that rounds do not pile up behind a dead host.
constexpr std::chrono::seconds patience{8};

} // namespace

Sampler::Sampler(remote::AgentPool &pool, std::shared_ptr<workflow::Mailbox> mailbox)
    : m_pool(pool), m_mailbox(std::move(mailbox))
{
}

void Sampler::tick()
{
    const auto now = Clock::now();
    if (now < m_next || m_waiting > 0)
        return;
    m_next = now + sampleInterval;
    m_round.clear();
    ++m_number;
    m_taken = false;
    for (const auto &[host, token] : m_tokens) {
        Half &half = m_round[host];
        half.sample.hostId = host;
        half.sample.fence = token;
        half.sample.state = "ok";
        m_waiting += 2;
    }
    for (const auto &[host, token] : m_tokens) {
        for (const bool facts : {true, false}) {
            const auto id = host;
            m_pool.call(
                id, facts ? "fleet.facts" : "fleet.instances", Json::object(),
                [this, alive = m_alive, mailbox = m_mailbox, id, facts, round = m_number](Result<Json> answer) {
                    mailbox->post([this, alive, id, facts, round, answer = std::move(answer)] {
                        if (*alive)
                            take(id, round, facts, answer);
                    });
                },
                patience);
        }
    }
}

void Sampler::take(const Uuid &host, std::uint64_t round, bool facts, const Result<Json> &answer)
{
    if (round != m_number)
        return;
    --m_waiting;
    const auto found = m_round.find(host);
    if (found == m_round.end())
        return;
    fleet::HostSample &sample = found->second.sample;
    --found->second.waiting;
    const auto failWith = [&](const Error &error) {
        if (sample.error)
            return;
        sample.error = error;
        // an agent that answers with an error is there; a link that fails is not
        sample.state = workflow::isLinkError(error) || error.is(errors::keyRevoked) || error.is(errors::denied)
                || error.is(errors::protocolVersion)
            ? workflow::hostStateOf(error)
            : "ok";
    };
    if (!answer) {
        failWith(answer.error());
        return;
    }
    if (facts) {
        if (auto decoded = decode<wire::HostFacts>(*answer))
            sample.facts = std::move(*decoded);
        else
            failWith(decoded.error());
        return;
    }
    const Json list = answer->is_object() ? answer->value("instances", Json()) : Json();
    if (auto decoded = decode<std::vector<wire::InstanceState>>(list))
        sample.instances = std::move(*decoded);
    else
        failWith(decoded.error());
}

std::vector<fleet::HostSample> Sampler::take()
{
    if (m_taken || m_waiting > 0)
        return {};
    m_taken = true;
    std::vector<fleet::HostSample> samples;
    for (auto &[host, half] : m_round) {
        if (m_tokens.count(host))
            samples.push_back(std::move(half.sample));
    }
    m_round.clear();
    return samples;
}

} // namespace zandb::headless
