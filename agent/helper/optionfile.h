// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/helper/trust.h"
#include "agent/os/files.h"

/// New content for an option file of a server, which the agent may read and not write.
///
/// Which files these are only the root-owned configuration says: the instance's my.cnf is number 0, its `option_files` are 1 and so on.
/// A name that is a link leads to the file that is replaced.  Nobody but root may change the directory it lies in, or a parent of it.
namespace zandb::agent {

inline constexpr std::size_t maxOptionFile = 256u << 10;

struct OptionFileChange
{
    std::int64_t number = 0;    ///< which file
    std::string oldSha256;      ///< of the content that the new one was made from
    std::int64_t bytes = 0;     ///< of the new content
};

/// The file's path as the configuration has it.  Errors: helper.refused.
Result<std::filesystem::path> optionFile(const Config &config, const LocalInstance &instance, std::int64_t number);

/// Reads what the pipe holds up to its end, at most maxOptionFile and 10 s.  Errors: helper.refused, io.failed.
Result<std::string> readContent(int pipe, std::int64_t bytes);

/// Why this may not become the content: it has a NUL byte or ends within a line, or it includes a file that the old one does not
/// (`!include`, `!includedir`), with which whoever may write this one could have the server read any other.  Empty: it may.
std::string whyNoContent(std::string_view old, std::string_view content);

/// Puts the content in the place of the old one, so that either of them is there at any moment and the new one is on disk when this
/// returns.  Owner, group and mode stay.  Returns the SHA-256 of the new content.  Errors: helper.refused, helper.file_changed
/// (path: its content is not `oldSha256` any more), io.failed, io.disk_full.
Result<std::string> replaceOptionFile(const std::filesystem::path &file, const OsUser &server, const OptionFileChange &change, std::string_view content);

} // namespace zandb::agent
