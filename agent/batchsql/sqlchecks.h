// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/instances.h"
#include "agent/rules/sqlguard.h"

namespace zandb::agent {

/// Why a statement may not run now; an empty name: it may.
struct Refusal
{
    std::string name;
    std::string detail = {}; ///< plain English, may be empty
    explicit operator bool() const { return !name.empty(); }
};

/// What only a running server can tell of a statement that the guard lets through.  Each refusal has a stable name.
class SqlChecks
{
public:
    SqlChecks(const Config &config, const LocalInstance &instance) : m_config(config), m_instance(instance) {}

    /// Why it may not run now.  Names:
    /// - `no_catalogue`: PURGE, and shorter expiry of binlogs, until there is a catalogue of binlogs;
    /// - `accounts_unchecked`: class A, until definers, last administrators and the agent's own accounts are looked at;
    /// - `second_person`: grants that need two persons;
    /// - `replica`: classes X, D, H and A on an instance that replicates from another;
    /// - `not_base_table`, `triggers`, `cascades`: classes D and H; what else bounded statements need inspectBounded() tells;
    /// - `protected_session`: KILL of replication, the event scheduler, the system, or the agent's own;
    /// - `no_gtid`: RESET REPLICA without positioning by GTID;
    /// - `range`: a value of a variable that is out of what is sensible on this server.
    ///
    /// Errors: those of connectTo() and of the queries.
    Result<Refusal> refusal(const rules::Verdict &verdict);
    /// `replica`: it replicates from another.
    Result<Refusal> checkReplica();
    /// `not_base_table`, `triggers`, `cascades`.
    Result<Refusal> checkTables(const std::vector<rules::GuardTable> &tables);

private:
    Result<SqlClient *> client();
    Result<Refusal> checkKill(std::uint64_t thread);
    Result<Refusal> checkVariable(const rules::GuardAssignment &assignment);
    Result<Refusal> checkReset();

    const Config &m_config;
    const LocalInstance &m_instance;
    std::unique_ptr<SqlClient> m_client;
};

} // namespace zandb::agent
