// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"

/// Beside errors.h: the codes of comparing a replica with its primary, of both sides.
namespace zandb::errors {

inline constexpr ErrorCode consistencyNoPosition{"consistency.no_position", ErrorClass::Permanent}; // instance: it writes no binlog
inline constexpr ErrorCode consistencyReplication{"consistency.replication", ErrorClass::Transient}; // instance, detail
inline constexpr ErrorCode consistencyBehind{"consistency.behind", ErrorClass::Transient};           // instance, seconds, position
inline constexpr ErrorCode consistencyNoPrimary{"consistency.no_primary", ErrorClass::Permanent};    // instance
inline constexpr ErrorCode consistencyFlavours{"consistency.flavours", ErrorClass::Permanent};       // instance, primary

} // namespace zandb::errors
