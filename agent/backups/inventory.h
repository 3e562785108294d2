// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/backups/manifest.h"
#include "agent/fleet/instances.h"

#include <map>
#include <optional>
#include <set>

namespace zandb::agent {

/// What a server holds, by sources that grants do not hide: InnoDB's own list of tables (needs PROCESS only) and the
/// data directory's files.  Where those may not be read, the server's list of tables stands for them, and only for an
/// account that may see all of it.  All names are as in the file system ("we@002dird/my@002dt").
struct Inventory
{
    std::set<std::string> innodb;       ///< "schema/table", partitions and full-text helpers folded away
    std::map<std::string, std::int64_t> files; ///< "schema/file" with its size
    std::optional<Error> unreadable;    ///< why the data directory cannot be read; `files` is empty then
    std::set<std::string> listed;       ///< then: "schema/table" of other engines than InnoDB, as the server lists them
    std::set<std::string> schemas;      ///< of all sources
    std::int64_t bytes = 0;             ///< of all tablespaces, for estimates
};
/// Errors: instance.not_permitted (PROCESS is missing; neither may the files be read nor has the account SELECT on all),
/// instance.down, sql.failed, those of the helper.
Result<Inventory> takeInventory(SqlClient &client, const LocalInstance &instance, const Config &config);

/// "schema/table" of InnoDB's own list, folded as in Inventory::innodb.  Errors: as above.
Result<std::set<std::string>> innodbTables(SqlClient &client);

/// mysql, sys, performance_schema, information_schema.
bool isSystemSchema(std::string_view schema);
/// "t#P#p0" -> "t", "t#p#p0#sp#x" -> "t".
std::string withoutPartition(std::string_view table);
/// "schema/table.ext" of temporary tables of ALTER, InnoDB's full-text helpers and the like.
bool isHelperFile(std::string_view path);

/// What is missing and what is extra in a backup.
struct CoverageGap
{
    std::set<std::string> missing;
    std::set<std::string> extra;
    bool empty() const { return missing.empty() && extra.empty(); }
    /// backup.coverage with both lists, each cut to 50 names and a count.
    Error error() const;
};
/// Names in both `before` and `after` must be in the backup; what is in the backup must be in one of them.
CoverageGap compareNames(const std::set<std::string> &before, const std::set<std::string> &after,
                         const std::set<std::string> &backup);

/// "schema/table" of all user tables: InnoDB's and those whose files show another engine.
std::set<std::string> userTables(const Inventory &inventory);
/// User tables of engines other than InnoDB ("schema/table").
std::set<std::string> nonInnodbTables(const Inventory &inventory);
/// User schemas as SQL spells them, those without any table too.  `client` tells schemas from other directories.
/// Errors: instance.down.
Result<std::set<std::string>> userSchemas(SqlClient &client, const Inventory &inventory);
/// File names that a physical backup has to hold, with ".ibd" for tablespaces, also for those that lie elsewhere.
std::set<std::string> tableFiles(const Inventory &inventory);

} // namespace zandb::agent
