// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace zandb::agent {

/// Takes out of a dump's CREATE TABLE statements where their data lies on the server they come from: DATA DIRECTORY, INDEX
/// DIRECTORY, and a TABLESPACE of the user's own.  A server that loads the dump keeps the tables in its data directory then.
/// Follows what mariadb-dump, mysqldump and mydumper write: each statement begins on a line of its own, and what stands
/// between DELIMITER lines (routines, triggers, events) is left as it is.
class DumpRewriter
{
public:
    /// Appends to `out` what may go on.
    void feed(std::span<const char> bytes, std::string &out);
    /// The rest, at the end of the dump.
    void finish(std::string &out);
    /// Clauses taken out so far.
    std::int64_t removed() const { return m_removed; }

private:
    void beginLine(std::string &out);
    void inStatement(char c, std::string &out);
    std::string rewritten();
    enum class State { Begin, Line, Delimiter, Statement };
    State m_state = State::Begin;
    std::string m_held;       ///< the beginning of a line, a DELIMITER line or a whole CREATE TABLE
    bool m_delimited = false; ///< within DELIMITER ;; ... DELIMITER ;
    char m_quote = 0;
    bool m_escaped = false;
    std::int64_t m_removed = 0;
};

} // namespace zandb::agent
