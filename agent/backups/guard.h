// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/backups/serverthreads.h"
#include "agent/fleet/instances.h"
#include "agent/os/child.h"

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace zandb::agent {

/// How patient a guard is.
struct GuardLimits
{
    std::chrono::milliseconds holdUp{};   ///< others with a lock of ours
    std::chrono::milliseconds lockWait{}; ///< the tool with a lock of others
};

/// Whose connections a guard takes for its tool's.
enum class ToolBy
{
    Id,      ///< those named by addTool()
    Account, ///< every later one of the account that says what mariadb-backup says: where the helper runs it, no id is known
};

/// Watches the server while our tool runs, on a connection and in a thread of its own.
///
/// - Ends the tool (KILL of its locking connections, then `onTrip`) when others wait for `holdUp` for a lock that the
///   tool holds or waits for: backup.held_up_others, because of instance.not_permitted where the KILL was refused.
/// - Ends it too when it waits itself for `lockWait` for a lock that others hold: backup.lock_held, backup.lock_unknown.
/// - Notices a restart of the server: backup.server_restarted.
///
/// It looks once a second while nobody waits for a lock, and five times a second while somebody does.
class ServerGuard
{
public:
    /// Opens the connection; `account` is whom the tool logs in as.  `ownConnections` are never the tool's.
    /// Errors: those of connectTo.
    static Result<std::unique_ptr<ServerGuard>> start(const Config &config, const LocalInstance &instance,
                                                      std::string account, GuardLimits limits,
                                                      std::set<std::uint64_t> ownConnections, ToolBy by = ToolBy::Id);
    /// The tool has this connection.  Any thread.
    void addTool(std::uint64_t connection);
    ~ServerGuard();
    /// What is to be done when it trips; called at most once, from the guard's thread.
    void onTrip(std::function<void()> action);
    /// Why it tripped.
    std::optional<Error> tripped() const;
    /// Who is in the way while the tool waits for a lock, also for one of a single table: the fields of backup.lock_held or
    /// backup.lock_unknown without the seconds.  None: it does not wait, or not for long yet.
    std::optional<std::map<std::string, std::string>> waitsFor() const;
    /// To be called when the tool has ended, however it did.  Looks once more, ends what the server still does for a lock
    /// that the tool asked for, and ends the thread; afterwards tripped() is final.
    void finish();

private:
    using Clock = std::chrono::steady_clock;
    using Since = std::map<std::uint64_t, Clock::time_point>; ///< by thread
    ServerGuard() = default;
    void run(std::stop_token stop);
    void look();
    void trip(Error error);
    bool isTools(const ServerThread &thread) const;
    std::optional<Error> holdsUp(const std::vector<ServerThread> &threads);
    std::optional<Error> isBlocked(const std::vector<ServerThread> &threads);
    Error lockErrorOf(std::uint64_t waiter, Clock::time_point since, const std::vector<ServerThread> &threads);
    void tellWaiting(std::optional<std::uint64_t> waiter, Clock::time_point since, const std::vector<ServerThread> &threads);
    Clock::time_point waitingSince(const ServerThread &thread, const Since &before) const;
    Result<int> endLockRequests(const std::vector<ServerThread> &threads, bool waitingOnly);
    void endLeftovers();
    Result<void> leaveMarker();
    Result<void> writeMarker();

    Config m_config;
    LocalInstance m_instance;
    std::string m_account;
    GuardLimits m_limits;
    std::set<std::uint64_t> m_own;
    std::set<std::uint64_t> m_tools; ///< guarded by m_mutex
    ToolBy m_by = ToolBy::Id;
    std::uint64_t m_baseline = 0;
    ServerLife m_life;
    std::unique_ptr<SqlClient> m_client;
    std::optional<ThreadWatch> m_watch;
    Clock::time_point m_looked{}; ///< when it looked last
    std::filesystem::path m_marker;
    FileDescriptor m_markerLock;
    Since m_waiting;
    Since m_toolWaiting;
    mutable std::mutex m_mutex;
    std::optional<Error> m_error;
    std::optional<std::map<std::string, std::string>> m_waitsFor; ///< guarded by m_mutex
    Clock::time_point m_waitsForAt{};                             ///< when that was asked
    std::function<void()> m_onTrip;
    std::jthread m_thread;
};

/// Ends what servers still do for locks that tools asked for whose worker was killed: each guard writes whom it watches
/// into a locked marker under STATE/guards.  Returns the statements' kinds and instances.
std::vector<std::string> endOrphanedLockRequests(const Config &config);

} // namespace zandb::agent
