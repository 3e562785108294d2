// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/sessions.h"
#include "app/remote/agentpool.h"
#include "app/store/session.h"
#include "models/fleet/fleet.h"

/// The process lists of instances, read through their agents with the caller's own key.  All calls block; call them where that is allowed.
namespace zandb::sessions {

/// What one instance answered.
struct InstanceSessions
{
    Uuid instance;
    std::string path; ///< "db1/my3306"
    Result<wire::SessionList> list;
};

struct Wish
{
    bool idle = false; ///< also those that do nothing
    int limit = 200;   ///< of each instance
};

/// Asks all instances at once and waits for all.  Their hosts must be in the pool's set.
std::vector<InstanceSessions> listSessions(remote::AgentPool &pool, const Fleet &fleet, const std::vector<Uuid> &instances, const Wish &wish,
                                           std::chrono::milliseconds timeout = std::chrono::seconds{15});

/// The whole statement that a session of the instance runs, with its literals.  Audited before it is asked for ("session.text").
/// Errors: those of AgentPool, session.gone, session.changed, those of the store.
Result<std::string> readStatement(store::Session &store, remote::AgentPool &pool, const Fleet &fleet, const Uuid &instance, std::int64_t id,
                                  const std::string &user);

/// Kills what was seen in a list of `at`: its statement, or its connection.  Audited before it is sent ("session.kill").
/// Errors: those of AgentPool, session.gone, session.changed, session.protected, instance.not_permitted, those of the store.
Result<void> killSession(store::Session &store, remote::AgentPool &pool, const Fleet &fleet, const Uuid &instance, const wire::Session &seen, TimePoint at,
                         bool connection);

} // namespace zandb::sessions
