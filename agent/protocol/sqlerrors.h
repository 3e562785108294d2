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

/// The rule of batch SQL lets it not through: `reason` is a code of the guard (agent/rules/guardreasons.h) or of what only a running agent can check.
inline constexpr ErrorCode sqlRefused{"sql.refused", ErrorClass::Permanent};                // instance, statement (from 1), reason, rule, at, detail
/// One statement of a script failed, and those behind it were not run; the cause says how.
inline constexpr ErrorCode sqlStatementFailed{"sql.statement_failed", ErrorClass::Permanent}; // instance, statement (from 1), of; the class is the cause's

/// A bounded statement would have changed other rows than those that were recorded before it; it was taken back.
inline constexpr ErrorCode sqlOtherRows{"sql.other_rows", ErrorClass::Transient};           // instance, table, detail
/// The host keeps nothing of the run that could be put back.
inline constexpr ErrorCode sqlNothingKept{"sql.nothing_kept", ErrorClass::Permanent};       // instance, run
/// Some rows were left as they are, since somebody has changed them since, or the server refused them.
inline constexpr ErrorCode sqlUndoIncomplete{"sql.undo_incomplete", ErrorClass::Permanent}; // instance, restored, left

// said by programs that lead a script over many instances
inline constexpr ErrorCode sqlWavesStopped{"sql.waves_stopped", ErrorClass::Permanent};     // failed, of
inline constexpr ErrorCode sqlReplicasLag{"sql.replicas_lag", ErrorClass::Permanent};       // instance, seconds ("?": its server cannot tell), limit
inline constexpr ErrorCode sqlServerBusy{"sql.server_busy", ErrorClass::Permanent};         // instance, running, limit

} // namespace zandb::errors
