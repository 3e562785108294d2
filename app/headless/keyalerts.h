// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/headless/storework.h"
#include "app/store/session.h"
#include "models/fleet/fleet.h"

namespace zandb::headless {

/// Raises or clears `key.overflow` for each instance that was checked after `since`, by the thresholds of its group.  Returns the time of the newest
/// pass there is: the next call's `since`.  Errors: those of Session.
Result<TimePoint> tellOfFullKeys(store::Session &session, const Fleet &fleet, TimePoint since);
/// Tells of keys that come near their end, for the instances that were checked since the last look; for a StoreWork of a minute.
StoreWork::Work tellingOfFullKeys(const StoreSettings &settings);

} // namespace zandb::headless
