// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/instances.h"
#include "agent/rules/sqlguard.h"

namespace zandb::agent {

/// What only a running server can tell of a statement that the guard lets through.  Each refusal has a stable name.
class SqlChecks
{
public:
    SqlChecks(const Config &config, const LocalInstance &instance) : m_config(config), m_instance(instance) {}

    /// The name of the refusal; "" when it may run now.  Names:
    /// - `no_catalogue`: PURGE, and shorter expiry of binlogs, until there is a catalogue of binlogs;
    /// - `no_undo`: bounded UPDATE and DELETE, as long as the rows before them are not recorded;
    /// - `accounts_unchecked`: class A, until definers, last administrators and the agent's own accounts are looked at;
    /// - `second_person`: grants that need two persons;
    /// - `replica`: classes X, D, H and A on an instance that replicates from another;
    /// - `not_base_table`, `triggers`, `cascades`: class H;
    /// - `protected_session`: KILL of replication, the event scheduler, the system, or the agent's own;
    /// - `no_gtid`: RESET REPLICA without positioning by GTID;
    /// - `range`: a value of a variable that is out of what is sensible on this server.
    ///
    /// Errors: those of connectTo() and of the queries.
    Result<std::string> refusal(const rules::Verdict &verdict);

private:
    Result<SqlClient *> client();
    Result<std::string> checkTables(const std::vector<rules::GuardTable> &tables);
    Result<std::string> checkKill(std::uint64_t thread);
    Result<std::string> checkVariable(const rules::GuardAssignment &assignment);
    Result<std::string> checkReset();

    const Config &m_config;
    const LocalInstance &m_instance;
    std::unique_ptr<SqlClient> m_client;
};

} // namespace zandb::agent
