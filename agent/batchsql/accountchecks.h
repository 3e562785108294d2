// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/batchsql/sqlchecks.h"

namespace zandb::agent {

/// What rule 4b asks of a statement of class A.  Names:
/// - `second_person`: RELOAD, REPLICATION SLAVE, EVENT and TRIGGER are granted by two persons;
/// - `own_account`: one of the agent's own;
/// - `protected_account`: root, mysql, mysql.*, mariadb.sys are never locked, dropped or stripped;
/// - `no_account`: GRANT to nobody;
/// - `no_password`: UNLOCK of an account that anybody could use then;
/// - `last_administrator`, `definer`: dropped, locked or stripped;
/// - `accounts_unchecked`: the agent may not see all that has a definer.
///
/// Errors: those of the queries.
Result<Refusal> checkAccounts(SqlClient &client, const Config &config, const rules::GuardSubject &subject);

} // namespace zandb::agent
