// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/config.h"
#include "agent/runtime/kind.h"

namespace zandb::agent {

/// What repairJournal() did.
struct JournalRepair
{
    bool wasIntact = false;      ///< nothing was changed
    std::size_t records = 0;     ///< kept
    std::int64_t lostBytes = 0;  ///< of the damaged file, in no record
    std::size_t closed = 0;      ///< attempts known to have begun whose order is lost: each gets a tombstone
    std::size_t interrupted = 0; ///< orders of which no record says whether they began: each ends as interrupted
    std::filesystem::path saved; ///< where the damaged file is now
};

/// Makes the order journal of this host usable again: keeps every record that is whole, and closes with a tombstone each
/// attempt of which it knows that it began but no longer what was ordered, so that it can never begin twice.  An order whose
/// record `started` may be among the lost bytes ends as interrupted, unless a worker's directory tells how it stands.  The damaged
/// file is kept beside it.  Only while no `serve` runs, which holds the state directory's lock.  `kinds`: as `serve` knows them.
/// Errors: io.failed (another process serves, disk), io.disk_full.
Result<JournalRepair> repairJournal(const Config &config, const Kinds &kinds);

} // namespace zandb::agent
