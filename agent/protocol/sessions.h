// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"

#include <string>
#include <vector>

/// Sessions of an instance: the process list with who blocks whom.  Methods:
/// `sessions.list` {"instance", "idle"?, "limit"?} -> SessionList (role viewer; statements without their literals),
/// `sessions.text` {"instance", "id", "user"} -> {"statement": bytes} (role operator; the whole statement as it was sent),
/// `sessions.kill` SessionKill -> {"killed": true} (role operator).
namespace zandb::wire {

/// Why a session waits for another.
struct SessionBlock
{
    std::int64_t by = 0;  ///< id of the session that holds what is waited for
    std::string kind;     ///< "row", "metadata" or "global"
    std::string object;   ///< schema and table, as far as the server tells
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SessionBlock, by, kind, object)
};

struct Session
{
    std::int64_t id = 0;      ///< of the connection
    std::int64_t queryId = 0; ///< MariaDB's, of the statement; 0 on MySQL
    std::string user;
    std::string host;
    std::string schema;
    std::string command;
    std::string state;
    std::int64_t seconds = 0; ///< since its statement began, or since it is idle
    std::string statement;    ///< without literals, at most 200 bytes
    std::optional<std::int64_t> transactionSeconds; ///< none: it has no InnoDB transaction, or the account may not see that
    std::int64_t rowsModified = 0;                  ///< by that transaction
    std::vector<SessionBlock> blockedBy;
    std::int64_t blocks = 0;        ///< how many sessions wait for this one, directly or behind another
    std::string protection;         ///< why it is never killed from here: "replication", "scheduler", "system", "own"; empty: it can be
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(Session, id, queryId, user, host, schema, command, state, seconds, statement, transactionSeconds, rowsModified,
                                                blockedBy, blocks, protection)
};

struct SessionList
{
    TimePoint at{};                ///< by the host's clock
    std::vector<Session> sessions; ///< those that block first, then those that wait, then the longest
    std::int64_t more = 0;         ///< sessions that there was no room for
    std::int64_t idle = 0;         ///< sessions left out since they are idle and block nobody
    std::vector<std::string> notPermitted; ///< "transactions", "row_locks", "metadata_locks": what the account may not see or the server does not keep
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SessionList, at, sessions, more, idle, notPermitted)
};

/// What is to be killed is told by more than its id: a server that was started again counts from 1, and a session's next statement is not the one
/// that a person saw.
struct SessionKill
{
    std::string instance;
    std::int64_t id = 0;
    std::int64_t queryId = 0;
    std::string user;
    bool connection = false;  ///< else only its statement
    TimePoint begunBefore{};  ///< of a statement: one that began later is another
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(SessionKill, instance, id, queryId, user, connection, begunBefore)
};

} // namespace zandb::wire
