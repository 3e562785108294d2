// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/instances.h"
#include "agent/rules/sqlguard.h"

#include <algorithm>

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
    /// `accepted`: names of refusals that a person has accepted, of those that can be.
    SqlChecks(const Config &config, const LocalInstance &instance, std::vector<std::string> accepted = {})
        : m_config(config), m_instance(instance), m_accepted(std::move(accepted))
    {
    }

    /// Why it may not run now.  Names:
    /// - `no_catalogue`: PURGE, and shorter expiry of binlogs, until there is a catalogue of binlogs;
    /// - of class A those of checkAccounts();
    /// - `replica`: classes X, D, H and A on an instance that replicates from another;
    /// - `not_base_table`, `triggers`, `cascades`: classes D and H; what else bounded statements need inspectBounded() tells;
    /// - `protected_session`: KILL of replication, the event scheduler, the system, or the agent's own;
    /// - `no_gtid`: RESET REPLICA without positioning by GTID;
    /// - `range`: a value of a variable that is out of what is sensible on this server or host;
    /// - and unless accepted `durability` (a primary would forget commits in a crash), `copies_table` and `locks_table` (ALGORITHM=COPY, LOCK=EXCLUSIVE
    ///   on a table beyond largeTable bytes), `unique_index` and `foreign_key_index` (dropped).
    ///
    /// Errors: those of connectTo() and of the queries.
    Result<Refusal> refusal(const rules::Verdict &verdict);
    /// `replica`: it replicates from another.
    Result<Refusal> checkReplica();
    /// `not_base_table`, `triggers`, `cascades`.
    Result<Refusal> checkTables(const std::vector<rules::GuardTable> &tables);
    /// Of class X, where the server does not take the online way: `copies_table`.
    Result<Refusal> checkCopying(const rules::GuardTable &table);

private:
    static constexpr std::int64_t largeTable = 1LL << 30;
    bool isAccepted(std::string_view name) const { return std::ranges::find(m_accepted, name) != m_accepted.end(); }
    Result<Refusal> checkIndexes(const rules::GuardSubject &subject);
    Result<Refusal> checkSize(const rules::GuardTable &table, const char *name);
    Result<Refusal> checkDurability(const rules::GuardAssignment &assignment, double value);
    Result<Refusal> checkMemory(double value);
    Result<SqlClient *> client();
    Result<Refusal> checkKill(std::uint64_t thread);
    Result<Refusal> checkVariable(const rules::GuardAssignment &assignment);
    Result<Refusal> checkReset();

    const Config &m_config;
    const LocalInstance &m_instance;
    const std::vector<std::string> m_accepted;
    std::unique_ptr<SqlClient> m_client;
};

} // namespace zandb::agent
