// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/sessions/sessions.h"

#include "agent/fleet/statementtext.h"
#include "agent/fleet/ownsessions.h"
#include "agent/fleet/serverthreads.h"
#include "agent/fleet/sqlparts.h"
#include "agent/protocol/errors.h"
#include "agent/protocol/sessionerrors.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

namespace zandb::agent {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t longestStatement = 48 << 10;
constexpr std::size_t mostLocks = 10'000; ///< rows of lock lists that are looked at

std::int64_t number(const std::optional<std::string> &text)
{
    std::int64_t value = 0;
    if (text)
        std::from_chars(text->data(), text->data() + text->size(), value);
    return value;
}

/// The process list with whole statements; MariaDB tells the statement's own id too.
Result<std::vector<std::pair<wire::Session, std::string>>> readProcesses(SqlClient &client, const std::string &where = {})
{
    const std::string sql = client.isMariaDb()
        ? "SELECT ID, USER, HOST, DB, COMMAND, TIME, STATE, INFO, QUERY_ID FROM information_schema.PROCESSLIST" + where
        : "SELECT ID, USER, HOST, DB, COMMAND, TIME, STATE, INFO, 0 AS QUERY_ID FROM "
              + std::string(client.versionNumber() >= 80022 ? "performance_schema.processlist" : "information_schema.PROCESSLIST") + where;
    auto rows = client.query(sql);
    if (!rows)
        return fail(rows.error());
    std::vector<std::pair<wire::Session, std::string>> processes;
    for (const SqlRow &row : rows->rows) {
        wire::Session session;
        session.id = number(row.at(0));
        session.user = row.at(1).value_or("");
        session.host = row.at(2).value_or("");
        session.schema = row.at(3).value_or("");
        session.command = row.at(4).value_or("");
        session.seconds = number(row.at(5));
        session.state = row.at(6).value_or("");
        session.queryId = number(row.at(8));
        if (session.command != "Sleep")
            session.statement = withoutLiterals(row.at(7).value_or(""));
        processes.emplace_back(std::move(session), row.at(7).value_or(""));
    }
    return processes;
}

using ById = std::map<std::int64_t, wire::Session *>;

void addTransactions(SqlClient &client, const ById &sessions, wire::SessionList &list)
{
    const auto rows = client.query("SELECT trx_mysql_thread_id, GREATEST(0, TIMESTAMPDIFF(SECOND, trx_started, NOW())), trx_rows_modified"
                                   " FROM information_schema.INNODB_TRX");
    if (!rows) {
        list.notPermitted.emplace_back("transactions");
        return;
    }
    for (const SqlRow &row : rows->rows) {
        if (const auto found = sessions.find(number(row.at(0))); found != sessions.end()) {
            found->second->transactionSeconds = number(row.at(1));
            found->second->rowsModified = number(row.at(2));
        }
    }
}

void addBlock(const ById &sessions, std::int64_t waiter, wire::SessionBlock block)
{
    const auto found = sessions.find(waiter);
    if (found == sessions.end() || block.by == waiter || block.by == 0)
        return;
    auto &blocks = found->second->blockedBy;
    if (std::ranges::find(blocks, block.by, &wire::SessionBlock::by) == blocks.end())
        blocks.push_back(std::move(block));
}

void addRowLocks(SqlClient &client, const ById &sessions, wire::SessionList &list)
{
    const std::string limit = " LIMIT " + std::to_string(mostLocks);
    const bool lists = client.isMariaDb() || client.versionNumber() < 80000;
    const auto rows = client.query(lists
        ? "SELECT waiter.trx_mysql_thread_id, holder.trx_mysql_thread_id, locks.lock_table FROM information_schema.INNODB_LOCK_WAITS waits"
          " JOIN information_schema.INNODB_TRX waiter ON waiter.trx_id = waits.requesting_trx_id"
          " JOIN information_schema.INNODB_TRX holder ON holder.trx_id = waits.blocking_trx_id"
          " LEFT JOIN information_schema.INNODB_LOCKS locks ON locks.lock_id = waits.requested_lock_id" + limit
        : "SELECT waiter.PROCESSLIST_ID, holder.PROCESSLIST_ID, CONCAT(locks.OBJECT_SCHEMA, '.', locks.OBJECT_NAME)"
          " FROM performance_schema.data_lock_waits waits"
          " JOIN performance_schema.threads waiter ON waiter.THREAD_ID = waits.REQUESTING_THREAD_ID"
          " JOIN performance_schema.threads holder ON holder.THREAD_ID = waits.BLOCKING_THREAD_ID"
          " LEFT JOIN performance_schema.data_locks locks ON locks.ENGINE_LOCK_ID = waits.REQUESTING_ENGINE_LOCK_ID AND locks.ENGINE = waits.ENGINE" + limit);
    if (!rows) {
        list.notPermitted.emplace_back("row_locks");
        return;
    }
    for (const SqlRow &row : rows->rows) {
        std::string object = row.at(2).value_or("");
        std::erase(object, '`');
        addBlock(sessions, number(row.at(0)), {number(row.at(1)), "row", std::move(object)});
    }
}

/// MySQL: from performance_schema, lock by lock.
bool addMySqlMetadataLocks(SqlClient &client, const ById &sessions)
{
    const auto rows = client.query(
        "SELECT threads.PROCESSLIST_ID, locks.OBJECT_TYPE, locks.OBJECT_SCHEMA, locks.OBJECT_NAME, locks.LOCK_TYPE, locks.LOCK_STATUS"
        " FROM performance_schema.metadata_locks locks JOIN performance_schema.threads ON threads.THREAD_ID = locks.OWNER_THREAD_ID"
        " JOIN (SELECT DISTINCT OBJECT_TYPE, OBJECT_SCHEMA, OBJECT_NAME FROM performance_schema.metadata_locks WHERE LOCK_STATUS = 'PENDING') wanted"
        " ON wanted.OBJECT_TYPE = locks.OBJECT_TYPE AND wanted.OBJECT_SCHEMA <=> locks.OBJECT_SCHEMA AND wanted.OBJECT_NAME <=> locks.OBJECT_NAME"
        " WHERE threads.PROCESSLIST_ID IS NOT NULL LIMIT " + std::to_string(mostLocks));
    if (!rows)
        return false;
    for (const SqlRow &wanted : rows->rows) {
        if (wanted.at(5) != "PENDING")
            continue;
        const bool global = wanted.at(1) == "GLOBAL" || wanted.at(1) == "COMMIT" || wanted.at(1) == "BACKUP LOCK";
        const std::string object = wanted.at(2).value_or("") + (wanted.at(3) ? "." + *wanted.at(3) : std::string());
        bool found = false;
        // first whoever holds it; who only stands before it in the queue counts where nobody does
        for (const char *status : {"GRANTED", "PENDING"}) {
            for (const SqlRow &held : rows->rows) {
                if (held.at(5) != status || &held == &wanted || held.at(0) == wanted.at(0) || held.at(1) != wanted.at(1) || held.at(2) != wanted.at(2)
                    || held.at(3) != wanted.at(3) || !metadataLocksConflict(wanted.at(4).value_or(""), held.at(4).value_or("")))
                    continue;
                addBlock(sessions, number(wanted.at(0)), {number(held.at(0)), global ? "global" : "metadata", object});
                found = true;
            }
            if (found)
                break;
        }
    }
    return true;
}

/// MariaDB: its plugin lists who holds locks; what a session waits for is told by its state and its statement.
bool addMariaDbMetadataLocks(SqlClient &client, const ById &sessions, const std::map<std::int64_t, std::string> &statements)
{
    const auto rows = client.query("SELECT THREAD_ID, LOCK_TYPE, TABLE_SCHEMA, TABLE_NAME FROM information_schema.METADATA_LOCK_INFO LIMIT " + std::to_string(mostLocks));
    if (!rows)
        return false;
    for (const auto &[id, session] : sessions) {
        const bool table = session->state == "Waiting for table metadata lock";
        const bool global = session->state.starts_with("Waiting for") && (session->state.find("global") != std::string::npos || session->state.find("backup") != std::string::npos || session->state.find("commit") != std::string::npos);
        if (!table && !global)
            continue;
        for (const SqlRow &held : rows->rows) {
            const std::string type = held.at(1).value_or("");
            const std::string schema = held.at(2).value_or(""), name = held.at(3).value_or("");
            const bool fits = table ? type == "Table metadata lock" && namesTable(statements.at(id), session->schema, {schema, name})
                                    : type == "Backup lock" || type == "Global read lock" || type == "Commit lock";
            const auto holder = sessions.find(number(held.at(0)));
            // who waits as well holds only a lock that lets this one pass
            if (fits && holder != sessions.end() && !holder->second->state.starts_with("Waiting for"))
                addBlock(sessions, id, {number(held.at(0)), table ? "metadata" : "global", table ? schema + "." + name : std::string()});
        }
    }
    return true;
}

bool waitsForMetadata(const wire::Session &session)
{
    return session.state.starts_with("Waiting for") && (session.state.ends_with(" lock") || session.state.find("flush") != std::string::npos);
}

std::set<std::string> ownAccounts(const Config &config, bool mariaDb)
{
    std::set<std::string> accounts;
    for (const Account account : {Account::Watch, Account::Backup, Account::Explain, Account::Maint})
        accounts.insert(accountName(config, account, mariaDb));
    return accounts;
}

} // namespace

