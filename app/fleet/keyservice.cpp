// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/fleet/keyservice.h"

#include "app/fleet/agentcall.h"

#include <algorithm>
#include <array>

namespace zandb::fleet {
namespace {

constexpr std::chrono::seconds timeout{30};
constexpr std::array<std::string_view, 4> roles{"viewer", "operator", "admin", "dispatcher"};

Result<Json> addParams(const std::string &user, const std::string &role, std::string_view publicKey)
{
    if (user.empty())
        return fail(errors::usage, {{"detail", "a key needs a user"}});
    if (std::ranges::find(roles, role) == roles.end())
        return fail(errors::usage, {{"detail", "a role is viewer, operator, admin or dispatcher, not " + role}});
    const auto key = remote::parseHostKey(publicKey);
    if (!key)
        return fail(errors::usage, {{"detail", "not a public key: " + std::string(publicKey.substr(0, 64))}});
    wire::KeyLine line;
    line.user = user;
    line.role = role;
    line.publicKey = key->key;
    return Json(line);
}

Result<Json> revokeParams(const std::string &user, const std::string &key)
{
    if (user.empty())
        return fail(errors::usage, {{"detail", "whose keys are to be revoked?"}});
    Json params{{"user", user}};
    if (!key.empty())
        params["key"] = key;
    return params;
}

Result<int> removedOf(const Result<Json> &answer, const std::string &user)
{
    if (!answer)
        return fail(answer.error());
    const auto removed = answer->is_object() ? decode<int>(answer->value("removed", Json())) : Result<int>(fail(errors::protocolBadParams));
    if (!removed)
        return fail(errors::protocolBadParams, {{"method", "keys.revoke"}, {"detail", "the answer lacks removed"}});
    if (*removed == 0)
        return fail(errors::notFound, {{"what", "key"}, {"name", user}});
    return *removed;
}

std::vector<KeyOutcome> allFailed(const std::vector<Uuid> &hosts, const Error &error)
{
    std::vector<KeyOutcome> outcomes;
    for (const Uuid &host : hosts)
        outcomes.push_back({host, 0, error});
    return outcomes;
}

} // namespace

Result<std::vector<wire::KeyLine>> listKeys(remote::AgentPool &pool, const Uuid &host)
{
    return ask<std::vector<wire::KeyLine>>(pool, host, "keys.list", Json::object(), timeout, "keys");
}

Result<void> addKey(remote::AgentPool &pool, const Uuid &host, const std::string &user, const std::string &role,
                    std::string_view publicKey)
{
    const auto outcomes = addKeyEverywhere(pool, {host}, user, role, publicKey);
    if (outcomes.front().error)
        return fail(*outcomes.front().error);
    return {};
}

Result<int> revokeKeys(remote::AgentPool &pool, const Uuid &host, const std::string &user, const std::string &key)
{
    const auto outcomes = revokeKeysEverywhere(pool, {host}, user, key);
    if (outcomes.front().error)
        return fail(*outcomes.front().error);
    return outcomes.front().lines;
}

std::vector<KeyOutcome> addKeyEverywhere(remote::AgentPool &pool, const std::vector<Uuid> &hosts, const std::string &user,
                                         const std::string &role, std::string_view publicKey)
{
    const auto params = addParams(user, role, publicKey);
    if (!params)
        return allFailed(hosts, params.error());
    const auto answers = askAll(pool, hosts, "keys.add", *params);
    std::vector<KeyOutcome> outcomes;
    for (std::size_t i = 0; i < hosts.size(); ++i) {
        if (answers[i])
            outcomes.push_back({hosts[i], 1, std::nullopt});
        else
            outcomes.push_back({hosts[i], 0, answers[i].error()});
    }
    return outcomes;
}

std::vector<KeyOutcome> revokeKeysEverywhere(remote::AgentPool &pool, const std::vector<Uuid> &hosts, const std::string &user,
                                             const std::string &key)
{
    const auto params = revokeParams(user, key);
    if (!params)
        return allFailed(hosts, params.error());
    const auto answers = askAll(pool, hosts, "keys.revoke", *params);
    std::vector<KeyOutcome> outcomes;
    for (std::size_t i = 0; i < hosts.size(); ++i) {
        const auto removed = removedOf(answers[i], user);
        if (removed)
            outcomes.push_back({hosts[i], *removed, std::nullopt});
        else
            outcomes.push_back({hosts[i], 0, removed.error()});
    }
    return outcomes;
}

} // namespace zandb::fleet
