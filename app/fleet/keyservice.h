// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/remote/agentpool.h"

/// Who may enter a host: the lines of its authorized_keys file, through its agent.  Adding and revoking need a key of
/// role admin there; the first key of a host is written on the host itself, by root (packaging/HOST.md).  All calls block.
namespace zandb::fleet {

/// Errors: those of AgentPool.
Result<std::vector<wire::KeyLine>> listKeys(remote::AgentPool &pool, const Uuid &host);

/// Adds a key or replaces user and role of the same key.  `publicKey` may be a whole line of a .pub file.
/// Errors: usage (user, role or key is not acceptable), those of AgentPool (access.denied).
Result<void> addKey(remote::AgentPool &pool, const Uuid &host, const std::string &user, const std::string &role,
                    std::string_view publicKey);

/// Removes a user's keys, or only the given one (a fingerprint or "TYPE KEY"); live channels of it end within 60 s.
/// Returns how many lines went.  Errors: usage, not_found (none went), those of AgentPool.
Result<int> revokeKeys(remote::AgentPool &pool, const Uuid &host, const std::string &user, const std::string &key = {});

/// The same on many hosts at once; what happened on each, in the order of `hosts`.
struct KeyOutcome
{
    Uuid host;
    int lines = 0;             ///< added or removed
    std::optional<Error> error;
};
std::vector<KeyOutcome> addKeyEverywhere(remote::AgentPool &pool, const std::vector<Uuid> &hosts, const std::string &user,
                                         const std::string &role, std::string_view publicKey);
std::vector<KeyOutcome> revokeKeysEverywhere(remote::AgentPool &pool, const std::vector<Uuid> &hosts, const std::string &user,
                                             const std::string &key = {});

} // namespace zandb::fleet
