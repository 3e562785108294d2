// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/sqlclient.h"
#include "agent/runtime/config.h"

namespace zandb::agent {

/// Makes the agent's accounts with the least rights that packaging/HOST.md names, and leaves the server's own root to the OS user root, over the socket.
/// What is there already is completed.  For a connection with all rights that writes no binlog.  Errors: those of SqlClient.
Result<void> makeAccounts(SqlClient &client, const Config &config);

/// On the private server of a copy, which asks nobody for accounts: makes one with all rights, without a password, as which makeAccounts() may do its work, and has
/// the server count accounts from now on.  Returns its name; dropSetupAccount() is for a connection of its own.  Errors: those of SqlClient.
Result<std::string> makeSetupAccount(SqlClient &client, const Config &config);
Result<void> dropSetupAccount(SqlClient &client);

} // namespace zandb::agent
