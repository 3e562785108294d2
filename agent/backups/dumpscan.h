// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/backups/pipeline.h"

#include <map>
#include <set>

namespace zandb::agent {

/// Follows the output of mariadb-dump or mysqldump by its own comment lines: schemas, tables with the bytes of their
/// statements, the position, the end mark.  Looks only at what follows a line feed; rows are one long line each.
class DumpScanner : public StreamScanner
{
public:
    void feed(std::span<const char> bytes) override;

    const std::set<std::string> &schemas() const { return m_schemas; }
    /// (schema, table) -> bytes of the statements.
    const std::map<std::pair<std::string, std::string>, std::int64_t> &tables() const { return m_tables; }
    /// "-- Dump completed" was the last thing written.
    bool completed() const;
    /// Binlog file and offset from CHANGE MASTER TO / CHANGE REPLICATION SOURCE TO; empty when there was none.
    std::string binlogFile() const { return m_file; }
    std::int64_t binlogOffset() const { return m_offset; }
    /// From SET @@GLOBAL.GTID_PURGED; empty when there was none.
    std::string gtidPurged() const { return m_gtid; }

private:
    void line(std::string_view text);
    std::string m_line;         ///< the beginning of the current line
    std::string m_tail;         ///< the last bytes of the stream
    std::string m_schema;
    std::set<std::string> m_schemas;
    std::map<std::pair<std::string, std::string>, std::int64_t> m_tables;
    std::int64_t *m_current = nullptr;
    std::string m_file;
    std::int64_t m_offset = 0;
    std::string m_gtid;
    bool m_inGtid = false;
};

} // namespace zandb::agent
