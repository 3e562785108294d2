// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/config/drift.h"

/// Standards, what was last read of each instance, and accepted differences, in the store.  Blocks; uses the session of its caller.
namespace zandb::config {

/// In the caller's transaction or alone; raises `drift`.  The time is the store's.  Only what findDrift() looks at is kept.
Result<void> storeFacts(store::Session &session, const Uuid &instance, const wire::ConfigState &state);
/// Of these instances; none: of all.
Result<std::vector<DriftFacts>> loadFacts(store::Session &session);

Result<std::vector<StandardRule>> loadStandard(store::Session &session);
/// `value` none: the variable may differ there.  Audited, and raises `drift`.  Errors: not_found (the place), config.unknown_variable (no instance that was read has
/// it).
Result<void> setStandard(store::Session &session, const Uuid &scope, const std::string &name, const std::optional<std::string> &value);
/// This place says nothing of the variable any more.  Errors: not_found.
Result<void> removeStandard(store::Session &session, const Uuid &scope, const std::string &name);

/// Newest first; those that have ended too.
Result<std::vector<DriftException>> loadExceptions(store::Session &session);
/// Audited, and raises `drift`.  `until` is compared with the store's clock by whoever reads.
Result<void> acceptDrift(store::Session &session, const DriftException &exception);

} // namespace zandb::config
