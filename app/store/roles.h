// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"

#include <set>
#include <utility>

/// The roles of a store: zandb_viewer (reads), zandb_operator (what a console writes; never member or lease), zandb_dispatcher
/// (what a headless instance writes), zandb_admin (the whole schema).
namespace zandb::store {

std::vector<std::string> roleNames();
/// The statements that grant the roles their tables.  `escapeWildcards`: the server takes the name of a database in GRANT for a
/// pattern.
std::vector<std::string> roleStatements(const std::string &schema, bool escapeWildcards = true);

/// Rights, each with a column; empty: the whole object.
using Rights = std::set<std::pair<std::string, std::string>>;

/// One line of SHOW GRANTS.
struct Grant
{
    std::string grantee;      ///< its name without the host
    std::string roles;        ///< of a role that was granted: as written; the rest is empty then
    std::string object;       ///< as written: "`zandb`.`host`", "PROCEDURE `zandb`.`p`"
    std::string database;     ///< empty: all of them
    std::string table;        ///< or routine; empty: all of them
    Rights rights;
    bool grantOption = false;
};
/// none: something else, like a proxy or a partial revoke.
std::optional<Grant> parseGrant(std::string_view line);

/// The statements that take from `role` whatever it may do in the session's schema, and on the whole server, beyond the list.  What
/// it may do in other schemas is not looked at: they may be other stores.  Errors: those of Session; store.denied when the account
/// may not see what others were granted.
Result<std::vector<std::string>> surplusOf(Session &session, const std::string &role, bool escapeWildcards);

} // namespace zandb::store
