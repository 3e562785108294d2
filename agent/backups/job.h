// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/backups/connectionrelay.h"
#include "agent/backups/guard.h"
#include "agent/backups/inventory.h"
#include "agent/backups/objects.h"
#include "agent/backups/pipeline.h"

namespace zandb::agent {

/// How fast bytes went by lately: from what the time left is told.
class RateMeter
{
public:
    using Clock = std::chrono::steady_clock;
    /// So many had gone by at `at`; both only grow.
    void add(std::int64_t bytes, Clock::time_point at);
    /// Seconds until `left` more have gone by; nullopt while nothing moves, or for too short a time to tell.
    std::optional<std::int64_t> secondsFor(std::int64_t left) const;

private:
    std::deque<std::pair<Clock::time_point, std::int64_t>> m_seen; ///< of the last minute, one a second at most
};

/// One backup on its way: what all methods share.
struct BackupJob
{
    WorkContext &context;
    wire::BackupArgs args;
    LocalInstance instance;
    std::unique_ptr<SqlClient> client;
    bool mariaDb = false;
    std::string account;      ///< the server account the tool logs in with
    std::string role;         ///< "primary", "replica", "single"
    bool binlog = false;
    std::shared_ptr<BackupSink> sink;
    std::unique_ptr<ServerGuard> guard;
    Inventory before;
    ServerObjects objects;     ///< as they were before
    std::int64_t estimate = 0; ///< bytes of the payload before compression
    bool byHelper = false;     ///< our own rights do not reach the data directory's files; the helper's do
    RateMeter rate = {};       ///< of the phase that is told
    std::string waitSaid = {}; ///< which session the log says is in the tool's way; empty: it does not wait
};

/// What a method made.
struct MethodResult
{
    std::string payload;
    std::string toolVersion;
    PipelineSummary summary;
    wire::BackupPosition position;
    std::vector<BackedUpTable> tables;
    std::vector<wire::BackupWarning> warnings; ///< what the method leaves out
    /// Compares with what the server holds; gets the inventory taken afterwards.
    std::function<Result<void>(const Inventory &after)> checkCoverage;
};

using Method = Result<MethodResult> (*)(BackupJob &);
Result<MethodResult> backupWithMariadbBackup(BackupJob &job);
Result<MethodResult> backupWithDump(BackupJob &job);
Result<MethodResult> backupWithMydumper(BackupJob &job);
Result<MethodResult> backupWithClone(BackupJob &job);

struct StreamRequest
{
    std::vector<std::string> argv;
    std::string tool;      ///< for errors and the log
    std::string payload;   ///< file name in the repository
    std::filesystem::path directory;
    StreamScanner *scanner = nullptr;
    std::string endMarker; ///< the tool's last line on stderr contains it; empty: it has none there
    std::string phase = "copying";
    /// Starts the tool with these pipes as stdout and stderr; empty: argv as our child.
    std::function<Result<std::unique_ptr<ToolRun>>(int out, int err)> start = {};
    /// Hears each line of stderr, in a thread of its own; empty: nobody does.
    std::function<void(std::string_view line)> listener = {};
    bool watchErrors = true; ///< an error line on stderr spoils the backup even with exit status 0
};
/// How long a tool may take to end once all it had to write is written; then it is ended.  Tests shorten it.
std::chrono::milliseconds endPatience();
void setEndPatience(std::chrono::milliseconds patience);

/// Starts the tool and streams its output into the sink, under the eyes of the guard.  Errors: tool.failed,
/// backup.no_end_marker, backup.blocked, those of guard and pipeline.  The tool has ended when this returns.
Result<PipelineSummary> streamTool(BackupJob &job, const StreamRequest &request);

/// Stands between the job's tool and its server, and tells the guard which connections are the tool's.  Errors: io.failed.
Result<std::unique_ptr<ConnectionRelay>> relayFor(BackupJob &job, const std::filesystem::path &directory);

/// The job's connection, or a new one when it was lost while the tool worked.  Errors: those of connectTo.
Result<SqlClient *> connectionOf(BackupJob &job);

/// Says how far it is.  The time left is that of the bytes that are left, at the speed of the last minute; none is told
/// when more came than was expected, or when nothing moves.
void reportProgress(BackupJob &job, const std::string &phase, std::int64_t done);

} // namespace zandb::agent
