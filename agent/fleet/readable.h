// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

namespace zandb::agent {

/// Empty when the effective user may (R_OK, W_OK, X_OK, F_OK of access); else why not.
std::string whyNot(const std::filesystem::path &path, int mode);
/// The first file or directory, at most one level down, that the effective user cannot read, and why; empty when all
/// can be read.  Looks at 50,000 at most.
std::string firstUnreadable(const std::filesystem::path &directory);

} // namespace zandb::agent
