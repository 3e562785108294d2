// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"

/// Beside errors.h: how statements of people end.
namespace zandb::errors {

inline constexpr ErrorCode sqlLockWait{"sql.lock_wait", ErrorClass::Transient};             // instance, errno, detail
inline constexpr ErrorCode sqlDeadlock{"sql.deadlock", ErrorClass::Transient};              // instance, errno, detail
inline constexpr ErrorCode sqlTableChanged{"sql.table_changed", ErrorClass::Transient};     // instance, errno, detail
inline constexpr ErrorCode sqlConnectionLost{"sql.connection_lost", ErrorClass::Transient}; // instance, errno, detail (unknown when it may have written)
inline constexpr ErrorCode sqlTimedOut{"sql.timed_out", ErrorClass::Permanent};             // instance, seconds
inline constexpr ErrorCode sqlKilled{"sql.killed", ErrorClass::Permanent};                  // instance, errno, detail

} // namespace zandb::errors
