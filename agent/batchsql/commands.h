// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>

/// The verbs of zandb-agent that belong to batch SQL.
namespace zandb::agent {

/// `check-sql [--jsonl | --script] [--role R] [--flavour F] [--schema S] [FILE...]`: what the guard says of statements, one line of JSON for each.
/// Needs no fleet, no configuration and no server.  Exit status: 0 when each item has an answer, whichever; 1 when a file could not be read;
/// 2 for wrong usage.
int checkSqlMain(std::span<const std::string> args);

} // namespace zandb::agent
