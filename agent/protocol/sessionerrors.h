// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"

/// Beside errors.h: the codes of `sessions.*`.
namespace zandb::errors {

inline constexpr ErrorCode sessionGone{"session.gone", ErrorClass::Permanent};           // instance, id
inline constexpr ErrorCode sessionChanged{"session.changed", ErrorClass::Permanent};     // instance, id
inline constexpr ErrorCode sessionProtected{"session.protected", ErrorClass::Permanent}; // instance, id, reason

} // namespace zandb::errors
