// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/backups/process.h"
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
    std::string schema; ///< its default one
};
Result<std::vector<ServerThread>> processList(SqlClient &client);

/// Waits until no statement of others is older than `oldest`; at most `limit`.  Errors: backup.blocked (seconds,
/// limit, statement without its literals), cancelled, those of the connection.
Result<void> waitForLongStatements(SqlClient &client, std::chrono::seconds oldest, std::chrono::seconds limit,
                                   WorkContext &context);

/// When the server was started, by its own uptime.
Result<TimePoint> serverStart(SqlClient &client);

/// How patient a guard is.
struct GuardLimits
{
    std::chrono::milliseconds holdUp{};   ///< others with a lock of ours
    std::chrono::milliseconds lockWait{}; ///< the tool with a lock of others
};

/// Watches the server while our tool runs, on a connection and in a thread of its own.
///
/// - Ends the tool (KILL of its locking connections, then `onTrip`) when others wait for `holdUp` for a lock that the
///   tool holds or waits for: backup.held_up_others, because of instance.not_permitted where the KILL was refused.
/// - Ends it too when it waits itself for `lockWait` for a lock that others hold: backup.blocked.
/// - Notices a restart of the server: backup.server_restarted.
class ServerGuard
{
public:
    /// Opens the connection; connections of `account` (whom the tool logs in as) made after this one count as the tool's.
    /// Errors: those of connectTo.
    static Result<std::unique_ptr<ServerGuard>> start(const Config &config, const LocalInstance &instance,
                                                      std::string account, GuardLimits limits,
                                                      std::set<std::uint64_t> ownConnections);
    ~ServerGuard();
    /// What is to be done when it trips; called at most once, from the guard's thread.
    void onTrip(std::function<void()> action);
    /// Why it tripped.
    std::optional<Error> tripped() const;
    /// To be called when the tool has ended, however it did.  Looks once more, ends what the server still does for a lock
    /// that the tool asked for, and ends the thread; afterwards tripped() is final.
    void finish();

private:
    ServerGuard() = default;
    void run(std::stop_token stop);
    void look();
    void trip(Error error);
    bool isTools(const ServerThread &thread) const;
    std::optional<Error> holdsUp(const std::vector<ServerThread> &threads);
    std::optional<Error> isBlocked(const std::vector<ServerThread> &threads);
    Result<int> endLockRequests(const std::vector<ServerThread> &threads, bool waitingOnly);
    void endLeftovers();
    Result<void> leaveMarker();

    Config m_config;
    LocalInstance m_instance;
    std::string m_account;
    GuardLimits m_limits;
    std::set<std::uint64_t> m_own;
    std::uint64_t m_baseline = 0;
    TimePoint m_serverStart{};
    std::unique_ptr<SqlClient> m_client;
    std::filesystem::path m_marker;
    Fd m_markerLock;
    using Since = std::map<std::uint64_t, std::chrono::steady_clock::time_point>; ///< by thread
    Since m_waiting;
    Since m_toolWaiting;
    mutable std::mutex m_mutex;
    std::optional<Error> m_error;
    std::function<void()> m_onTrip;
    std::jthread m_thread;
};

/// Ends what servers still do for locks that tools asked for whose worker was killed: each guard writes whom it watches
/// into a locked marker under STATE/guards.  Returns the statements' kinds and instances.
std::vector<std::string> endOrphanedLockRequests(const Config &config);

} // namespace zandb::agent
