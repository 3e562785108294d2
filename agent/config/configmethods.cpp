// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/config/configmethods.h"

#include "agent/config/change.h"
#include "agent/config/driftwork.h"
#include "agent/os/log.h"
#include "agent/runtime/laneanswer.h"

#include <algorithm>

namespace zandb::agent {
namespace {

/// An answer stays well below what a frame may hold.
constexpr std::size_t mostBytes = 48 << 10;
/// How often it is looked whether something was taken back; the looking is one directory.
constexpr auto lookEvery = std::chrono::seconds{5};

void fitFrame(wire::ConfigState &state, const std::string &after)
{
    std::erase_if(state.variables, [&](const wire::ConfigVariable &variable) { return variable.name <= after; });
    if (!after.empty()) { // told with the first part
        state.unknown.clear();
        state.problems.clear();
        state.files.clear();
    }
    state.unknown.resize(std::min<std::size_t>(state.unknown.size(), 100));
    state.problems.resize(std::min<std::size_t>(state.problems.size(), 50));
    state.files.resize(std::min<std::size_t>(state.files.size(), 50));
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < state.variables.size(); ++i) {
        bytes += dumpJson(Json(state.variables[i])).size() + 1;
        if (bytes > mostBytes && i > 0) {
            state.next = state.variables[i - 1].name;
            state.variables.resize(i);
        }
    }
}

Result<Json> readState(const Config &config, const wire::ConfigWish &wish)
{
    const auto instance = findInstance(config, wish.instance);
    if (!instance)
        return fail(instance.error());
    auto server = ServerConfig::open(config, *instance);
    if (!server)
        return fail(server.error());
    auto state = server->state(wish.names);
    if (!state)
        return fail(state.error());
    state->pending = static_cast<std::int64_t>(ChangeRecords(config).pending(instance->name).size());
    if (wish.program && wish.after.empty())
        state->programSha256 = programSha256(server->client().serverPid());
    fitFrame(*state, wish.after);
    return Json(*state);
}

} // namespace

void ConfigMethods::start()
{
    m_timer.expires_after(lookEvery);
    m_timer.async_wait([this](const std::error_code &error) {
        if (error || m_stopping)
            return;
        m_lane.post([this]() -> std::function<void()> {
            return [this, notes = ChangeRecords(m_config).recovered()] { passOn(notes); };
        });
        start();
    });
}

void ConfigMethods::stop()
{
    m_stopping = true;
    m_timer.cancel();
}

void ConfigMethods::passOn(std::vector<std::pair<std::filesystem::path, wire::ConfigRecovered>> notes)
{
    for (auto &[path, note] : notes) {
        if (m_stopping || !m_passing.insert(path).second)
            continue;
        m_collect.add(std::string(wire::configSourcePrefix) + note.instance, Spool::Kind::Events, dumpJson(Json(note)), nullptr, [this, path = path](const Result<std::int64_t> &kept) {
            if (kept) {
                std::error_code ec;
                std::filesystem::remove(path, ec); // told twice is told once: the store knows the run
            }
            m_passing.erase(path);
        });
    }
}

void ConfigMethods::addTo(Methods &methods)
{
    methods["config.read"] = {Role::Viewer, false, [this](const ConnectionIdentity &, const Json &params, const Responder &responder) {
        auto wish = decode<wire::ConfigWish>(params);
        if (!wish)
            return responder.fail(wish.error());
        answerIn(m_lane, "config", responder, [config = m_config, wish = std::move(*wish)] { return readState(config, wish); });
    }};
    methods["config.preview"] = {Role::Operator, false, [this](const ConnectionIdentity &identity, const Json &params, const Responder &responder) {
        auto args = decode<wire::ConfigArgs>(params);
        if (!args)
            return responder.fail(args.error());
        answerIn(m_lane, "config", responder, [config = m_config, args = std::move(*args), role = roleFromString(identity.role)]() -> Result<Json> {
            auto instance = findInstance(config, args.instance);
            if (!instance)
                return fail(instance.error());
            ConfigAct::Options options;
            options.role = role;
            const auto seen = ConfigAct(config, std::move(*instance), args, std::move(options)).preview();
            return seen ? Result<Json>(Json(*seen)) : Result<Json>(fail(seen.error()));
        });
    }};
}

} // namespace zandb::agent
