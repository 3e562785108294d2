// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"

namespace zandb::errors {

// statements that are ended, beside agent/protocol/errors.h
inline constexpr ErrorCode killerPolicy{"killer.policy", ErrorClass::Permanent};        // detail ("longer_than", ... of agent/protocol/killer.h)
inline constexpr ErrorCode killerOlder{"killer.older_revision", ErrorClass::Permanent}; // instance, revision, held

} // namespace zandb::errors
