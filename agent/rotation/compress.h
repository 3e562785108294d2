// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"

#include <filesystem>
#include <stop_token>

namespace zandb::agent {

enum class Compression { None, Gzip, Zstd };

/// ".gz", ".zst"; empty for None.
std::string suffixOf(Compression compression);
/// Makes PATH.gz or PATH.zst of a file and removes it; a crash leaves either the old or the whole new one.  A link is refused.  Mode 0640.
/// Errors: io.failed, io.disk_full, cancelled; then the file is as it was.
Result<std::filesystem::path> compressFile(const std::filesystem::path &path, Compression compression, const std::stop_token &stop);

} // namespace zandb::agent
