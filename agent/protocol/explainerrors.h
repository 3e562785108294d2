// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"

/// Beside errors.h: the codes of `slowlog.explain`.
namespace zandb::errors {

/// `reason` is a code of the guard (agent/rules/guardreasons.h) or of agent/rules/explainable.h.
inline constexpr ErrorCode explainRefused{"explain.refused", ErrorClass::Permanent}; // instance, reason, detail

} // namespace zandb::errors
