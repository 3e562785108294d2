// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/consistency/consistencymethods.h"

#include "agent/consistency/chunks.h"
#include "agent/os/log.h"
#include "agent/protocol/errors.h"
#include "agent/runtime/laneanswer.h"

#include <algorithm>

namespace zandb::agent {
namespace {

constexpr std::size_t lanes = 4;

/// The work of one method: its question and its answer are messages.
template<class Ask, class Answer>
auto workOf(Result<Answer> (*function)(const Config &, const Ask &, const std::stop_token &))
{
    return [function](const Config &config, const Json &params, const std::stop_token &stop) -> Result<Json> {
        const auto ask = decode<Ask>(params);
        if (!ask)
            return fail(ask.error());
        return function(config, *ask, stop).map([](const Answer &answer) { return Json(answer); });
    };
}

} // namespace

ConsistencyMethods::ConsistencyMethods(const Config &config, asio::io_context &io) : m_config(config)
{
    for (std::size_t i = 0; i < lanes; ++i)
        m_lanes.push_back(std::make_unique<Lane>(io));
}

bool ConsistencyMethods::isIdle() const
{
    return std::ranges::all_of(m_lanes, [](const auto &lane) { return lane->isIdle(); });
}

Lane &ConsistencyMethods::nextLane()
{
    const auto idle = std::ranges::find_if(m_lanes, [](const auto &lane) { return lane->isIdle(); });
    return idle != m_lanes.end() ? **idle : *m_lanes[m_next++ % m_lanes.size()];
}

void ConsistencyMethods::addTo(Methods &methods)
{
    add(methods, "consistency.tables", workOf(consistencyTables));
    add(methods, "consistency.state", workOf(consistencyState));
    add(methods, "consistency.chunk", workOf(consistencyChunk));
    add(methods, "consistency.rows", workOf(consistencyRows));
}

void ConsistencyMethods::add(Methods &methods, const char *name, Work work)
{
    methods[name] = {Role::Operator, true, [this, name, work](const ConnectionIdentity &identity, const Json &params, const Responder &responder) {
        if (std::string_view(name) == "consistency.tables") // each check asks it once
            logLine("consistency.tables by " + identity.user);
        auto gone = std::make_shared<std::stop_source>();
        auto both = std::make_shared<std::stop_callback<std::function<void()>>>(m_stop.get_token(), [gone] { gone->request_stop(); });
        responder.onEnd([gone] { gone->request_stop(); });
        answerIn(nextLane(), name, responder, [this, work, params, gone, both]() -> Result<Json> {
            if (gone->stop_requested())
                return fail(errors::cancelled);
            return work(m_config, params, gone->get_token());
        });
    }};
}

} // namespace zandb::agent
