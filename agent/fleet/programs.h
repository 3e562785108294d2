// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/config.h"

namespace zandb::agent {

/// A flavour's own program, for preflight and for the work alike: in the configured directory of that flavour, then in the
/// system's directories of programs.  Empty when there is none.
std::filesystem::path findProgram(const Config &config, bool mariaDb, const std::string &name);
/// The package of Debian that brings it.
std::string packageOf(bool mariaDb, std::string_view name);

/// What `PROGRAM --version` says, on stdout or stderr: the first line with a version of three parts, else the first with
/// a number; at most 500 bytes.  No shell, a clean environment, 5 s.  Errors: tool.failed.
Result<std::string> programVersion(const std::filesystem::path &program);

/// "10.11" of the first version number of three parts (10.11.19) in a text; "" when there is none.
std::string versionSeries(std::string_view text);
/// Its two numbers, so that 10.11 comes after 10.6; zeros where it tells none.
std::pair<int, int> seriesNumbers(std::string_view text);

} // namespace zandb::agent
