// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/killer/killpolicies.h"

/// Kill policies in the store.  Every function blocks and uses the session of its caller.
namespace zandb::killer {

/// All that is said, by place and name.  What cannot be read counts as "does not hold here".
Result<std::vector<KillPolicyRow>> loadPolicies(store::Session &session);
/// What this place says from now on about the policy of this name; `policy` none: it does not hold here, whatever is said above.  Audited, and raises `killer`.
/// `known`: the revision its editor has seen; 0: there was none; none: whatever there is.  Errors: killer.policy (detail), not_found (the place), store.conflict.
Result<void> setPolicy(store::Session &session, KillScope kind, const Uuid &scope, const std::string &name, const std::optional<wire::KillPolicy> &policy,
                       std::optional<std::int64_t> known = std::nullopt);
/// This place says nothing any more.  Errors: not_found, store.conflict.
Result<void> removePolicy(store::Session &session, const Uuid &scope, const std::string &name, std::optional<std::int64_t> known = std::nullopt);

/// What each of these instances' agents is to be told.  A set that is another than before gets a revision of its own, which only grows, also
/// over a store that was restored.  Instances without policies that never had any are left out.
Result<std::map<Uuid, wire::KillSet>> killSets(store::Session &session, const Fleet &fleet, const std::vector<Uuid> &instances);
/// The same set under a new revision, for an agent that holds a later one than the store knows.
Result<wire::KillSet> raiseRevision(store::Session &session, const Uuid &instance, wire::KillSet set);

} // namespace zandb::killer
