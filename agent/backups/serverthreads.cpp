// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/serverthreads.h"

#include "agent/fleet/statementtext.h"
#include "agent/os/process.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace zandb::agent {

using namespace std::chrono_literals;

namespace {

std::int64_t number(const std::optional<std::string> &text)
{
    std::int64_t value = 0;
    if (text)
        std::from_chars(text->data(), text->data() + text->size(), value);
    return value;
}

std::vector<ServerThread> threadsOf(const SqlResult &rows)
{
    std::vector<ServerThread> threads;
    for (std::size_t i = 0; i < rows.rows.size(); ++i) {
        const auto text = [&](const char *column) { return rows.value(i, column).value_or(""); };
        threads.push_back({static_cast<std::uint64_t>(number(rows.value(i, "Id"))), text("User"), text("Host"), text("Command"),
                           number(rows.value(i, "Time")), text("State"), text("Info"), text("db")});
    }
    return threads;
}

std::string variable(SqlClient &client, const std::string &statement)
{
    const auto rows = client.query(statement);
    return rows && !rows->rows.empty() ? rows->rows[0].back().value_or("") : std::string();
}

} // namespace

Result<std::vector<ServerThread>> processList(SqlClient &client)
{
    return client.query("SHOW FULL PROCESSLIST").map(threadsOf);
}

ThreadWatch::ThreadWatch(SqlClient &client)
{
    // MariaDB's leaves out some states of waiting threads; and threads that it had no room for are in none
    m_byPerformanceSchema = !client.isMariaDb() && variable(client, "SELECT @@GLOBAL.performance_schema") == "1"
                            && variable(client, "SHOW GLOBAL STATUS LIKE 'Performance_schema_thread_instances_lost'") == "0";
}

Result<std::vector<ServerThread>> ThreadWatch::busy(SqlClient &client, const std::string &account) const
{
    if (m_byPerformanceSchema) {
        auto rows = client.query("SELECT PROCESSLIST_ID AS Id, PROCESSLIST_USER AS User, PROCESSLIST_HOST AS Host, PROCESSLIST_COMMAND AS "
                                 "Command, PROCESSLIST_TIME AS Time, PROCESSLIST_STATE AS State, PROCESSLIST_INFO AS Info, PROCESSLIST_DB AS "
                                 "db FROM performance_schema.threads WHERE PROCESSLIST_ID IS NOT NULL AND (PROCESSLIST_COMMAND IN ('Query', "
                                 "'Execute') OR PROCESSLIST_STATE LIKE 'Waiting for%' OR PROCESSLIST_USER = " + client.quote(account) + ")");
        if (rows || rows.error().is(errors::instanceDown))
            return rows.map(threadsOf);
    }
    return processList(client);
}

bool waitsForGlobalLock(const ServerThread &thread)
{
    // the last one: MariaDB's FLUSH TABLES WITH READ LOCK behind another one
    static constexpr std::array<std::string_view, 6> locks{"global read lock", "commit lock", "backup", "table flush",
                                                           "instance lock", "replication worker thread pool"};
    return thread.state.starts_with("Waiting")
           && std::ranges::any_of(locks, [&](std::string_view lock) { return thread.state.find(lock) != std::string::npos; });
}

bool waitsForLock(const ServerThread &thread)
{
    return waitsForGlobalLock(thread) || (thread.state.starts_with("Waiting for") && thread.state.ends_with(" lock"));
}

bool isLocking(const ServerThread &thread)
{
    return thread.info.starts_with("FLUSH") || thread.info.starts_with("BACKUP") || thread.info.starts_with("LOCK")
           || thread.info.starts_with("UNLOCK");
}

bool isStatement(const ServerThread &thread)
{
    return thread.user != "system user" && thread.user != "event_scheduler" && (thread.command == "Query" || thread.command == "Execute")
           && !thread.info.empty();
}

std::map<std::string, std::string> shortened(std::map<std::string, std::string> fields)
{
    constexpr std::size_t most = 400;
    for (auto &[name, text] : fields) {
        if (text.size() <= most)
            continue;
        std::size_t end = most;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) // not within a character
            --end;
        text = text.substr(0, end) + "...";
    }
    return fields;
}

Result<void> waitForLongStatements(SqlClient &client, std::chrono::seconds oldest, std::chrono::seconds limit,
                                   WorkContext &context)
{
    const auto begin = std::chrono::steady_clock::now();
    bool said = false;
    for (;;) {
        auto threads = processList(client);
        if (!threads)
            return fail(threads.error());
        const ServerThread *worst = nullptr;
        for (const auto &thread : *threads) {
            if (thread.id == client.connectionId() || !isStatement(thread))
                continue;
            if (thread.seconds >= oldest.count() && (!worst || thread.seconds > worst->seconds))
                worst = &thread;
        }
        if (!worst)
            return {};
        if (std::chrono::steady_clock::now() - begin >= limit)
            return fail(errors::backupBlocked, {{"seconds", std::to_string(worst->seconds)},
                                                {"limit", std::to_string(oldest.count())},
                                                {"id", std::to_string(worst->id)},
                                                {"user", worst->user},
                                                {"host", worst->host},
                                                {"since", toIso(std::chrono::floor<std::chrono::seconds>(systemNow()) - std::chrono::seconds(worst->seconds))},
                                                {"statement", withoutLiterals(worst->info)}});
        if (!std::exchange(said, true))
            context.log("waiting: a statement of connection " + std::to_string(worst->id) + " (" + worst->user + "@" + worst->host
                        + ") has been running for " + std::to_string(worst->seconds) + " s (limit " + std::to_string(oldest.count())
                        + " s): " + withoutLiterals(worst->info));
        wire::Progress progress;
        progress.phase = "waiting";
        progress.at = systemNow();
        context.progress(progress);
        for (int i = 0; i < 5; ++i) {
            if (context.stopToken().stop_requested())
                return fail(errors::cancelled);
            std::this_thread::sleep_for(100ms);
        }
    }
}

bool ServerLife::endedBefore(const ServerLife &later) const
{
    // a server that was started again within two seconds has nearly the same uptime, but another process
    const bool otherProcess = pid != 0 && later.pid != 0 && (pid != later.pid || (processStart != 0 && later.processStart != 0 && processStart != later.processStart));
    return otherProcess || later.began > began + 2s || later.connection < connection;
}

Result<ServerLife> serverLife(SqlClient &client)
{
    auto row = client.query("SHOW GLOBAL STATUS LIKE 'Uptime'");
    if (!row)
        return fail(row.error());
    const std::int64_t uptime = row->rows.empty() ? 0 : number(row->rows[0].at(1));
    ServerLife life;
    life.began = systemNow() - std::chrono::seconds(uptime);
    life.pid = client.serverPid();
    life.processStart = life.pid == 0 ? 0 : startTimeOf(life.pid);
    life.connection = client.connectionId();
    return life;
}

} // namespace zandb::agent
