// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/series.h"

#include <optional>
#include <vector>

namespace zandb {

/// What a counter of a server grew by in each of `count` steps from `from` on, by the later one of two neighbouring readings.  None: it has no reading there at all.  A counter that became
/// smaller was begun anew, and readings further apart than ten of their own steps say nothing of what was between them.  `history` is oldest first.  Pure, thread-safe.
std::optional<std::vector<std::int64_t>> counterSteps(const std::vector<Series> &history, std::size_t column, TimePoint from, Microseconds step, std::size_t count);

} // namespace zandb
