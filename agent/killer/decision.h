// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/killer.h"

#include <string>
#include <string_view>
#include <vector>

/// Whether a running statement may be ended, as a pure function of what the server says of it and of a policy.  Thread-safe.
namespace zandb::agent {

/// A session that runs something now.
struct RunningStatement
{
    std::uint64_t connection = 0;
    std::uint64_t statement = 0; ///< the server's own number of it, which no other of this connection has; 0: none is known
    std::string user;
    std::string host;            ///< without the port
    std::string schema;
    std::string command;         ///< "Query", "Execute", ...
    std::string state;
    std::string text;            ///< what it runs, as far as the server tells
    std::string program;         ///< what the client calls itself; empty: not known
    std::string thread;          ///< "thread/sql/one_connection" of MySQL; empty: not known
    double seconds = 0;          ///< it has been running
    TimePoint startedAt{};
    std::optional<std::int64_t> rowsExamined;
    std::optional<std::int64_t> rowsSent;
    std::optional<std::int64_t> rowsModified; ///< by its transaction so far; none: could not be read
};

/// Why nobody may end it, whatever a policy says.
enum class Protected {
    No,
    Replication,     ///< an applier or a receiver, or one that streams the binlog
    System,          ///< the server's own thread or account
    EventScheduler,  ///< the scheduler or an event of its
    Own,             ///< a session of ZanDB's accounts
    Backup,          ///< dumps and backups
    NotAStatement,   ///< it sleeps, ends already or says no text
    Definition,      ///< DDL and everything else that is no plain reading or changing of rows
    ModifiedUnknown  ///< nobody says how much its transaction has changed
};
std::string_view toString(Protected reason);

/// `ownAccounts`: the accounts that the agent uses on this server, at localhost.
Protected protectionOf(const RunningStatement &running, const std::vector<std::string> &ownAccounts);
/// wire::matches() of a running statement; `checksum`: of its fingerprint.
bool matches(const wire::KillPolicy &policy, const RunningStatement &running, std::string_view checksum);
/// The first word of a statement in upper case, behind comments and parentheses.  Empty: none, or a comment before it that some
/// servers run.
std::string leadingWord(std::string_view text);

} // namespace zandb::agent
