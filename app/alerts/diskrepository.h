// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/alerts/watch.h"

/// How full disks were, once an hour: what the forecast is made from.  All calls block.  Errors: those of Session.
namespace zandb::alerts {

/// Writes down what hosts that answer say now: one row for each disk and hour.
Result<void> keepDiskReadings(store::Session &session, const Fleet &fleet);
/// By host and mount, oldest first.
Result<std::map<std::pair<Uuid, std::string>, std::vector<DiskReading>>> diskReadings(store::Session &session, TimePoint since);

} // namespace zandb::alerts