bool metadataLocksConflict(std::string_view wanted, std::string_view held)
{
    const auto isOneOf = [](std::string_view lock, std::initializer_list<std::string_view> locks) { return std::ranges::find(locks, lock) != locks.end(); };
    if (held == "EXCLUSIVE" || wanted == "EXCLUSIVE")
        return true;
    if (wanted == "INTENTION_EXCLUSIVE" || held == "INTENTION_EXCLUSIVE") // of schemas and of the whole server
        return isOneOf(wanted, {"SHARED"}) || isOneOf(held, {"SHARED"});
    if (wanted == "SHARED_READ")
        return held == "SHARED_NO_READ_WRITE";
    if (wanted == "SHARED_WRITE" || wanted == "SHARED_WRITE_LOW_PRIO")
        return isOneOf(held, {"SHARED_READ_ONLY", "SHARED_NO_WRITE", "SHARED_NO_READ_WRITE"});
    if (wanted == "SHARED_READ_ONLY")
        return isOneOf(held, {"SHARED_WRITE", "SHARED_WRITE_LOW_PRIO", "SHARED_NO_READ_WRITE"});
    if (wanted == "SHARED_UPGRADABLE")
        return isOneOf(held, {"SHARED_UPGRADABLE", "SHARED_NO_WRITE", "SHARED_NO_READ_WRITE"});
    if (wanted == "SHARED_NO_WRITE")
        return isOneOf(held, {"SHARED_WRITE", "SHARED_WRITE_LOW_PRIO", "SHARED_UPGRADABLE", "SHARED_NO_WRITE", "SHARED_NO_READ_WRITE"});
    if (wanted == "SHARED_NO_READ_WRITE")
        return isOneOf(held, {"SHARED_READ", "SHARED_WRITE", "SHARED_WRITE_LOW_PRIO", "SHARED_READ_ONLY", "SHARED_UPGRADABLE", "SHARED_NO_WRITE", "SHARED_NO_READ_WRITE"});
    return false; // SHARED and SHARED_HIGH_PRIO wait for EXCLUSIVE only
}

