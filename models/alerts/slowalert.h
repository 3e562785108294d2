// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace zandb {

/// A digest is slower or more frequent than it usually is on an instance (models/slowlog/regression.h).  Subject: the finding's id; detail: instance, checksum,
/// what ("slower", "more"), fingerprint, and the figures of SlowEvidence.
inline constexpr std::string_view slowRegressionAlert = "slow.regression";

} // namespace zandb
