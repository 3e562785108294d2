// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/backups.h"

namespace zandb {

/// A good backup as the catalogue knows it.  A backup that failed has a run, never a row here.
struct Backup
{
    Uuid id;
    Uuid instanceId;
    Uuid hostId;
    Uuid runId;
    std::optional<Uuid> taskId;
    std::string method;
    std::string repository;
    std::string hostName;   ///< the agent's name when it was taken
    std::string path;
    std::int64_t bytes = 0;
    std::int64_t storedBytes = 0;
    Microseconds duration{};
    std::string sha256;
    wire::BackupPosition position;
    wire::BackupResult detail;
    int level = 0;          ///< 0 copied .. 4 replayed (agent/protocol/backups.h)
    TimePoint startedAt{};
    TimePoint endedAt{};
    std::optional<TimePoint> verifiedAt;
    std::optional<Microseconds> restoreDuration;
    std::optional<TimePoint> expiredAt;
    std::optional<Error> finding; ///< its bytes were found bad, by a verify, a restore or its agent's own reading: not to be relied on
    std::optional<TimePoint> foundAt;
};

/// What a person wants of a backup by hand.
struct BackupWish
{
    std::vector<Uuid> instances;
    std::string method = "auto";      ///< as wire::BackupArgs names it
    std::string repository = "local"; ///< a name from the agents' configurations
};

/// A person's wish to have a backup unpacked somewhere and checked there.
struct RestoreRequest
{
    Uuid backupId;
    Uuid hostId;           ///< where to
    std::string directory; ///< on that host: absolute, absent or empty
};

} // namespace zandb
