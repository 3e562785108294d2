// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/agentcalls.h"

#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

namespace zandb::console {
namespace {

/// The last holder's end joins the pool's threads, one of which may decrypt a key: not on the thread of the window.
void letGo(AgentCalls::Pool pool)
{
    if (pool)
        std::thread([pool = std::move(pool)]() mutable { pool.reset(); }).detach();
}

} // namespace

AgentCalls::AgentCalls(const SshSettings &settings, ConsoleState &state, std::chrono::milliseconds idle, QObject *parent)
    : QObject(parent), m_settings(settings), m_state(state)
{
    m_idle.setSingleShot(true);
    m_idle.setInterval(idle);
    connect(&m_idle, &QTimer::timeout, this, &AgentCalls::rest);
    connect(&state, &ConsoleState::fleetChanged, this, &AgentCalls::setHosts);
}

AgentCalls::~AgentCalls() = default; // the program ends: here it is waited for

AgentCalls::Pool AgentCalls::pool()
{
    if (!m_pool) {
        m_pool = std::make_shared<remote::AgentPool>(m_settings);
        setHosts();
    }
    m_idle.start();
    return m_pool;
}

void AgentCalls::ask(Latest<Json> &latest, const Uuid &host, const std::string &method, Json params, std::function<void(Result<Json>)> handle,
                     std::chrono::milliseconds timeout)
{
    // of this thread only: until the answer is here or the receiver gone
    auto ending = std::make_shared<std::optional<std::stop_callback<std::function<void()>>>>();
    latest.ask(
        [&](Answer<Json> answer, std::stop_token stop) {
            const Pool asked = pool();
            const auto call = asked->call(host, method, std::move(params), std::move(answer), timeout);
            ending->emplace(std::move(stop), [weak = std::weak_ptr(asked), call] {
                if (const Pool pool = weak.lock())
                    pool->cancel(call);
            });
        },
        [ending, handle = std::move(handle)](Result<Json> result) {
            ending->reset();
            handle(std::move(result));
        });
}

void AgentCalls::setPassphrase(const std::string &passphrase)
{
    m_settings.passphrase = passphrase;
    letGo(std::exchange(m_pool, nullptr)); // it may have tried without
}

void AgentCalls::setHosts()
{
    if (m_pool)
        m_pool->setHosts(remote::addressesOf(*m_state.fleet()));
}

void AgentCalls::rest()
{
    if (m_pool.use_count() > 1) // a job still asks
        return m_idle.start();
    letGo(std::exchange(m_pool, nullptr));
}

} // namespace zandb::console
