// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"
#include "agent/protocol/result.h"

#include <filesystem>
#include <functional>
#include <stop_token>
#include <vector>

namespace zandb::agent {

/// Remembers, in a file beside an instance's backups, which of them were read in full and found intact, and which of them
/// somebody wants to rely on.  A backup counts as changed when any of its files has another size, time, inode or name; after
/// a week it is read again all the same, since a disk may lose what nobody has written.
///
/// Reading takes hours, so it is work of its own (checkBackups), and whoever decides asks only what is known.  Each function
/// reads the file anew and writes it under a lock: processes may use it at the same time.
class CheckedBackups
{
public:
    static constexpr const char *fileName = ".checked.json";
    static constexpr std::chrono::hours validity{7 * 24};
    /// What is wanted is read again this long before that is over, so that a night in between does not find it unknown.
    static constexpr std::chrono::hours readAhead{2 * 24};

    explicit CheckedBackups(std::filesystem::path instanceDirectory) : m_directory(std::move(instanceDirectory)) {}

    /// Read in full less than a week ago, and unchanged since.
    bool isSound(const std::filesystem::path &backup) const;
    /// Asks that these be read when there is time.  A failure to note it costs the next one time, and nothing else.
    void want(const std::vector<std::filesystem::path> &backups);
    /// Which of those asked for are to be read now, the newest name first.
    std::vector<std::filesystem::path> due() const;
    /// Reads one in full and remembers what was found.  Errors: those of validateBackup.
    Result<void> read(const std::filesystem::path &backup, const std::stop_token &stop);

private:
    Json load() const;
    void change(const std::function<void(Json &)> &edit);

    std::filesystem::path m_directory;
};

} // namespace zandb::agent
