// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/backups/manifest.h"
#include "agent/backups/privateserver.h"

namespace zandb::agent {

/// A restored copy, and what it is compared with.
struct CopyCheck
{
    const Manifest &manifest;
    PrivateServer &server; ///< runs on the copy
    std::stop_token stop;
    std::function<void(std::int64_t done, std::int64_t total)> progress; ///< in tables
    std::function<void(std::string_view line)> log;
};

/// Compares kinds and names of all objects and the rows of each table with the manifest, checks each table and reads each
/// view.  What it finds goes into the result, also what an earlier version's manifest does not allow to compare.
/// Errors: those of blame() and blameStatement() (step "check"), those of SqlClient, cancelled.
Result<void> checkCopy(const CopyCheck &copy, wire::RestoreResult &result);

} // namespace zandb::agent
