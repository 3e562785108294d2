// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/backups/manifest.h"
#include "agent/runtime/work.h"

namespace zandb::agent {

/// Unpacks a backup into `target` (absent or empty), prepares it, starts a private server on it and checks all its
/// tables.  Afterwards target/data is ready to use and target/restore.json tells what was proved.  A backup other than the
/// catalogued one is refused before anything of it but its manifest is opened.
/// What a failed restore made is removed again, except a copy whose tables were found damaged: that is left for a
/// person to look at and named in the field `remains`.
/// Errors: backup.invalid, backup.replaced, restore.target_not_empty, restore.failed (step, detail), restore.older_server, order.args (target), tool.missing, io.disk_full,
/// cancelled.
Result<wire::RestoreResult> restoreBackup(WorkContext &context, const std::filesystem::path &backup,
                                          const std::filesystem::path &target, const CataloguedSums &catalogued = {});

/// Kinds `restore` and `verify`.
Result<wire::RestoreResult> runRestore(WorkContext &context, const wire::RestoreArgs &args);
Result<wire::RestoreResult> runVerify(WorkContext &context, const wire::RestoreArgs &args);

class DumpRewriter;
/// Decompresses a zstd file into a descriptor, through a rewriter when there is one.  Errors: restore.failed (step "unpack": damaged, or the reader is
/// gone), io.failed, cancelled.
Result<void> decompressTo(const std::filesystem::path &file, int fd, const std::stop_token &stop,
                          const std::function<void(std::int64_t readBytes)> &progress, DumpRewriter *rewriter = nullptr);

} // namespace zandb::agent
