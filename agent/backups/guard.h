// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/instances.h"
#include "agent/runtime/work.h"

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace zandb::agent {

/// A row of SHOW FULL PROCESSLIST.
struct ServerThread
{
    std::uint64_t id = 0;
    std::string user;
    std::string command;
    std::int64_t seconds = 0; ///< since its statement began
    std::string state;
    std::string info;
};
Result<std::vector<ServerThread>> processList(SqlClient &client);

/// Waits until no statement of others is older than `oldest`; at most `limit`.  Errors: backup.blocked (seconds,
/// limit, statement without its literals), cancelled, those of the connection.
Result<void> waitForLongStatements(SqlClient &client, std::chrono::seconds oldest, std::chrono::seconds limit,
                                   WorkContext &context);
/// A statement with its literals replaced by '?', cut to 200 bytes: fit for logs and errors.
std::string withoutLiterals(std::string_view statement);

/// When the server was started, by its own uptime.
Result<TimePoint> serverStart(SqlClient &client);

/// Watches the server while our tool runs, on a connection and in a thread of its own.
///
/// - Ends the tool (KILL of its locking connections, then `onTrip`) when others wait for `holdUp` for a lock that the
///   tool holds or waits for: backup.held_up_others, because of instance.not_permitted where the KILL was refused.
/// - Notices a restart of the server: backup.server_restarted.
class ServerGuard
{
public:
    /// Opens the connection; connections of `account` (whom the tool logs in as) made after this one count as the tool's.
    /// Errors: those of connectTo.
    static Result<std::unique_ptr<ServerGuard>> start(const Config &config, const LocalInstance &instance,
                                                      std::string account, std::chrono::milliseconds holdUp,
                                                      std::set<std::uint64_t> ownConnections);
    ~ServerGuard();
    /// What is to be done when it trips; called at most once, from the guard's thread.
    void onTrip(std::function<void()> action);
    /// Why it tripped.
    std::optional<Error> tripped() const;
    /// Looks once more and ends the thread; afterwards tripped() is final.
    void finish();

private:
    ServerGuard() = default;
    void run(std::stop_token stop);
    void look();
    void trip(Error error);

    Config m_config;
    LocalInstance m_instance;
    std::string m_account;
    std::chrono::milliseconds m_holdUp{};
    std::set<std::uint64_t> m_own;
    std::uint64_t m_baseline = 0;
    TimePoint m_serverStart{};
    std::unique_ptr<SqlClient> m_client;
    std::map<std::uint64_t, std::chrono::steady_clock::time_point> m_waiting;
    mutable std::mutex m_mutex;
    std::optional<Error> m_error;
    std::function<void()> m_onTrip;
    std::jthread m_thread;
};

} // namespace zandb::agent
