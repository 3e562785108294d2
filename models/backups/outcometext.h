// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/workflow/runtext.h"

namespace zandb {

/// What an attempt left behind: a backup's place and size, what a restore proved, and what could not be cleaned.
/// `kind` is its run's.  Empty while it runs.
QList<Fact> outcomeOf(const Attempt &attempt, const std::string &kind);

} // namespace zandb
