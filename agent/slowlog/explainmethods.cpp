// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/slowlog/explainmethods.h"

#include "agent/os/log.h"
#include "agent/protocol/errors.h"
#include "agent/runtime/laneanswer.h"
#include "agent/slowlog/explain.h"

namespace zandb::agent {

void ExplainMethods::addTo(Methods &methods)
{
    methods["slowlog.explain"] = {Role::Operator, false,
                                  [this](const ConnectionIdentity &identity, const Json &params, const Responder &responder) { explain(identity, params, responder); }};
}

void ExplainMethods::explain(const ConnectionIdentity &identity, const Json &params, const Responder &responder)
{
    const auto ask = decode<wire::ExplainAsk>(params);
    if (!ask) {
        responder.fail(ask.error());
        return;
    }
    logLine("slowlog.explain by " + identity.user + ": " + ask->instance);
    auto gone = std::make_shared<std::stop_source>();
    auto both = std::make_shared<std::stop_callback<std::function<void()>>>(m_stop.get_token(), [gone] { gone->request_stop(); });
    responder.onEnd([gone] { gone->request_stop(); });
    answerIn(m_lane, "slowlog.explain", responder, [this, ask = *ask, gone, both]() -> Result<Json> {
        const auto instance = findInstance(m_config, ask.instance);
        if (!instance)
            return fail(instance.error());
        if (gone->stop_requested())
            return fail(errors::cancelled);
        return explainStatement(m_config, *instance, ask, {}, gone->get_token()).map([](const wire::Explained &answer) { return Json(answer); });
    });
}

} // namespace zandb::agent
