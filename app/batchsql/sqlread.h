// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/batchsql/sqlrun.h"
#include "app/remote/agentpool.h"
#include "app/store/session.h"

#include <functional>
#include <stop_token>

/// Scripts that only read, as calls over the warm channel: no runs, one audit row.
namespace zandb::batchsql {

/// The agent's method; its params are SqlArgs with the instance's name, its items those of the kind `sql`.
inline constexpr const char *readMethod = "sql.read";

/// What one instance answered.
struct InstanceRead
{
    Uuid instance;
    std::string path; ///< "db1/my3306"
    std::optional<Error> error;
    SqlResults results;
};

/// Asks all instances at once and waits for all; the audit row ("sql.read") is committed before the first is asked.  Of each result at most `keptRows` are kept.  `took` is called with each item
/// as it comes, one at a time, on another thread; it must be short; so is `ended`, when an instance has said its last.  Their hosts must be in the pool's set.  What is stopped is
/// killed on the servers.  Errors: those of Session.
Result<std::vector<InstanceRead>> readScript(store::Session &session, remote::AgentPool &pool, const Fleet &fleet, const std::vector<Uuid> &instances, wire::SqlArgs args,
                                             const std::stop_token &stop = {}, const std::function<void(std::size_t at, const Json &item)> &took = {},
                                             std::size_t keptRows = 10'000'000, const std::function<void(std::size_t at, const std::optional<Error> &error)> &ended = {});

} // namespace zandb::batchsql
