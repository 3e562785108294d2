// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/fleet/fleet.h"
#include "models/workflow/unrun.h"

/// The occurrences that made no runs, for the board: rows that are skipped or missed, and what was due and has no row.
namespace zandb::workflow {

/// Those of [from, until) that were due by `now`, the store's clock, of tasks of one kind (empty: of all).  Blocks; on a thread
/// that owns the session.  Errors: those of Session.
Result<std::vector<Unrun>> loadUnrun(store::Session &session, const Fleet &fleet, TimePoint from, TimePoint until, TimePoint now,
                                     std::string_view kind = {});

/// Nothing is said to have been due longer ago than this.
inline constexpr std::chrono::days boardHorizon{90};

} // namespace zandb::workflow
