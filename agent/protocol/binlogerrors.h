// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/errors.h"

/// Codes about binlogs (the rest stands in agent/protocol/errors.h).
namespace zandb::errors {

inline constexpr ErrorCode binlogOff{"binlog.off", Permanent};               // instance
inline constexpr ErrorCode binlogGap{"binlog.gap", Permanent};               // file, next, missing
inline constexpr ErrorCode binlogDamaged{"binlog.damaged", Permanent};       // file, detail
inline constexpr ErrorCode binlogNotHere{"binlog.not_here", Permanent};      // file, repository
inline constexpr ErrorCode binlogTarget{"binlog.target", Permanent};         // detail
inline constexpr ErrorCode binlogEncrypted{"binlog.encrypted", Permanent};   // instance, file

} // namespace zandb::errors
