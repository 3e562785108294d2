// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/binlogs/binlogparser.h"
#include "agent/os/files.h"
#include "agent/os/sha256.h"
#include "agent/protocol/binlogs.h"

namespace zandb::agent {

/// Creation time, server and name as one name for files: "20261130T144500Z-id-77-binlog.000017".  Safe as a part of a path.
std::string binlogKey(TimePoint created, const std::string &server, const std::string &name);
/// "id-77" of MariaDB, else the uuid.
std::string binlogServer(bool mariaDb, std::int64_t serverId, const std::string &uuid);
/// True for "NAME.DIGITS" that may be one part of a path.
bool isBinlogName(std::string_view name);
/// 17 of "binlog.000017"; 0 for anything else.
std::int64_t binlogNumber(std::string_view name);

/// Reads a file of binlogs as far as it goes, and later what was added.  Not thread-safe.
class BinlogReader
{
public:
    explicit BinlogReader(FileDescriptor file, BinlogParser::Listener heard = {}) : m_file(std::move(file)), m_parser(std::move(heard)) {}
    /// Reads at most `bytes` more; returns how many that were.  Errors: io.failed.
    Result<std::int64_t> read(std::int64_t bytes, const std::filesystem::path &path);
    const BinlogParser &parser() const { return m_parser; }
    std::int64_t offset() const { return m_offset; }
    /// Of all that was read, with the mark "in use" taken away.  Once.
    std::string sha256() { return m_sha.finish(); }
    int descriptor() const { return m_file.get(); }

private:
    FileDescriptor m_file;
    BinlogParser m_parser;
    Sha256 m_sha;
    std::int64_t m_offset = 0;
};

/// Takes the mark "in use" away from bytes that lie at `offset` of a file.
void clearInUse(char *bytes, std::size_t size, std::int64_t offset);

/// What was read so far: everything but repository, key, name, server, state and sums.
void addFacts(wire::BinlogFile &file, const BinlogParser &parser);

} // namespace zandb::agent
