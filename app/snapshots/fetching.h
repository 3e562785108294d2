// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/snapshot.h"
#include "agent/protocol/workflow.h"
#include "app/remote/agentpool.h"
#include "app/store/session.h"

#include <stop_token>

/// Snapshots on their way from the agents' items into the store.  All functions block and use the session of their caller.
namespace zandb::snapshots {

/// An attempt that has ended; its items wait at its agent for a week.
struct Pending
{
    wire::OrderKey key;
    Uuid host;
    Uuid instance;
    wire::SnapshotResult result;
};

/// Notes it in the caller's transaction.
Result<void> note(store::Session &session, const Pending &pending);
/// What waits on a host, oldest first.
Result<std::vector<Pending>> listPending(store::Session &session, const Uuid &host);
/// Fetches the items and stores the snapshot of its day, in one transaction with the end of waiting: done again it does no harm.  False: the agent no longer has
/// them, or what it sent is no snapshot; it is not asked again.  The pool knows the host.  Errors: those of the pool and of Session; it waits on.
Result<bool> fetch(store::Session &session, remote::AgentPool &pool, const Pending &pending, const std::stop_token &stop = {});

} // namespace zandb::snapshots
