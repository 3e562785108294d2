// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/backups/manifest.h"
#include "agent/fleet/sqlclient.h"

namespace zandb::agent {

/// The accounts of a copy whose tool does not dump them: they must exist before the views and routines they define.
class CopyAccounts
{
public:
    /// `own` is the account (at localhost) that the copy is loaded with.  Both references must outlive this.
    CopyAccounts(SqlClient &client, std::string own, const std::function<void(std::string_view)> &log)
        : m_client(client), m_own(std::move(own)), m_log(log)
    {
    }
    /// Before anything is loaded: the statements of accounts.sql, all but those about the own account, and the definers that
    /// the source lacked too, with all rights.  What cannot be made is logged without its password.  Errors: instance.down.
    Result<void> load(std::string_view accountsSql, const std::vector<MissingDefiner> &missing);
    /// When all is loaded: the own account becomes what it was at the source, and what it lacked is gone again.
    /// Nobody may log in with the own account afterwards.  Errors: instance.down.
    Result<void> finish();

private:
    Result<void> run(const std::string &statement);
    SqlClient &m_client;
    std::string m_own;
    const std::function<void(std::string_view)> &m_log;
    std::vector<std::string> m_later;
};

} // namespace zandb::agent
