// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/sqlclient.h"

namespace zandb::agent {

/// All accounts and roles with their grants, as statements.  Holds password hashes.  Errors: instance.not_permitted
/// when the account may not read them.
Result<std::string> accountStatements(SqlClient &client);

} // namespace zandb::agent
