// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/fleet/collected.h"
#include "models/slowlog/slowblock.h"

/// Slow statements on their way into the store.  Every function blocks and uses the session of its caller.
namespace zandb::slowlog {

/// A batch of a source "slowlog/INSTANCE" as it came.
struct SlowBatchIn
{
    std::int64_t number = 0;
    wire::SlowMinute minute;
};

/// Stores batches of one source exactly once (fleet::storeCollected): a piece for each minute, digests seen for the first time, and examples that are slower
/// or newer than those kept.  When the store does not know the instance yet nothing is stored and `stored` is false: its batches come again.
/// Errors: those of Session.
Result<fleet::Collected> storeBatches(store::Session &session, const fleet::CollectedFrom &from, const std::vector<SlowBatchIn> &batches);

/// What an agent says about where slow statements come from; `sources` are of one host.  Names the store does not know are left out, and rows are
/// written only when something changed.
Result<void> storeSources(store::Session &session, const Uuid &host, const std::vector<wire::SlowSource> &sources);

} // namespace zandb::slowlog
