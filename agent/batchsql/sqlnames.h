// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/instances.h"
#include "agent/protocol/batchsql.h"

#include <optional>
#include <string>
#include <string_view>

namespace zandb::agent {

/// Names of schemas, tables and columns from what the server has in memory or in its own dictionary: no table is opened and no metadata lock is asked for, so a
/// DDL that runs holds it up as little as it holds up the DDL; only where types are asked for MariaDB opens the tables of that schema.  Each query ends after three
/// seconds.
/// Errors: those of connectTo(), instance.down, sql.failed.
Result<wire::SqlNames> namesOf(const Config &config, const LocalInstance &instance, const wire::SqlNamesArgs &args);

/// A table's name from that of its file ("a@002db" is "a-b"), without what marks a partition; nothing for a form that is not known.  Pure.
std::optional<std::string> nameOfFile(std::string_view file);

} // namespace zandb::agent
