// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/checks/keyusage.h"
#include "models/fleet/fleet.h"

namespace zandb {

/// From which share or how few days on keys of an instance are told of.
struct KeyThresholds
{
    std::int64_t percent = 75;
    std::int64_t days = 60;
};
KeyThresholds keyThresholdsOf(const Fleet &fleet, const Uuid &instance);

/// What the alert `key.overflow` says: name (of the instance), count, key (the worst: no days left, else the fewest days, else the fullest), ppm, days_left (whole days); severity
/// "critical" when it lasts a week or less.
Json keyAlertDetail(const std::vector<KeyRecord> &full, const Fleet &fleet);

} // namespace zandb
