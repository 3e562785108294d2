// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/fleet/agentcall.h"

#include <future>

namespace zandb::fleet {

std::vector<Result<Json>> askAll(remote::AgentPool &pool, const std::vector<Uuid> &hosts, const std::string &method, const Json &params,
                                 std::chrono::milliseconds timeout)
{
    std::vector<std::promise<Result<Json>>> promises(hosts.size());
    for (std::size_t i = 0; i < hosts.size(); ++i) {
        pool.call(hosts[i], method, params, [&promise = promises[i]](Result<Json> result) { promise.set_value(std::move(result)); },
                  timeout);
    }
    std::vector<Result<Json>> answers;
    for (auto &promise : promises)
        answers.push_back(promise.get_future().get());
    return answers;
}

} // namespace zandb::fleet
