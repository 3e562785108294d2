// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/sqlclient.h"

#include <set>
#include <string>
#include <vector>

namespace zandb::agent {

/// What an account may do on the whole server, as SHOW GRANTS tells it.  Rights on single schemas or tables do not
/// count: watching and backups need all of them.  A value.
class Grants
{
public:
    /// The lines of SHOW GRANTS; lines of other shapes are skipped.
    static Grants parse(const std::vector<std::string> &lines);
    /// Of the connection's own account with its active roles.  Note that a session keeps the rights it began with.
    /// Errors: instance.down, sql.failed.
    static Result<Grants> read(SqlClient &client);

    /// Whether the right (upper case) is granted on *.*; the names MariaDB uses for one right are the same here
    /// (REPLICATION CLIENT and BINLOG MONITOR, SLAVE MONITOR and REPLICA MONITOR).
    bool has(std::string_view right) const;
    /// Schemas this right was taken back for (MySQL's partial revokes), as `name`.
    std::vector<std::string> revokedOn(std::string_view right) const;

private:
    bool m_all = false;
    std::set<std::string, std::less<>> m_rights;
    std::vector<std::pair<std::string, std::string>> m_revoked; ///< right, schema
};

} // namespace zandb::agent
