// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/fleet/collected.h"
#include "app/store/session.h"
#include "models/config/configrevision.h"
#include "models/workflow/run.h"

/// What was changed of configurations, in the store.  Blocks; uses the session of its caller.
namespace zandb::config {

/// The revisions that a run's result makes; their ids are derived, so that writing them twice is harmless.
std::vector<ConfigRevision> revisionsOf(const Run &run, const wire::ConfigResult &result);
/// In the caller's transaction; raises `config`.  The time is the store's.
Result<void> storeRevisions(store::Session &session, const std::vector<ConfigRevision> &revisions);

/// What agents took back after a crash, from `config/INSTANCE`: a row for each variable, under the id that the change would have had.  As storeCollected().
struct RecoveredBatch
{
    std::int64_t number = 0;
    wire::ConfigRecovered recovered;
};
Result<fleet::Collected> storeRecovered(store::Session &session, const fleet::CollectedFrom &from, const std::vector<RecoveredBatch> &batches);

struct HistoryFilter
{
    std::optional<std::vector<Uuid>> instances; ///< none: all
    std::string name;                           ///< of a variable; "": all
    int limit = 200;
};
/// Newest first.
Result<std::vector<ConfigRevision>> loadRevisions(store::Session &session, const HistoryFilter &filter);
/// By id or the beginning of one.  Errors: not_found (also when several begin so).
Result<ConfigRevision> findRevision(store::Session &session, const std::string &id);
/// A change with all rows that belong to it (isSameChange).
Result<std::vector<ConfigRevision>> wholeChange(store::Session &session, const ConfigRevision &revision);

} // namespace zandb::config
