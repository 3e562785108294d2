// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace zandb {

/// The chain of archived binlogs of an instance has a hole, and no backup lies behind it yet.  Subject: its id; detail: name, after, missing, why, from (ISO 8601).
inline constexpr std::string_view binlogHoleAlert = "binlog.hole";
/// A server will remove binlogs that are still needed: those the archive has not, or without an archive those since the newest good backup.  Subject: its id;
/// detail: name, expire_s, archived, since (ISO 8601).
inline constexpr std::string_view binlogExpiryAlert = "binlog.expiry";
/// Archived files, or backups that were good, are lost or damaged.  Subject: its id; detail: name, files and backups (how many), first (a file's name or a backup's id).
inline constexpr std::string_view binlogLostAlert = "binlog.lost";
/// What should be archived is not, for a quarter of an hour.  Subject: its id; detail: name, since (ISO 8601), error.
inline constexpr std::string_view binlogArchiveAlert = "binlog.archive";

} // namespace zandb
