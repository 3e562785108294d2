// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/os/child.h"
#include "agent/protocol/backups.h"

#include <functional>
#include <memory>

namespace zandb::agent {

/// Tells where the server's logs stand.  Two equal answers mean that nothing was committed between them, and that
/// whatever the first one counts was visible to others by then.  `sourceFile` stays empty while it cannot be told.
using StandingProbe = std::function<Result<wire::BackupPosition>()>;

/// Stands on a unix socket between a dump program and its server, to learn to the transaction where the program's
/// snapshot stands, without a lock and without anybody waiting.
///
/// Everything passes through unchanged but for one statement: START TRANSACTION WITH CONSISTENT SNAPSHOT.  The relay
/// asks the probe before and after it.  When the answers differ it says the statement again, which begins a new
/// snapshot, until they are equal; only then the program gets its answer.  Serves one connection of the same OS user.
class SnapshotRelay
{
public:
    struct Options
    {
        std::filesystem::path directory; ///< of the socket: private to this process's user
        std::filesystem::path server;    ///< the server's socket
        StandingProbe probe;             ///< called from the relay's thread, only between start and the first snapshot
        bool source = false;             ///< a replica: worth some more tries until the source's coordinates are known
        std::chrono::milliseconds patience{10000}; ///< for a moment without a commit
        std::function<void(std::uint64_t id)> heard = {}; ///< hears the id of the program's connection, from the relay's thread
    };
    /// The socket's name inside the directory; short enough for any path when the program runs there.
    static constexpr const char *socketName = "dump.sock";

    /// Begins to listen.  Errors: io.failed.
    static Result<std::unique_ptr<SnapshotRelay>> start(Options options);
    /// Ends the connection and the thread.
    ~SnapshotRelay();
    /// Call when the program has ended.  Ends the thread.  Errors: those of the probe, backup.no_quiet_moment,
    /// backup.no_position (the program never asked for a snapshot).
    Result<wire::BackupPosition> finish();
    /// How often the snapshot was begun; after finish().
    int tries() const { return m_tries; }

private:
    SnapshotRelay() = default;
    void run(std::stop_token stop);
    Result<void> relayUntilSnapshot(const std::stop_token &stop);
    Result<void> takeSnapshot(const std::string &statement, const std::stop_token &stop);

    Options m_options;
    FileDescriptor m_listener;
    FileDescriptor m_program;
    FileDescriptor m_server;
    Result<wire::BackupPosition> m_outcome = fail(errors::backupNoPosition, {{"tool", "mysqldump"}});
    int m_tries = 0;
    std::jthread m_thread;
};

} // namespace zandb::agent
