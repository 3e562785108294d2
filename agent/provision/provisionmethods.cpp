// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/provision/provisionmethods.h"

#include "agent/protocol/uuid.h"
#include "agent/provision/check.h"
#include "agent/provision/replicate.h"
#include "agent/provision/secret.h"
#include "agent/runtime/laneanswer.h"

namespace zandb::agent {

void ProvisionMethods::addTo(Methods &methods)
{
    methods["provision.check"] = {Role::Admin, false, [this](const ConnectionIdentity &, const Json &params, const Responder &responder) {
        auto args = decode<wire::ProvisionArgs>(params);
        if (!args)
            return responder.fail(args.error());
        answerIn(m_lane, "provision", responder, [config = m_config, args = std::move(*args)]() -> Result<Json> {
            const auto seen = checkProvision(config, args, {}, config.stateDirectory / ("look-" + Uuid::v7().toString()), {});
            return seen ? Result<Json>(Json(seen->check)) : Result<Json>(fail(seen.error()));
        });
    }};
    methods["provision.source"] = {Role::Admin, false, [this](const ConnectionIdentity &, const Json &params, const Responder &responder) {
        auto wish = decode<wire::ProvisionSource>(params);
        if (!wish)
            return responder.fail(wish.error());
        answerIn(m_lane, "provision", responder, [config = m_config, instance = wish->instance]() -> Result<Json> {
            auto checks = checkSource(config, instance);
            return checks ? Result<Json>(Json{{"checks", *checks}}) : Result<Json>(fail(checks.error()));
        });
    }};
    methods["provision.secret"] = {Role::Admin, false, [this](const ConnectionIdentity &, const Json &params, const Responder &responder) {
        auto wish = decode<wire::SecretWish>(params);
        if (!wish)
            return responder.fail(wish.error());
        answerIn(m_lane, "provision", responder, [config = m_config, wish = std::move(*wish)]() -> Result<Json> {
            const auto verifier = verifierOf(config, wish.run.toString(), wish.flavour == "mariadb");
            return verifier ? Result<Json>(Json{{"verifier", *verifier}}) : Result<Json>(fail(verifier.error()));
        });
    }};
}

} // namespace zandb::agent
