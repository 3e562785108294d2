// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"
#include "agent/runtime/files.h"

#include <functional>

namespace zandb::agent {

/// An append-only file of records that survives a crash at any instant.
///
/// Form: 16 bytes "ZANDB-JOURNAL/1\n", then records: u32 big-endian length of the body, u32 big-endian CRC-32C over
/// those four bytes and the body, the body (a JSON object, at most 4 MiB).  One append is one record and one fsync:
/// when append() returns, the record is on disk.
///
/// Not thread-safe; blocks for the fsync.
class Journal
{
public:
    /// Called for every record in file order, with the place read() takes.
    using Visitor = std::function<void(std::int64_t place, const Json &record)>;

    /// Opens or creates the file and visits what it holds.  A torn record at the end (the write a crash cut off) is
    /// cut, saved beside as FILE.cut and logged.  Errors: journal.damaged (path, offset) when a record is bad and
    /// good ones follow it, or when the file is not a journal; io.failed.
    static Result<Journal> open(const std::filesystem::path &file, const Visitor &visitor);

    /// What can still be read of a damaged one, changing nothing.
    struct Salvage
    {
        std::vector<Json> records;   ///< all that are whole, before and behind the damage, in file order
        std::int64_t lostBytes = 0;  ///< between them; the head of the file counts too
    };
    /// Errors: io.failed.
    static Result<Salvage> salvage(const std::filesystem::path &file);

    /// Returns the record's place.  On failure nothing was appended.  Errors: io.disk_full, io.failed; after a failed
    /// fsync every later append fails, since nobody knows what is on disk.
    Result<std::int64_t> append(const Json &record);
    /// A record's body again.  Errors: journal.damaged, io.failed.
    Result<Json> read(std::int64_t place) const;
    /// Replaces the whole journal atomically by these records.  Returns their places, in order.  On failure the old
    /// one stays in use, unless the new one had taken its name already: then every later append fails.
    Result<std::vector<std::int64_t>> rewrite(const std::vector<Json> &records);
    std::int64_t bytes() const { return m_end; }
    const std::filesystem::path &file() const { return m_file; }

private:
    Journal(std::filesystem::path file, FileDescriptor fd, std::int64_t end);
    std::filesystem::path m_file;
    FileDescriptor m_fd;
    std::int64_t m_end = 0;
    bool m_broken = false;
};

} // namespace zandb::agent
