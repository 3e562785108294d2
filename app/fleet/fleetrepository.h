// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/fleet/fleet.h"

/// The fleet's rows.  All calls block; use on a thread that owns the session.  Errors: those of Session.
namespace zandb::fleet {

Result<Fleet> loadFleet(store::Session &session);
/// Reads into a fleet that was loaded before what its hosts and instances have said since: states and when they were heard of,
/// and the contents of those rows only that were written since.  Its hosts, groups and instances stay as they are (topic `fleet`).
Result<void> refreshStates(store::Session &session, Fleet &fleet);
/// Errors: already_exists.
Result<void> addHost(store::Session &session, const Host &host);
/// Compare-and-set by revision.  Errors: store.conflict, not_found.
Result<void> updateHost(store::Session &session, const Host &host);
/// Removes host and instances; runs and backups stay.  Errors: not_found.
Result<void> removeHost(store::Session &session, const Uuid &hostId);
/// Finds or creates a group by its path "production/shop"; null id for the empty path.
Result<std::optional<Uuid>> ensureGroup(store::Session &session, std::string_view path);

/// What one host answered, or why it did not.
struct HostSample
{
    Uuid hostId;
    std::string state;                        ///< of HostState
    std::optional<wire::HostFacts> facts;
    std::optional<std::vector<wire::InstanceState>> instances; ///< none: not asked or no answer
    std::optional<Error> error;
    std::int64_t fence = 0;                   ///< lease token of the writer; an older one changes nothing
};
/// Writes many samples in one transaction with few statements: heartbeats, facts, new instances (by host and name),
/// states; instances no longer reported become "gone".  Rows whose content has not changed (statechange.h) are not written
/// again, only when their host was heard of.  Raises `fleet_state`, and `fleet` when more than figures changed.
Result<void> storeSamples(store::Session &session, const std::vector<HostSample> &samples);

} // namespace zandb::fleet
