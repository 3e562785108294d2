// SPDX-License-Identifier: GPL-3.0-or-later
// Who holds the lock that a backup waits for.
#include "agent/backups/serverthreads.h"
#include "agent/fleet/statementtext.h"
#include "agent/fleet/ownsessions.h"

#include <algorithm>
#include <charconv>

namespace zandb::agent {

namespace {

constexpr std::size_t mostSessions = 5;

std::string list(const std::vector<std::string> &parts)
{
    std::string text;
    for (const auto &part : parts)
        text += (text.empty() ? "" : ", ") + part;
    return text;
}

std::set<std::uint64_t> idsIn(const Result<SqlResult> &rows)
{
    std::set<std::uint64_t> ids;
    for (const auto &row : rows ? rows->rows : std::vector<SqlRow>{}) {
        std::uint64_t id = 0;
        if (const std::string text = row.at(0).value_or(""); std::from_chars(text.data(), text.data() + text.size(), id).ec == std::errc())
            ids.insert(id);
    }
    return ids;
}

/// What the plugin metadata_lock_info lists of the lock that a session waits for; empty: what it waits for cannot be told.
std::string pluginsLocks(SqlClient &client, const ServerThread &waiter)
{
    if (waitsForGlobalLock(waiter))
        return "LOCK_TYPE IN ('Backup lock', 'Global read lock', 'Commit lock')";
    const TableName table = tableDumped(waiter.info, waiter.schema);
    return table.table.empty() ? std::string()
                               : "LOCK_TYPE = 'Table metadata lock' AND TABLE_SCHEMA = " + client.quote(table.schema) + " AND TABLE_NAME = " + client.quote(table.table);
}

/// The sessions that hold a lock of the kind the waiter asks for, by the server's own lists.  Empty where it keeps none.
std::set<std::uint64_t> holders(SqlClient &client, const ServerThread &waiter)
{
    const std::string id = std::to_string(waiter.id);
    auto found = idsIn(client.query("SELECT DISTINCT holder.PROCESSLIST_ID FROM performance_schema.threads waiter"
                                    " JOIN performance_schema.metadata_locks wanted ON wanted.OWNER_THREAD_ID = waiter.THREAD_ID"
                                    " JOIN performance_schema.metadata_locks held ON held.OBJECT_TYPE = wanted.OBJECT_TYPE"
                                    " AND held.OBJECT_SCHEMA <=> wanted.OBJECT_SCHEMA AND held.OBJECT_NAME <=> wanted.OBJECT_NAME"
                                    " JOIN performance_schema.threads holder ON holder.THREAD_ID = held.OWNER_THREAD_ID"
                                    " WHERE waiter.PROCESSLIST_ID = " + id + " AND wanted.LOCK_STATUS = 'PENDING'"
                                    " AND held.LOCK_STATUS = 'GRANTED' AND holder.PROCESSLIST_ID IS NOT NULL"));
    const std::string locks = found.empty() && client.isMariaDb() ? pluginsLocks(client, waiter) : std::string();
    if (!locks.empty())
        found = idsIn(client.query("SELECT DISTINCT THREAD_ID FROM information_schema.METADATA_LOCK_INFO WHERE " + locks));
    found.erase(waiter.id);
    return found;
}

/// Tables that the session has locked, as the server lists them.
std::string lockedTables(SqlClient &client, std::uint64_t id)
{
    const std::string session = std::to_string(id);
    std::vector<std::string> tables;
    for (const std::string &sql :
         {"SELECT OBJECT_SCHEMA, OBJECT_NAME FROM performance_schema.metadata_locks JOIN performance_schema.threads ON THREAD_ID = "
          "OWNER_THREAD_ID WHERE OBJECT_TYPE = 'TABLE' AND LOCK_STATUS = 'GRANTED' AND PROCESSLIST_ID = " + session,
          "SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.METADATA_LOCK_INFO WHERE LOCK_TYPE = 'Table metadata lock' AND THREAD_ID = "
              + session}) {
        const auto rows = client.query(sql);
        for (const auto &row : rows ? rows->rows : std::vector<SqlRow>{}) {
            if (tables.size() < mostSessions)
                tables.push_back(row.at(0).value_or("") + '.' + row.at(1).value_or(""));
        }
        if (!tables.empty())
            break;
    }
    return list(tables);
}

/// What the session runs, or ran last where the server remembers it.
std::string statementOf(SqlClient &client, const ServerThread &thread)
{
    if (isStatement(thread))
        return withoutLiterals(thread.info);
    const auto last = client.value("SELECT SQL_TEXT FROM performance_schema.events_statements_current JOIN performance_schema.threads USING (THREAD_ID)"
                                   " WHERE SQL_TEXT IS NOT NULL AND PROCESSLIST_ID = " + std::to_string(thread.id) + " ORDER BY EVENT_ID DESC LIMIT 1");
    if (last && *last)
        return withoutLiterals(**last);
    const std::string tables = lockedTables(client, thread.id);
    return tables.empty() ? "idle" : "idle, with locks on " + tables;
}

std::string sinceOf(const ServerThread &thread)
{
    return toIso(std::chrono::floor<std::chrono::seconds>(systemNow()) - std::chrono::seconds(thread.seconds));
}

std::string tablesInUse(SqlClient &client)
{
    std::vector<std::string> tables;
    const auto rows = client.query("SHOW OPEN TABLES WHERE In_use > 0");
    for (std::size_t i = 0; rows && i < std::min(rows->rows.size(), mostSessions); ++i)
        tables.push_back(rows->value(i, "Database").value_or("") + '.' + rows->value(i, "Table").value_or(""));
    return list(tables);
}

} // namespace

Error lockError(SqlClient &client, std::uint64_t waiter, std::chrono::seconds waited, const std::set<std::uint64_t> &ours,
                const std::set<std::string> &accounts)
{
    auto threads = processList(client).value_or(std::vector<ServerThread>{});
    const auto itself = std::ranges::find(threads, waiter, &ServerThread::id);
    const auto told = itself == threads.end() ? std::set<std::uint64_t>{} : holders(client, *itself);
    std::vector<ServerThread> possible;
    for (auto &thread : threads) {
        if (thread.schema == ownSchema && accounts.contains(thread.user))
            continue;
        const bool server = thread.user == "system user" || thread.user == "event_scheduler" || thread.command.starts_with("Binlog Dump");
        if (thread.id == waiter || thread.id == client.connectionId() || ours.contains(thread.id) || server)
            continue;
        // whoever waits behind us holds nothing that we wait for
        if (told.empty() ? !waitsForGlobalLock(thread) : told.contains(thread.id))
            possible.push_back(std::move(thread));
    }
    // of several holders the one that does not wait itself, and the oldest of those
    std::ranges::stable_sort(possible, [](const ServerThread &a, const ServerThread &b) {
        const bool aWaits = a.state.starts_with("Waiting for"), bWaits = b.state.starts_with("Waiting for");
        return aWaits != bWaits ? bWaits : a.seconds > b.seconds;
    });
    const std::string seconds = std::to_string(waited.count());
    if (possible.size() == 1 || (!told.empty() && !possible.empty())) {
        const ServerThread &holder = possible.front();
        return makeError(errors::backupLockHeld, {{"seconds", seconds},
                                                  {"id", std::to_string(holder.id)},
                                                  {"user", holder.user},
                                                  {"host", holder.host},
                                                  {"since", sinceOf(holder)},
                                                  {"statement", statementOf(client, holder)}});
    }
    std::vector<std::string> sessions;
    for (const ServerThread &thread : possible) {
        if (sessions.size() < mostSessions)
            sessions.push_back(std::to_string(thread.id) + " " + thread.user + "@" + thread.host + " since " + sinceOf(thread) + ": "
                               + (isStatement(thread) ? withoutLiterals(thread.info) : "idle"));
    }
    return makeError(errors::backupLockUnknown, {{"seconds", seconds}, {"sessions", list(sessions)}, {"tables", tablesInUse(client)}});
}

} // namespace zandb::agent
