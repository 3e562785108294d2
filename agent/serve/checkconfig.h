// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"

#include <filesystem>
#include <span>
#include <string>

namespace zandb::agent {

/// The verb `zandb-agent check-config [--json] [FILE]` (default /etc/zandb/agent.toml): reads the file as `serve` would
/// and prints every mistake with its line, then what is wrong with the directories it names (absent, not writable for
/// the calling user, key file in others' hands).  `args` are the words after the verb.  Returns 0 when `serve` would
/// find what it needs (warnings allowed), 1 when not, 2 for wrong usage.
int checkConfigMain(std::span<const std::string> args);

/// Whoever may write the configuration gives himself any right, so `serve` takes only one that is root's (or its own user's,
/// where no service manager started it: sandbox, tests) and that nobody else may write or replace.  Errors: config.invalid.
Result<void> checkConfigOwner(const std::filesystem::path &file);

} // namespace zandb::agent
