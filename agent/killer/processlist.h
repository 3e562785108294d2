// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/sqlclient.h"
#include "agent/killer/decision.h"

namespace zandb::agent {

/// What runs on a server.  On MySQL from performance_schema, whose times no session can falsify (with SET timestamp TIME counts from there) and
/// which takes no lock that sessions need; on MariaDB, and where performance_schema is off, from the process list.  Not thread-safe;
/// calls block.
class ProcessList
{
public:
    explicit ProcessList(SqlClient &client) : m_client(client) {}

    /// A statement, as far as one query for all sessions tells: neither its transaction's changes nor its program, and its text may be cut.
    struct Entry
    {
        RunningStatement running;
        bool timeIsSure = true; ///< false: its session may have moved the clock that `seconds` is of
    };
    /// Statements that ran for `seconds` at least.  Errors: instance.*, sql.failed.
    Result<std::vector<Entry>> longerThan(double seconds);
    /// What this connection runs now, with everything; none when it runs nothing or is gone.
    Result<std::optional<Entry>> of(std::uint64_t connection);
    /// Ends the statement, or its connection.  False when there was nothing to end any more.  On MariaDB a statement is named by its own number,
    /// so that never the connection's next one is ended.
    Result<bool> kill(const RunningStatement &running, bool connection);

private:
    Result<std::vector<Entry>> read(const std::string &condition);
    Result<void> prepare();

    SqlClient &m_client;
    bool m_prepared = false;
    bool m_hasSchema = false;   ///< performance_schema shows sessions
    bool m_hasSentRows = false; ///< MariaDB 11 and later
};

} // namespace zandb::agent
