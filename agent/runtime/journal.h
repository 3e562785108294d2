// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/os/files.h"
#include "agent/protocol/json.h"

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
    Result<std::int64_t> append(const Json &record) { return appendText({dumpJson(record)}); }
    /// The record's JSON text, in pieces that stand behind each other.
    Result<std::int64_t> appendText(std::initializer_list<std::string_view> pieces);
    /// A record's body again.  Errors: journal.damaged, io.failed.
    Result<Json> read(std::int64_t place) const;
    /// What a rewrite puts into the new journal, record by record.
    class Rewriter
    {
    public:
        /// Returns the record's place in the new journal.  Errors: io.failed, io.disk_full.
        Result<std::int64_t> add(const Json &record);
        /// The record that stands at `place` of the old one, byte for byte.  Errors: journal.damaged, io.failed, io.disk_full.
        Result<std::int64_t> copy(std::int64_t place);

    private:
        friend class Journal;
        Rewriter(const Journal &from, const std::filesystem::path &file, int fd) : m_from(from), m_file(file), m_fd(fd) {}
        Result<std::int64_t> write(const std::string &bytes);
        const Journal &m_from;
        const std::filesystem::path &m_file;
        int m_fd;
        std::int64_t m_end = 0;
    };
    /// Replaces the whole journal atomically by what `fill` writes; no more than one record is in memory.  On failure the
    /// old one stays in use, unless the new one had taken its name already: then every later append fails.
    Result<void> rewrite(const std::function<Result<void>(Rewriter &)> &fill);
    /// False after a write that could not be undone: every append fails then.
    bool isUsable() const { return !m_broken; }
    std::int64_t bytes() const { return m_end; }
    const std::filesystem::path &file() const { return m_file; }

private:
    Journal(std::filesystem::path file, FileDescriptor fd, std::int64_t end);
    Result<std::string> bytesAt(std::int64_t place) const;
    std::filesystem::path m_file;
    FileDescriptor m_fd;
    std::int64_t m_end = 0;
    bool m_broken = false;
};

} // namespace zandb::agent
