// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"

/// The error codes of changes of a server's configuration.
namespace zandb::errors {


inline constexpr ErrorCode configNotEditable{"config.not_editable", ErrorClass::Permanent};       // variable, where, detail
inline constexpr ErrorCode configUnknownVariable{"config.unknown_variable", ErrorClass::Permanent}; // instance, variable
inline constexpr ErrorCode configNotDynamic{"config.not_dynamic", ErrorClass::Permanent};         // instance, variable
inline constexpr ErrorCode configOutOfRange{"config.out_of_range", ErrorClass::Permanent};        // instance, variable, value, detail
inline constexpr ErrorCode configForbidden{"config.forbidden", ErrorClass::Permanent};            // instance, variable, detail
inline constexpr ErrorCode configChanged{"config.changed", ErrorClass::Permanent};                // instance, variable, expected, value
inline constexpr ErrorCode configTrialFailed{"config.trial_failed", ErrorClass::Permanent};       // instance, detail
inline constexpr ErrorCode configRolledBack{"config.rolled_back", ErrorClass::Permanent};         // instance, detail
inline constexpr ErrorCode configNotRolledBack{"config.not_rolled_back", ErrorClass::Unknown};    // instance, detail

} // namespace zandb::errors
