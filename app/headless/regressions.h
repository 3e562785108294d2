// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/headless/storework.h"

namespace zandb::headless {

/// Judges slow statements (slowlog::judgePieces) until nothing is due, and keeps the alerts slow.regression as the findings are: for a StoreWork of some seconds.
StoreWork::Work findingRegressions(StoreSettings settings);

} // namespace zandb::headless
