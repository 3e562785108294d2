// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/headless/storework.h"
#include "app/store/session.h"
#include "models/fleet/fleet.h"

namespace zandb::headless {

/// Raises or clears binlog.hole, binlog.lost, binlog.expiry and binlog.archive of all instances whose binlogs are known.
Result<void> tellOfBinlogs(store::Session &session, const Fleet &fleet, TimePoint now);
/// The same every time it is called, on a session of its own.
StoreWork::Work tellingOfBinlogs(const StoreSettings &settings);

} // namespace zandb::headless
