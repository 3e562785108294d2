// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/batchsql.h"
#include "models/fleet/fleet.h"

/// Names that editors complete, asked of an instance's agent with the caller's own key.
namespace zandb::batchsql {

inline constexpr const char *namesMethod = "sql.names";
Json namesParams(const Instance &instance, const std::string &schema);
/// Errors: those of the call, protocol.malformed.
Result<wire::SqlNames> namesAnswer(Result<Json> answer);

} // namespace zandb::batchsql
