// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/sessions/sessionmethods.h"

#include "agent/protocol/errors.h"
#include "agent/os/log.h"
#include "agent/runtime/laneanswer.h"
#include "agent/sessions/sessions.h"

#include <algorithm>

namespace zandb::agent {

namespace {

/// An answer stays well below what a frame may hold, so long lists are cut where the busiest sessions have been told.
constexpr std::size_t mostBytes = 48 << 10;

void fitFrame(wire::SessionList &list)
{
    std::size_t bytes = 0;
    for (std::size_t at = 0; at < list.sessions.size(); ++at) {
        bytes += dumpJson(Json(list.sessions[at])).size() + 1;
        if (bytes > mostBytes) {
            list.more += static_cast<std::int64_t>(list.sessions.size() - at);
            list.sessions.resize(at);
        }
    }
}

} // namespace

void SessionMethods::addTo(Methods &methods)
{
    methods["sessions.list"] = {Role::Viewer, false, [this](const ConnectionIdentity &, const Json &params, const Responder &responder) {
        const SessionWish wish{params.value("idle", false), static_cast<std::size_t>(std::clamp<std::int64_t>(params.value("limit", std::int64_t{200}), 1, 1000))};
        answerIn(m_lane, "sessions", responder, [config = m_config, name = params.at("instance").get<std::string>(), wish]() -> Result<Json> {
            const auto instance = findInstance(config, name);
            if (!instance)
                return fail(instance.error());
            auto list = listSessions(config, *instance, wish);
            if (!list)
                return fail(list.error());
            fitFrame(*list);
            return Json(*list);
        });
    }};
    methods["sessions.text"] = {Role::Operator, false, [this](const ConnectionIdentity &identity, const Json &params, const Responder &responder) {
        logLine("sessions.text by " + identity.user + ": " + params.at("instance").get<std::string>() + " " + std::to_string(params.at("id").get<std::int64_t>()));
        answerIn(m_lane, "sessions", responder, [config = m_config, name = params.at("instance").get<std::string>(), id = params.at("id").get<std::int64_t>(),
                                user = params.at("user").get<std::string>()]() -> Result<Json> {
            const auto instance = findInstance(config, name);
            if (!instance)
                return fail(instance.error());
            return statementOfSession(config, *instance, id, user).map([](const std::string &text) { return Json{{"statement", bytesToJson(text)}}; });
        });
    }};
    methods["sessions.kill"] = {Role::Operator, false, [this](const ConnectionIdentity &identity, const Json &params, const Responder &responder) {
        const auto kill = decode<wire::SessionKill>(params);
        if (!kill) {
            responder.fail(kill.error());
            return;
        }
        logLine("sessions.kill by " + identity.user + ": " + (kill->connection ? "connection " : "statement of ") + std::to_string(kill->id) + " of " + kill->user
                + " on " + kill->instance);
        answerIn(m_lane, "sessions", responder, [config = m_config, kill = *kill]() -> Result<Json> {
            const auto instance = findInstance(config, kill.instance);
            if (!instance)
                return fail(instance.error());
            return killSession(config, *instance, kill).map([] { return Json{{"killed", true}}; });
        });
    }};
}

} // namespace zandb::agent
