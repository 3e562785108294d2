// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/fleet/fleet.h"

/// Taking a host out of the fleet.  All calls block; use on a thread that owns the session.  Errors: those of Session.
namespace zandb::workflow {

/// What would miss the host, by names.
struct HostDependents
{
    std::vector<std::string> instances; ///< on it
    std::vector<std::string> named;     ///< tasks that name the host or an instance of it
    std::vector<std::string> tasks;     ///< tasks that have a target on it now, the named ones among them
    std::vector<std::string> replicas;  ///< instances elsewhere that replicate from one of it
    std::vector<Uuid> openRuns;
};
Result<HostDependents> dependentsOf(store::Session &session, const Fleet &fleet, const Uuid &host);

/// Removes host and instances; runs and backups stay.  What has not ended is given up first when `force`.  How many runs that were.
/// Errors: host.open_runs (host, count, runs), not_found.
Result<int> retireHost(store::Session &session, const Host &host, const std::string &person, bool force);

} // namespace zandb::workflow
