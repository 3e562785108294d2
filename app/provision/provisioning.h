// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/provision.h"
#include "app/store/session.h"
#include "models/fleet/fleet.h"
#include "models/workflow/run.h"

namespace zandb::provision {

/// What a person wants.
struct ProvisionWish
{
    Uuid host;
    int port = 0;
    std::string flavour;              ///< "": see wire::ProvisionArgs
    std::int64_t serverId = 0;        ///< 0: one that is free in the fleet
    std::int64_t bufferPoolBytes = 0; ///< 0: as the template says
    std::string templateName;
    std::string templateText;
    std::optional<Uuid> replicaOf;    ///< the primary
    std::optional<Uuid> backup;       ///< what it begins with; none, of a replica: the newest proved one of its primary, else the newest
    std::string repository;           ///< of the first backup; "": none is made
    std::string author;
};

/// A run with all its steps, which nobody has begun yet.
struct PreparedProvision
{
    RunDetail run;
    wire::ProvisionArgs args;
    std::vector<wire::PreflightCheck> checks; ///< what the fleet says to it; the host's own are asked of its agent
};
/// Errors: not_found (the host, the primary, the backup), provision.no_backup, those of Session.
Result<PreparedProvision> prepareProvision(store::Session &session, const Fleet &fleet, const ProvisionWish &wish);

/// What the primary is to store of the replication account's secret, as the new host's agent tells it.
void setVerifier(PreparedProvision &prepared, const std::string &verifier);

/// Gives the new instance its place in the fleet, as the run's target: the run is of an instance, like all others.  Errors: those of Session.
Result<void> reserveInstance(store::Session &session, PreparedProvision &prepared);

} // namespace zandb::provision
