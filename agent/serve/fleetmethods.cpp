// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/serve/fleetmethods.h"

#include "agent/fleet/facts.h"
#include "agent/fleet/keys.h"
#include "agent/fleet/preflight.h"
#include "agent/os/log.h"
#include "agent/runtime/laneanswer.h"

#include <malloc.h>

namespace zandb::agent {
namespace {

using namespace std::chrono_literals;

constexpr auto slack = 2s; ///< a sample this much older than due still answers a request at once

/// Reading lists of tablespaces takes megabytes for a moment, and the heap would keep them until the next time.
void giveBackMemory()
{
    ::malloc_trim(0);
}

} // namespace

FleetMethods::FleetMethods(const Config &config, asio::io_context &io, std::function<void()> keysChanged, Collected collected)
    : m_config(config), m_samples(io), m_facts(io), m_preflights(io), m_keys(io), m_keysChanged(std::move(keysChanged)),
      m_collected(std::move(collected)), m_timer(io), m_watch(std::make_unique<InstanceWatch>(config))
{}

FleetMethods::~FleetMethods() = default;

void FleetMethods::addTo(Methods &methods)
{
    methods["fleet.facts"] = {Role::Viewer, true, [this](const ConnectionIdentity &, const Json &, const Responder &responder) {
                                  later(m_facts, responder, [config = m_config]() -> Result<Json> { return Json(hostFacts(config)); });
                              }};
    methods["fleet.instances"] = {Role::Viewer, true, [this](const ConnectionIdentity &, const Json &, const Responder &responder) {
                                      instances(responder);
                                  }};
    methods["fleet.preflight"] = {
        Role::Viewer, true, [this](const ConnectionIdentity &, const Json &params, const Responder &responder) {
            later(m_preflights, responder, [config = m_config, name = params.at("instance").get<std::string>()]() -> Result<Json> {
                const auto instance = findInstance(config, name);
                if (!instance)
                    return fail(instance.error());
                return Json{{"checks", preflight(config, *instance)}};
            });
        }};
    methods["keys.list"] = {Role::Viewer, true, [this](const ConnectionIdentity &, const Json &, const Responder &responder) {
                                later(m_keys, responder, [config = m_config]() -> Result<Json> {
                                    return KeysFile(config).list().map([](const auto &keys) { return Json{{"keys", keys}}; });
                                });
                            }};
    methods["keys.add"] = {
        Role::Admin, false, [this](const ConnectionIdentity &identity, const Json &params, const Responder &responder) {
            const auto line = decode<wire::KeyLine>(params);
            if (!line) {
                responder.fail(line.error());
                return;
            }
            logLine("keys.add by " + identity.user + ": " + line->user + " as " + line->role);
            later(m_keys, responder, [config = m_config, line = *line]() -> Result<Json> {
                return KeysFile(config).add(line).map([](const wire::KeyLine &added) { return Json(added); });
            }, m_keysChanged);
        }};
    methods["keys.revoke"] = {
        Role::Admin, false, [this](const ConnectionIdentity &identity, const Json &params, const Responder &responder) {
            const std::string user = params.at("user").get<std::string>();
            const std::string key = params.value("key", std::string{});
            logLine("keys.revoke by " + identity.user + ": " + user);
            later(m_keys, responder, [config = m_config, user, key]() -> Result<Json> {
                return KeysFile(config).revoke(user, key).map([](int removed) { return Json{{"removed", removed}}; });
            }, m_keysChanged);
        }};
}

void FleetMethods::later(Lane &lane, const Responder &responder, std::function<Result<Json>()> work, std::function<void()> then)
{
    answerIn(lane, "requests", responder, std::move(work), [then = std::move(then)] {
        if (then)
            then();
        giveBackMemory();
    });
}

void FleetMethods::start()
{
    sample();
}

void FleetMethods::stop()
{
    m_stop.request_stop();
    m_timer.cancel();
}

bool FleetMethods::isIdle() const
{
    return m_samples.isIdle() && m_facts.isIdle() && m_preflights.isIdle() && m_keys.isIdle();
}

void FleetMethods::instances(const Responder &responder)
{
    const bool fresh = m_sampledAt && Clock::now() - *m_sampledAt <= std::chrono::seconds{m_config.sampleSeconds} + slack;
    if (fresh) {
        responder.respond({{"instances", m_states}});
        return;
    }
    if (m_sampling && Clock::now() - m_sampleBegan > Lane::heldUpAfter) {
        responder.fail(heldUp("sample"));
        return;
    }
    m_waiting.push_back(responder);
    sample();
}

void FleetMethods::sample()
{
    if (m_sampling || m_stop.stop_requested())
        return;
    m_sampling = m_samples.post([this] {
        Round round;
        const Microseconds step = std::chrono::seconds{m_config.sampleSeconds};
        const Microseconds now = systemNow().time_since_epoch();
        round.figures.at = TimePoint{(now + step / 2) / step * step};
        round.states = m_watch->sample(m_stop.get_token());
        round.figures.stepMs = std::chrono::duration_cast<std::chrono::milliseconds>(step).count();
        round.figures.columns.assign(wire::instanceFigures.begin(), wire::instanceFigures.end());
        round.figures.instances = m_watch->figures();
        round.figures.hostColumns.assign(wire::hostFigures.begin(), wire::hostFigures.end());
        round.figures.host = readHostFigures();
        return [this, round = std::move(round)] { sampled(round); };
    });
    m_sampleBegan = Clock::now();
}

void FleetMethods::sampled(const Round &round)
{
    m_sampling = false;
    m_sampledAt = Clock::now();
    m_states = round.states;
    for (const Responder &responder : std::exchange(m_waiting, {}))
        responder.respond({{"instances", m_states}});
    if (m_collected && !m_stop.stop_requested())
        m_collected(round.figures);
    giveBackMemory();
    schedule();
}

void FleetMethods::schedule()
{
    // the next whole multiple, but no sooner than half a step from now
    const Microseconds step = std::chrono::seconds{m_config.sampleSeconds};
    const Microseconds now = systemNow().time_since_epoch();
    m_timer.expires_after(step - (now + step / 2) % step + step / 2);
    m_timer.async_wait([this](const std::error_code &error) {
        if (!error)
            sample();
    });
}

} // namespace zandb::agent
