// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/backups/manifest.h"
#include "agent/fleet/sqlclient.h"

#include <map>
#include <set>

namespace zandb::agent {

/// The users' objects of a server, by the server's own lists.  A value.
struct ServerObjects
{
    std::map<ServerObject, std::string> definers; ///< all objects; the definer ("user@host") of those that have one
    std::vector<BrokenView> broken;               ///< views this server itself cannot read
    std::set<std::string> versioned;              ///< tables with system versioning, as tableText()
    std::set<std::string> byTransaction;          ///< those of them whose history counts transactions instead of time
    std::vector<MissingDefiner> missingDefiners;  ///< objects whose definer is not among the accounts
    std::vector<std::string> lacking;             ///< rights without which these lists may be incomplete
};
/// Lists tables, views, sequences, routines, packages, triggers and events, and tries each view without reading a row.
/// A view that somebody has locked for more than a second counts as sound, and so do the rest after five such waits.
/// Errors: instance.down, instance.not_permitted, sql.failed.
Result<ServerObjects> listObjects(SqlClient &client);

/// What stands in the manifest: what was there both before and after the copying must be in the copy; what came or went
/// meanwhile may be.
BackedUpObjects backedUpObjects(const ServerObjects &before, const ServerObjects &after);
/// The warnings that follow from the server's own state: broken views, missing definers.
std::vector<wire::BackupWarning> warningsOf(const BackedUpObjects &objects);

/// "view shop.v"
std::string objectText(const ServerObject &object);
/// A warning with its names, of which at most 50 are kept; `count` tells how many there are.
wire::BackupWarning makeWarning(std::string_view code, const std::vector<std::string> &names);

} // namespace zandb::agent
