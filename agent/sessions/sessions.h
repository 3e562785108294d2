// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/instances.h"
#include "agent/fleet/sqlclient.h"
#include "agent/protocol/sessions.h"

#include <set>

namespace zandb::agent {

/// How much of the process list is wanted.
struct SessionWish
{
    bool idle = false;       ///< also sessions that do nothing, have no transaction and block nobody
    std::size_t most = 200;  ///< sessions in the answer; what has no room is counted
};

/// The process list of an instance with who blocks whom: row locks, metadata locks and locks of the whole server, as far as the server keeps
/// lists of them.  Blocks: some cheap queries; on MySQL performance_schema is asked for locks only while a session waits for one.
/// Errors: those of connectTo() and SqlClient::query() of the process list itself; what else may not be read stands in `notPermitted`.
Result<wire::SessionList> listSessions(const Config &config, const LocalInstance &instance, const SessionWish &wish = {});

/// The whole statement of a session, at most 48 KiB of it.  Errors: session.gone, session.changed (another user's by now).
Result<std::string> statementOfSession(const Config &config, const LocalInstance &instance, std::int64_t id, const std::string &user);

/// Kills a statement or a connection after having compared it once more with what was seen.
/// Errors: session.gone, session.changed, session.protected (replication, event scheduler, the server's and the agent's own),
/// instance.not_permitted.
Result<void> killSession(const Config &config, const LocalInstance &instance, const wire::SessionKill &kill);

/// Why a session is never killed by a person from here; empty: it may be.  `accounts` are the agent's own.
std::string protectionOf(const wire::Session &session, const std::set<std::string> &accounts);

/// Whether MySQL's metadata lock `wanted` has to wait for the granted lock `held` of the same object (names as in
/// performance_schema.metadata_locks).  Source: the compatibility matrix of object locks in MySQL's sql/mdl.cc.
bool metadataLocksConflict(std::string_view wanted, std::string_view held);

/// Sorts the list, counts whom each session blocks, and leaves out what has no room.  Pure.
void arrangeSessions(wire::SessionList &list, const SessionWish &wish);

} // namespace zandb::agent
