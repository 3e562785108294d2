// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/os/child.h"
#include "agent/runtime/config.h"

namespace zandb::agent {

/// A command for a program that handles what a backup holds, and so may be led by it: it can write only below `scratch`, and
/// read only there and in the system's directories and the configured tools' own.  Its temporary files go to
/// scratch/run/tmp (makeRunDirectory).
Command confined(const Config &config, std::vector<std::string> argv, const std::filesystem::path &scratch);
/// For the log: what holds programs in their directory on this host.
std::string confinementText();

/// A server's data file path with names instead of paths, since all its files lie in one directory:
/// "/fast/ibdata1:12M;ibdata2:12M:autoextend" -> "ibdata1:12M;ibdata2:12M:autoextend".
/// Errors: restore.hindered (step "settings": not such a list, a raw device, or two files of one name).
Result<std::string> withoutDirectories(const std::string &dataFilePath);

/// Looks through an unpacked tree: nothing but directories and files of one name each.  Whatever else is there was put in by
/// somebody to lead elsewhere.  Errors: restore.failed (step "unpack"), io.failed.
Result<void> checkUnpacked(const std::filesystem::path &directory);

/// Whether an unpacked physical backup has the files without which no server of its flavour starts: the system tablespace by `dataFilePath`
/// (a server's own value; empty: the default), the schema mysql, and MariaDB's redo log.  A server that lacks them gives up with words
/// that tell a broken backup from trouble of the host badly, so they are looked for before.  Errors: restore.failed (step "unpack").
Result<void> checkSystemFiles(const std::filesystem::path &directory, bool mariaDb, const std::string &dataFilePath);

/// Replaces backup-my.cnf of an unpacked backup of mariadb-backup, which its prepare reads: only the settings that the files
/// depend on stay, and no path.  Errors: restore.failed (step "unpack"), restore.hindered (step "settings"), io.failed.
Result<void> tameToolSettings(const std::filesystem::path &directory);

} // namespace zandb::agent
