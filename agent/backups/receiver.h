// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/backups/receivedids.h"
#include "agent/backups/receiveprotocol.h"
#include "agent/backups/repository.h"
#include "agent/os/sha256.h"
#include "agent/runtime/config.h"

#include <optional>

namespace zandb::agent {

/// The state of one backup that arrives at a remote repository: which frame may come next, and where its bytes go.  What the
/// sender says is not trusted: names are names and never paths, the prefix is one that the configuration accepts, nothing
/// that is there or was there once is replaced, and only what was committed stays (the rest goes with the object).  Used by one thread.
class Receiver
{
public:
    /// `pinnedHost` narrows what the repository accepts to one host; empty: any of its accept_from.
    Receiver(RepositoryConfig repository, std::string pinnedHost);

    /// Takes one frame of the sender (all but Abort) and returns the body of its answer; Data has none.  After an error
    /// every further frame is refused.  Errors: protocol.malformed, access.denied, backup.id_used, io.failed, io.disk_full.
    Result<Json> handle(receive::Kind kind, const std::string &body);
    bool isCommitted() const { return m_isCommitted; }

private:
    enum class Stage { Closed, Open, InFile, Committed, Planned, Failed };

    Result<Json> data(const std::string &body);
    Result<Json> control(receive::Kind kind, const std::string &body);
    Result<Json> open(const Json &j);
    Result<Json> beginFile(const Json &j);
    Result<Json> endFile(const Json &j);
    Result<Json> commit();
    Result<Json> keep(const Json &j);
    Result<Json> expire();

    const RepositoryConfig m_repository;
    const std::string m_pinnedHost;
    std::unique_ptr<BackupSink> m_sink;
    std::optional<ReceivedIds> m_received; ///< of the opened backup's instance
    Uuid m_id;
    std::optional<Sha256> m_sum;
    std::int64_t m_bytes = 0;
    int m_files = 0;
    Stage m_stage = Stage::Closed;
    bool m_isCommitted = false;
};

/// Receives one backup: frames come from `in`, answers and before them the preamble go to `out`; both block and are
/// borrowed.  True when it was committed; else nothing of it is left.  The caller ignores SIGPIPE.
bool receiveBackup(int in, int out, RepositoryConfig repository, const std::string &pinnedHost);

} // namespace zandb::agent
