// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/remote/agentpool.h"

namespace zandb::fleet {

/// callAndWait() and the answer (or its member `member`) as a message.  Errors: those of AgentPool,
/// protocol.bad_params with the method when the answer is not such a message.
template<class T>
Result<T> ask(remote::AgentPool &pool, const Uuid &host, const std::string &method, Json params,
              std::chrono::milliseconds timeout, const char *member = nullptr)
{
    auto answer = pool.callAndWait(host, method, std::move(params), timeout);
    if (!answer)
        return fail(std::move(answer.error()));
    if (!answer->is_object())
        return fail(errors::protocolBadParams, {{"method", method}, {"detail", "the answer is not an object"}});
    if (member && !answer->contains(member))
        return fail(errors::protocolBadParams, {{"method", method}, {"detail", std::string("the answer lacks ") + member}});
    auto message = decode<T>(member ? answer->at(member) : *answer);
    if (!message)
        message.error().fields["method"] = method;
    return message;
}

/// Calls all hosts at once and waits for all; what each answered, in the order of `hosts`.
std::vector<Result<Json>> askAll(remote::AgentPool &pool, const std::vector<Uuid> &hosts, const std::string &method, const Json &params,
                                 std::chrono::milliseconds timeout = std::chrono::seconds{30});

} // namespace zandb::fleet
