// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"

#include <filesystem>

namespace zandb::backups {

/// A dump of the store's schema that was written whole.
struct StoreDump
{
    std::filesystem::path file;
    std::int64_t bytes = 0;      ///< of the file
    std::int64_t tables = 0;
    std::string sha256;          ///< of the file
    std::string tool;            ///< the first line of its --version
    std::vector<std::filesystem::path> removed; ///< older dumps that were taken away since enough are kept
};

/// Dumps the store's schema into `options.directory` as zandb-store-SCHEMA-UTC.sql.zst (mode 0600) with the program of the server's
/// flavour: mariadb-dump or mysqldump, looked for in `options.tools`, then in the system's directories of programs.  It reads one
/// snapshot and locks nothing.  The password goes to it through its standard input, as an option file.  The file has its name
/// only when the dump has ended well and holds every table of the schema.  Afterwards only the newest `options.keep` of this schema stay.
///
/// The rights come by a role which the program does not ask for, so the account's own role is made its default one.
///
/// Blocks, for minutes perhaps, on a thread of its own.  The stop token ends the program and removes what was written.
/// Errors: tool.missing (tool, package), store.backup_failed (detail), cancelled, those of Session.
Result<StoreDump> dumpStore(store::Session &session, const StoreBackupSettings &options, const std::stop_token &stop = {});

} // namespace zandb::backups
