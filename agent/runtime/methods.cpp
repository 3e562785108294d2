// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/runtime/methods.h"

#include "agent/protocol/errors.h"

#include <stdexcept>

namespace zandb::agent {

Role roleFromString(std::string_view role)
{
    if (role == "viewer")
        return Role::Viewer;
    if (role == "operator")
        return Role::Operator;
    if (role == "admin")
        return Role::Admin;
    return role == "dispatcher" ? Role::Dispatcher : Role::None;
}

/// A library may quote as much as it was given: a line of bounded length is enough for whoever sent it.
static std::string detailOf(const std::exception &e)
{
    std::string detail = std::string(e.what()).substr(0, 200);
    for (char &c : detail) {
        if (static_cast<unsigned char>(c) < 0x20)
            c = ' ';
    }
    return detail;
}

void callMethod(const Methods &methods, const ConnectionIdentity &identity, const std::string &name, const Json &params,
                const Responder &responder)
{
    const auto it = methods.find(name);
    if (it == methods.end()) {
        responder.fail(makeError(errors::protocolUnknownMethod, {{"method", name.substr(0, 100)}}));
        return;
    }
    const Method &method = it->second;
    const Role role = roleFromString(identity.role);
    if (role == Role::Dispatcher ? !method.forDispatcher : !isAtLeast(role, method.least)) {
        responder.fail(makeError(errors::denied, {{"user", identity.user}, {"role", identity.role}, {"what", name}}));
        return;
    }
    try {
        method.handler(identity, params, responder);
    } catch (const Json::exception &e) {
        responder.fail(makeError(errors::protocolBadParams, {{"method", name}, {"detail", detailOf(e)}}));
    } catch (const std::invalid_argument &e) { // an id that is none
        responder.fail(makeError(errors::protocolBadParams, {{"method", name}, {"detail", detailOf(e)}}));
    } catch (const std::exception &e) {
        responder.fail(makeError(errors::internal, {{"method", name}, {"detail", detailOf(e)}}));
    }
}

} // namespace zandb::agent
