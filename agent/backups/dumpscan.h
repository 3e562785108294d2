// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/backups/insertcounter.h"
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
    /// The one that was written last.
    const std::string &schema() const { return m_schema; }
    /// (schema, table) -> bytes of the statements.
    const std::map<std::pair<std::string, std::string>, std::int64_t> &tables() const { return m_tables; }
    /// (schema, table) -> rows, of the tables whose rows are in the dump.
    const std::map<std::pair<std::string, std::string>, std::int64_t> &rows() const { return m_rows; }
    /// "-- Dump completed" was the last thing written.
    bool completed() const;
    /// Binlog file and offset from CHANGE MASTER TO / CHANGE REPLICATION SOURCE TO; empty when there was none.
    std::string binlogFile() const { return m_file; }
    std::int64_t binlogOffset() const { return m_offset; }
    /// From the rows of MariaDB's mysql.gtid_slave_pos, "0-1-100,3-7-55": what this server had applied of its source when
    /// the snapshot was made.  Empty when there are none, or when the tables are not transactional.
    std::string gtidSlavePos() const;

private:
    void line(std::string_view text);
    std::string m_line;         ///< the beginning of the current line
    std::string m_tail;         ///< the last bytes of the stream
    std::string m_schema;
    std::set<std::string> m_schemas;
    std::map<std::pair<std::string, std::string>, std::int64_t> m_tables;
    std::int64_t *m_current = nullptr;
    std::pair<std::string, std::string> m_table; ///< whose rows are counted
    InsertCounter m_counter;
    std::map<std::pair<std::string, std::string>, std::int64_t> m_rows;
    void endRows();
    std::string m_file;
    std::int64_t m_offset = 0;
    struct Applied
    {
        std::uint64_t order = 0; ///< the highest of a domain is the newest
        std::string gtid;
    };
    void slavePosRows(std::string_view text);
    std::map<std::uint64_t, Applied> m_slavePos; ///< by domain
    bool m_inSlavePos = false;
    bool m_slavePosUsable = true;
};

} // namespace zandb::agent