std::string protectionOf(const wire::Session &session, const std::set<std::string> &accounts)
{
    switch (serverThreadOf(session.user, session.command)) {
    case ServerThread::Replication:
        return "replication";
    case ServerThread::System:
        return "system";
    case ServerThread::EventScheduler:
        return "scheduler";
    case ServerThread::No:
        break;
    }
    if (accounts.contains(session.user) && session.schema == ownSchema)
        return "own";
    return {};
}

void arrangeSessions(wire::SessionList &list, const SessionWish &wish)
{
    // how many wait for each, directly or behind another: a walk up from every waiter
    std::map<std::int64_t, std::size_t> places;
    for (std::size_t i = 0; i < list.sessions.size(); ++i)
        places[list.sessions[i].id] = i;
    for (const wire::Session &waiter : list.sessions) {
        std::set<std::int64_t> seen{waiter.id};
        std::vector<std::int64_t> next;
        for (const auto &block : waiter.blockedBy)
            next.push_back(block.by);
        while (!next.empty()) {
            const std::int64_t id = next.back();
            next.pop_back();
            if (!seen.insert(id).second)
                continue;
            const auto place = places.find(id);
            if (place == places.end())
                continue;
            auto &holder = list.sessions[place->second];
            ++holder.blocks;
            for (const auto &block : holder.blockedBy)
                next.push_back(block.by);
        }
    }
    if (!wish.idle)
        list.idle = static_cast<std::int64_t>(std::erase_if(list.sessions, [](const wire::Session &session) {
            return session.command == "Sleep" && session.blocks == 0 && session.blockedBy.empty() && !session.transactionSeconds;
        }));
    std::ranges::stable_sort(list.sessions, [](const wire::Session &a, const wire::Session &b) {
        const auto rank = [](const wire::Session &s) {
            const bool server = s.protection == "system" || s.protection == "scheduler" || s.protection == "replication";
            return s.blocks > 0 ? 0 : !s.blockedBy.empty() ? 1 : s.command != "Sleep" && !server ? 2 : s.transactionSeconds ? 3 : server ? 5 : 4;
        };
        if (rank(a) != rank(b))
            return rank(a) < rank(b);
        return a.blocks != b.blocks ? a.blocks > b.blocks : a.seconds > b.seconds;
    });
    if (list.sessions.size() > wish.most) {
        list.more = static_cast<std::int64_t>(list.sessions.size() - wish.most);
        list.sessions.resize(wish.most);
    }
}

