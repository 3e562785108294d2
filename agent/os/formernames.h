// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/os/files.h"

/// Names of before agent/os was, for the last files that still use them.
namespace zandb::agent {

using Fd = FileDescriptor;
inline Error fileError(const std::filesystem::path &path, int number) { return ioError(path, number); }
inline Result<std::string> readWhole(const std::filesystem::path &path, std::size_t limit = 64u << 20) { return readFile(path, limit); }

} // namespace zandb::agent
