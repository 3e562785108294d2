// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/backups/manifest.h"
#include "agent/backups/privateserver.h"
#include "agent/runtime/work.h"

namespace zandb::agent {

/// A backup on its way into a data directory.
struct Unpacking
{
    WorkContext &context;
    const Manifest &manifest;
    std::filesystem::path backup;
    PrivateServerOptions server; ///< its scratch directory and data directory are what is filled
    std::stop_token stop;
    /// How far it is: phase, done, total, in bytes.
    std::function<void(const char *phase, std::int64_t done, std::int64_t total)> report;
};

/// Fills the data directory (empty before) so that a server can start on it: unpacks and prepares a physical backup, or loads
/// a logical one into an empty server.  Every program that does so is confined to the scratch directory.
/// Errors: those of blame(), restore.failed (steps "unpack", "settings", "prepare", "load"), tool.missing, tool.failed,
/// io.failed, cancelled.
Result<void> unpackBackup(const Unpacking &unpacking);

} // namespace zandb::agent
