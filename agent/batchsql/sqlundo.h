// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/work.h"

namespace zandb::agent {

/// The work of kind `sql_undo`: puts back what bounded UPDATEs and DELETEs of a run have changed, by the rows that were recorded before them, the newest
/// statement first and its last row first.  Of an UPDATE only columns that it changed are set, and only where they still hold the values that
/// it wrote; a deleted row is inserted again where its key is not there.  Each row is read under its lock before, and compared byte by byte
/// before and after.  Each statement is undone in one transaction; its rows leave as items once that is committed.
///
/// Errors: order.args, instance.unknown, instance.down, instance.access, sql.refused (unconfirmed, `replica`, `not_base_table`, `triggers`, `cascades`),
/// sql.nothing_kept, sql.undo_incomplete (some rows were left), cancelled, sql.lock_wait, sql.deadlock, sql.connection_lost (`unknown` when COMMIT was sent).
Result<Json> sqlUndoWork(WorkContext &context);

} // namespace zandb::agent
