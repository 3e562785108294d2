// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/fleet/collected.h"
#include "models/binlogs/binlogwindow.h"

/// Binlogs in the store.  Every function blocks and uses the session of its caller.  Errors: those of Session.
namespace zandb::binlogs {

struct ReportBatch
{
    std::int64_t number = 0;
    std::optional<wire::BinlogReport> report; ///< none: it could not be read, and is passed over
};
/// What a report says of an instance, inside the caller's transaction.
Result<void> storeReport(store::Session &session, const Uuid &instance, const wire::BinlogReport &report);
/// Batches of a source "binlogs/INSTANCE", exactly once.  Raises `binlog`.
Result<fleet::Collected> storeReports(store::Session &session, const fleet::CollectedFrom &from, const std::vector<ReportBatch> &batches);

struct FileFilter
{
    std::optional<std::vector<Uuid>> instances; ///< none: all
    std::optional<std::string> repository;      ///< "": servers' own files; none: all
    std::optional<TimePoint> from;              ///< only files with a transaction at or after it
    std::optional<TimePoint> until;
    std::string gtid;                           ///< only those whose first or last one it is, as a text
};
struct FileRecord
{
    Uuid instance;
    wire::BinlogFile file;
    TimePoint seenAt{};
};
/// By instance and creation.
Result<std::vector<FileRecord>> listFiles(store::Session &session, const FileFilter &filter, std::size_t limit);

struct Status
{
    Uuid instance;
    TimePoint at{};
    wire::BinlogReport report; ///< without files
};
Result<std::vector<Status>> listStatus(store::Session &session, const std::optional<std::vector<Uuid>> &instances);

/// Of each instance how many files its server has, and their bytes.
Result<std::map<Uuid, std::pair<std::int64_t, std::int64_t>>> serverSizes(store::Session &session, const std::vector<Uuid> &instances);

/// What the window of an instance is computed from, and the window.
struct WindowOf
{
    Uuid instance;
    std::string repository; ///< of the archive; empty: nothing was ever archived
    std::optional<Status> status;
    std::vector<BinlogBase> backups;
    std::vector<Uuid> lostBackups; ///< they were good, and their repository has them not; nothing can begin with them
    BinlogWindow window;
};
Result<std::vector<WindowOf>> windowsOf(store::Session &session, const std::vector<Uuid> &instances);

} // namespace zandb::binlogs
