// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"

/// The error codes of making new instances.
namespace zandb::errors {

inline constexpr ErrorCode provisionClash{"provision.clash", ErrorClass::Permanent};         // instance, clashes
inline constexpr ErrorCode provisionForeign{"provision.foreign", ErrorClass::Permanent};     // instance, path
inline constexpr ErrorCode provisionFailed{"provision.failed", ErrorClass::Permanent};       // instance, step, detail
inline constexpr ErrorCode provisionNotStarted{"provision.not_started", ErrorClass::Permanent}; // instance, detail
inline constexpr ErrorCode provisionNoBackup{"provision.no_backup", ErrorClass::Permanent};  // instance
inline constexpr ErrorCode provisionTemplate{"provision.template", ErrorClass::Permanent};   // template, detail

} // namespace zandb::errors