Result<wire::SessionList> listSessions(const Config &config, const LocalInstance &instance, const SessionWish &wish)
{
    // the account that may see lists of locks
    auto client = connectTo(config, instance, Account::Backup);
    if (!client)
        return fail(client.error());
    auto processes = readProcesses(**client);
    if (!processes)
        return fail(processes.error());
    wire::SessionList list;
    list.at = systemNow();
    std::map<std::int64_t, std::string> statements;
    const auto accounts = ownAccounts(config, (*client)->isMariaDb());
    for (auto &[session, statement] : *processes) {
        if (static_cast<std::uint64_t>(session.id) == (*client)->connectionId())
            continue;
        session.protection = protectionOf(session, accounts);
        statements[session.id] = std::move(statement);
        list.sessions.push_back(std::move(session));
    }
    ById sessions;
    for (auto &session : list.sessions)
        sessions[session.id] = &session;
    addTransactions(**client, sessions, list);
    addRowLocks(**client, sessions, list);
    if (std::ranges::any_of(list.sessions, waitsForMetadata)) {
        const bool told = (*client)->isMariaDb() ? addMariaDbMetadataLocks(**client, sessions, statements) : addMySqlMetadataLocks(**client, sessions);
        if (!told)
            list.notPermitted.emplace_back("metadata_locks");
    }
    arrangeSessions(list, wish);
    return list;
}

namespace {

/// The session as it is now, if it is still the one that was seen.
Result<std::pair<wire::Session, std::string>> findSession(SqlClient &client, const LocalInstance &instance, std::int64_t id, const std::string &user)
{
    auto found = readProcesses(client, " WHERE ID = " + std::to_string(id));
    if (!found)
        return fail(found.error());
    if (found->empty())
        return fail(errors::sessionGone, {{"instance", instance.name}, {"id", std::to_string(id)}});
    if (found->front().first.user != user)
        return fail(errors::sessionChanged, {{"instance", instance.name}, {"id", std::to_string(id)}});
    return std::move(found->front());
}

} // namespace

Result<std::string> statementOfSession(const Config &config, const LocalInstance &instance, std::int64_t id, const std::string &user)
{
    auto client = connectTo(config, instance, Account::Backup);
    if (!client)
        return fail(client.error());
    auto found = findSession(**client, instance, id, user);
    if (!found)
        return fail(found.error());
    return found->second.substr(0, longestStatement);
}

Result<void> killSession(const Config &config, const LocalInstance &instance, const wire::SessionKill &kill)
{
    auto client = connectTo(config, instance, Account::Maint);
    if (!client)
        return fail(client.error());
    const auto found = findSession(**client, instance, kill.id, kill.user);
    if (!found)
        return fail(found.error());
    const wire::Session &session = found->first;
    if (const std::string why = protectionOf(session, ownAccounts(config, (*client)->isMariaDb())); !why.empty())
        return fail(errors::sessionProtected, {{"instance", instance.name}, {"id", std::to_string(kill.id)}, {"reason", why}});
    // a server counts whole seconds, and both readings are rounded
    const TimePoint begun = systemNow() - std::chrono::seconds(session.seconds) - 2s;
    const bool another = kill.queryId != 0 ? session.queryId != kill.queryId : begun > kill.begunBefore;
    if (!kill.connection && (session.command == "Sleep" || another))
        return fail(errors::sessionChanged, {{"instance", instance.name}, {"id", std::to_string(kill.id)}});
    const std::string id = std::to_string(kill.id);
    std::string sql = kill.connection ? "KILL CONNECTION " + id : "KILL QUERY " + id;
    if (!kill.connection && (*client)->isMariaDb() && kill.queryId != 0)
        sql = "KILL QUERY ID " + std::to_string(kill.queryId); // exactly this statement, whatever came meanwhile
    const auto done = (*client)->query(sql);
    if (done)
        return {};
    if (const int number = serverErrno(done.error()); number == 1094 || number == 1957) // no such thread, no such query
        return fail(errors::sessionGone, {{"instance", instance.name}, {"id", id}});
    return fail(done.error());
}

} // namespace zandb::agent
