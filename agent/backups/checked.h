// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"
#include "agent/protocol/result.h"

#include <filesystem>
#include <stop_token>

namespace zandb::agent {

/// Remembers, in a file beside an instance's backups, which of them were read in full and found intact, so that not all
/// of them are read again every night.  A backup counts as changed when any of its files has another size, time, inode
/// or name; after a week it is read again all the same, since a disk may lose what nobody has written.
class CheckedBackups
{
public:
    static constexpr const char *fileName = ".checked.json";
    static constexpr std::chrono::hours validity{7 * 24};

    explicit CheckedBackups(std::filesystem::path instanceDirectory);
    /// Writes what it has learned; a failure costs the next one time, and nothing else.
    ~CheckedBackups();
    CheckedBackups(const CheckedBackups &) = delete;
    CheckedBackups &operator=(const CheckedBackups &) = delete;

    /// Errors: those of validateBackup.
    Result<void> check(const std::filesystem::path &backup, const std::stop_token &stop);
    /// How many it had to read.
    int read() const { return m_read; }

private:
    std::filesystem::path m_directory;
    Json m_known;
    int m_read = 0;
};

} // namespace zandb::agent
