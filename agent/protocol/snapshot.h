// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"

#include <string>
#include <vector>

/// Orders of kind `snapshot`: what an instance is made of today.  The attempt leaves it as items (orders.items), in any order:
///
/// - {"facts": {"version", "flavour", "variables": {name: text}, "plugins": [[name, version, status]], "accounts": [[user, host, plugin, locked, has password,
///   is role]] or null, "directories": {"data", "log", "tmp", "binlog": bytes or null}, "missing": [what could not be read]}}, once
/// - {"tables": [[schema, table, engine, file, data, index, rows]]}, some thousands in each item: sizes in bytes, from the tablespace (`file`) and the persistent
///   statistics (`data`, `index`, `rows`: estimates); null: not known.  A table "" is the schema itself (what belongs to none of its tables); a schema ""
///   holds the tablespaces that belong to no schema.
///
/// Nothing of it takes a metadata lock of a user's table, and no hash of a password leaves the server.
namespace zandb::wire {

struct SnapshotArgs
{
    std::string instance;
    int share = 25; ///< percent of the time it may work, 1 to 100; the rest it sleeps
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SnapshotArgs, instance, share)
};

/// The result of an order: what its items add up to.
struct SnapshotResult
{
    TimePoint takenAt{};
    std::string version;
    std::string flavour;        ///< "mariadb", "mysql"
    std::int64_t schemas = 0;
    std::int64_t tables = 0;
    std::int64_t bytes = 0;     ///< of files
    std::vector<std::string> missing;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SnapshotResult, takenAt, version, flavour, schemas, tables, bytes, missing)
};

} // namespace zandb::wire
