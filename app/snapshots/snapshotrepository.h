// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/snapshots/growth.h"
#include "models/snapshots/snapshot.h"

/// Snapshots as the store has them.  Every function blocks and uses the session of its caller.
namespace zandb::snapshots {

/// Writes the snapshot of its day over an earlier one of that day, and the lines for charts.  In the caller's transaction; raises `snapshot`.
/// Errors: those of Session; internal when it cannot be packed.
Result<void> store(store::Session &session, const Uuid &instance, const Uuid &run, const Snapshot &snapshot);
/// Days with a snapshot, oldest first, with what they add up to.
Result<std::vector<SnapshotDayRow>> listDays(store::Session &session, const Uuid &instance, SnapshotDay from, SnapshotDay to);
/// One day; none when there is no snapshot of it.  Errors: those of Session; internal when it cannot be read.
Result<std::optional<Snapshot>> load(store::Session &session, const Uuid &instance, SnapshotDay day);
/// Sizes of schemas and of the largest tables over days, one range read.
Result<SnapshotGrowth> loadGrowth(store::Session &session, const Uuid &instance, SnapshotDay from, SnapshotDay to);
/// Slow and killed statements of an instance on these days.
Result<void> addStatements(store::Session &session, const Uuid &instance, std::vector<SnapshotDayRow> &days);

} // namespace zandb::snapshots
