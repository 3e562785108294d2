// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/sqlclient.h"
#include "agent/protocol/time.h"
#include "agent/runtime/work.h"

#include <set>

namespace zandb::agent {

/// A connection of the server and what it does.
struct ServerThread
{
    std::uint64_t id = 0; ///< of the connection
    std::string user;
    std::string host;
    std::string command;
    std::int64_t seconds = 0; ///< since its statement began, or since it is idle
    std::string state;
    std::string info;
    std::string schema; ///< its default one
};
/// All of them.  Errors: those of SqlClient::query.
Result<std::vector<ServerThread>> processList(SqlClient &client);

/// Looks at the threads that matter for locks, often.  Not thread-safe.
class ThreadWatch
{
public:
    /// Learns whether performance_schema can be asked, which holds up no other session as SHOW PROCESSLIST does.
    explicit ThreadWatch(SqlClient &client);
    /// The threads that run a statement or wait for a lock, and all of `account`.
    Result<std::vector<ServerThread>> busy(SqlClient &client, const std::string &account) const;

private:
    bool m_byPerformanceSchema = false;
};

/// It waits for a lock of the whole server.
bool waitsForGlobalLock(const ServerThread &thread);
/// It waits for such a lock or for one of a table, schema or routine.
bool waitsForLock(const ServerThread &thread);
/// Its statement asks for such a lock, or gives one back.
bool isLocking(const ServerThread &thread);
/// A statement of a session, and not of the server itself.
bool isStatement(const ServerThread &thread);

/// For Progress::waitsFor: statements may be long, and what is told of the progress is not.
std::map<std::string, std::string> shortened(std::map<std::string, std::string> fields);

/// Waits until no statement of others is older than `oldest`; at most `limit`.  Errors: backup.blocked (seconds,
/// limit, id, user, host, since, statement without its literals), cancelled, those of the connection.
Result<void> waitForLongStatements(SqlClient &client, std::chrono::seconds oldest, std::chrono::seconds limit,
                                   WorkContext &context);

/// One life of a server, from its start to its end.
struct ServerLife
{
    TimePoint began{}; ///< by its own uptime, which counts whole seconds
    pid_t pid = 0;     ///< 0 when it cannot be told
    std::uint64_t processStart = 0; ///< as in /proc/PID/stat; 0 when it cannot be told
    std::uint64_t connection = 0;   ///< the id of a connection in it: ids grow until the server ends

    /// Whether `later`, seen after this one, is another life.
    bool endedBefore(const ServerLife &later) const;
};
/// The life that the connection is in.
Result<ServerLife> serverLife(SqlClient &client);

/// Why a session that waits for a lock does not get it: backup.lock_held (seconds, id, user, host, since,
/// statement) where the server tells who holds it (performance_schema with metadata locks, or the plugin
/// metadata_lock_info) or only one session can; otherwise backup.lock_unknown (seconds, sessions, tables).  `ours` are
/// the connections that are not in question, and neither are the agent's sessions under its `accounts`.  Statements come
/// without their literals.
Error lockError(SqlClient &client, std::uint64_t waiter, std::chrono::seconds waited, const std::set<std::uint64_t> &ours,
                const std::set<std::string> &accounts);

} // namespace zandb::agent
