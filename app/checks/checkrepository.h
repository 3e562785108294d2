// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/checks/keyusage.h"

/// Keys and findings in the store.  Every function blocks and uses the session of its caller.  Errors: those of Session.
namespace zandb::checks {

/// Inside the caller's transaction: what a pass over an instance found takes the place of what stood there; keys keep their points, findings the time
/// they were first seen.  Raises `check`.
Result<void> storePass(store::Session &session, const Uuid &instance, const Uuid &run, TimePoint at, const wire::KeyCheckResult &result);

struct KeyFilter
{
    std::optional<std::vector<Uuid>> instances; ///< none: all
    std::int64_t leastPpm = 0;
    std::optional<double> mostDaysLeft;         ///< keys with so many days left or fewer count too, whatever their share
};
/// The fullest first.
Result<std::vector<KeyRecord>> listKeys(store::Session &session, const KeyFilter &filter, std::size_t limit);
/// By instance, kind and name; `kind` empty: all.
Result<std::vector<CheckFindingRecord>> listFindings(store::Session &session, const std::optional<std::vector<Uuid>> &instances, const std::string &kind,
                                                     std::size_t limit);
/// The last pass of each of these instances; of those that had none, nothing.
Result<std::vector<CheckPass>> listPasses(store::Session &session, const std::optional<std::vector<Uuid>> &instances);

/// The instances that were checked after `since`, with the times of their passes.
Result<std::vector<std::pair<Uuid, TimePoint>>> checkedSince(store::Session &session, TimePoint since);

} // namespace zandb::checks
