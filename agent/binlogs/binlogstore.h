// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/binlogs/binlogfacts.h"

namespace zandb::agent {

/// Compresses a file to DIRECTORY/KEY.zst with its facts in KEY.json, durably, and fills in size, sums and bytes.  Either both are there or neither counts.
/// Errors: io.failed, io.disk_full, binlog.damaged (it changed meanwhile).
Result<void> storeBinlog(const std::filesystem::path &from, const std::filesystem::path &directory, wire::BinlogFile &file, std::int64_t minFreeBytes);
/// Unpacks an archived file into `to` and compares its sums.  Errors: binlog.damaged, binlog.not_here, io.failed, io.disk_full, cancelled.
Result<void> unpackBinlog(const std::filesystem::path &directory, const wire::BinlogFile &file, const std::filesystem::path &to);
/// The sum of the first `bytes` of what a compressed file holds; nothing when it holds fewer.  Errors: io.failed, binlog.damaged.
Result<std::string> decompressedBegin(const std::filesystem::path &stored, std::int64_t bytes);
/// Whether all of `part` is the begin of `whole`, but for the mark "in use".  False when one of them cannot be read.
bool isPrefix(const std::filesystem::path &part, const std::filesystem::path &whole);
/// Whether the first `bytes` of the file have this sum.
bool beginsWith(const std::filesystem::path &file, std::int64_t bytes, const std::string &sha256);

} // namespace zandb::agent
