// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"

/// Beside errors.h: the codes of scripts of the catalogue.
namespace zandb::errors {

inline constexpr ErrorCode scriptUnknown{"script.unknown", ErrorClass::Permanent};       // script, host
inline constexpr ErrorCode scriptParameter{"script.parameter", ErrorClass::Permanent};   // script, parameter, detail
inline constexpr ErrorCode scriptNotAllowed{"script.not_allowed", ErrorClass::Permanent}; // script, role
inline constexpr ErrorCode scriptUnusable{"script.unusable", ErrorClass::Permanent};     // script, detail
inline constexpr ErrorCode scriptFailed{"script.failed", ErrorClass::Permanent};         // script, status, detail
/// The program ended with 75, which sysexits.h calls EX_TEMPFAIL: the same may succeed later.
inline constexpr ErrorCode scriptTemporary{"script.temporary", ErrorClass::Transient};   // script, detail
inline constexpr ErrorCode scriptTimeout{"script.timeout", ErrorClass::Permanent};       // script, limit

} // namespace zandb::errors
