// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/slowlog/finding.h"

#include <stop_token>

/// Finds digests that left what is usual of them, by the rule of models/slowlog/regression.h.  Blocks; uses the session of its caller.
namespace zandb::slowlog {

struct Judged
{
    std::int64_t pieces = 0; ///< of an instance and a minute
    std::int64_t opened = 0; ///< findings
    std::int64_t ended = 0;
    bool more = false;       ///< something is left to do now
};
/// Judges the pieces that nobody has judged yet, some hundred at once; each once, whatever dies in between.  Whoever calls holds the lease of `leaseHost`; its row is
/// locked.  Work grows with the digests that are in these pieces, and with open findings.  Raises the topic `slow` when a finding opened or ended.
/// Errors: those of Session.
Result<Judged> judgePieces(store::Session &session, const Uuid &leaseHost);

/// Findings that hold, newest first; with `ended` those too that ended since then.  `instances` empty: of all.  At most 1,000.
Result<std::vector<SlowFinding>> loadFindings(store::Session &session, const std::vector<Uuid> &instances, std::optional<TimePoint> ended = {});

} // namespace zandb::slowlog
